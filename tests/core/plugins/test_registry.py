"""From a configured name to an opened venue: found or explained, opened once, closed in the end."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import sys
import traceback

import pytest

from pmi_core import ProviderBroken, ProviderMissing, Registry, RequestError, SettingsError, UncertainError

pytestmark = pytest.mark.anyio

COIN = """
[venues.coin]
retries = 5

[venues.coin-live]
provider = "coin"
"""


def opening(body, *, name="coin"):
    """The source of a plugin whose venue opens by this body; ``venue(context, close)`` makes one."""
    indented = "\n    ".join(body.strip().splitlines())
    return f"""
import asyncio
from pmi_core import CallRecord, Provider, UncertainError, Venue, VenueInfo, WriteClass, hookimpl
from pmi_core.settings import ProviderSettings
from pydantic import SecretStr

class Settings(ProviderSettings):
    retries: int = 3
    api_secret: SecretStr | None = None

events = []

async def nothing(*given): ...

def venue(context, close=nothing, name=None):
    info = VenueInfo(name=name or context.name, provider="{name}", title="", environment="",
                     write_class=WriteClass.SIMULATED)
    return Venue(info=info, resolver=nothing, closer=close)

async def open_it(context):
    {indented}

@hookimpl
def pmi_provider():
    return Provider(name="{name}", title="", settings=Settings, capabilities=frozenset(), open=open_it)

@hookimpl
def pmi_call_finished(record):
    events.append(record.method)
"""


async def test_a_venue_is_opened_on_first_use_and_closed_in_the_end(install, registry):
    module = install("coin")
    async with registry(COIN) as known:
        events = sys.modules[module].events
        assert known.venue_names == ("coin", "coin-live")
        assert events == []
        venue = await known.venue("coin-live")
        assert venue.name == "coin-live"
        assert await known.venue("coin-live") is venue
        assert dict(known.opened) == {"coin-live": venue}
        await known.venue("coin")
        opened = {name: settings.retries for _, name, settings, _ in events}
        assert opened == {"coin-live": 3, "coin": 5}
    assert events[2:] == [("close", "coin"), ("close", "coin-live")]


async def test_concurrent_first_uses_open_once(install, registry):
    module = install(
        "coin", opening("events.append('open')\nawait asyncio.sleep(0.01)\nreturn venue(context)")
    )
    async with registry(COIN) as known:
        venues = await asyncio.gather(*(known.venue("coin") for _ in range(5)))
    assert len({id(venue) for venue in venues}) == 1
    assert sys.modules[module].events == ["open"]


async def test_a_first_user_that_gives_up_leaves_the_opening_to_the_next(install, registry):
    module = install(
        "coin", opening("events.append('open')\nawait asyncio.sleep(0.02)\nreturn venue(context)")
    )
    async with registry(COIN) as known:
        first = asyncio.ensure_future(known.venue("coin"))
        second = asyncio.ensure_future(known.venue("coin"))
        await asyncio.sleep(0.005)
        first.cancel()
        assert (await second).name == "coin"
        assert first.cancelled()
    assert sys.modules[module].events == ["open", "open"]


async def test_a_failed_opening_is_clear_and_can_be_tried_again(install, registry):
    body = "events.append(1)\nif len(events) < 2:\n    raise OSError('no route')\nreturn venue(context)"
    install("coin", opening(body))
    async with registry(COIN) as known:
        with pytest.raises(ProviderBroken) as caught:
            await known.venue("coin")
        assert caught.value.message == "provider 'coin' failed to open venue 'coin': OSError: no route"
        assert caught.value.venue == "coin"
        assert isinstance(caught.value.__cause__, OSError)
        assert (await known.venue("coin")).name == "coin"


async def test_an_error_of_the_tree_passes_and_learns_the_venue(install, registry):
    install("coin", opening("raise UncertainError('who knows')"))
    async with registry(COIN) as known:
        with pytest.raises(UncertainError) as caught:
            await known.venue("coin-live")
    assert caught.value.venue == "coin-live"


async def test_a_missing_library_is_named_when_the_venue_is_opened(install, registry):
    install("coin", opening("import no_such_library_at_all"))
    async with registry(COIN) as known:
        with pytest.raises(ProviderBroken, match="not installed.*no_such_library_at_all.*reinstall"):
            await known.venue("coin")


async def test_a_failure_that_repeats_a_secret_is_not_shown(install, registry):
    install("coin", opening("raise RuntimeError(context.settings.api_secret.get_secret_value())"))
    async with registry('[venues.coin]\napi_secret = "Xq7Xq7Xq7"\n') as known:
        with pytest.raises(ProviderBroken) as caught:
            await known.venue("coin")
    assert "Xq7" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "body, said", [("return 3", "opened int"), ("return venue(context, name='x')", "called 'x'")]
)
async def test_what_is_opened_must_be_that_venue(install, registry, body, said):
    install("coin", opening(body))
    async with registry(COIN) as known:
        with pytest.raises(ProviderBroken, match=said):
            await known.venue("coin")


async def test_plugins_hear_of_an_opened_venues_calls(install, registry):
    body = """
record = CallRecord(venue=context.name, capability="books", method="get_book", seconds=0.0, attempts=1)
context.on_call(record)
return venue(context)
"""
    module = install("coin", opening(body))
    async with registry(COIN) as known:
        await known.venue("coin")
    assert sys.modules[module].events == ["get_book"]


CLOSING = """
async def close():
    events.append(context.name)
    if context.name != "coin-two":
        raise RuntimeError(f"{context.name} sticks")
return venue(context, close)
"""
THREE = COIN + '[venues.coin-two]\nprovider = "coin"\n'


async def test_all_are_closed_although_some_fail(install, registry):
    module = install("coin", opening(CLOSING))
    known = registry(THREE)
    for name in known.venue_names:
        await known.venue(name)
    with pytest.raises(BaseExceptionGroup) as caught:
        await known.aclose()
    assert sorted(sys.modules[module].events) == ["coin", "coin-live", "coin-two"]
    assert sorted(str(error) for error in caught.value.exceptions) == ["coin sticks", "coin-live sticks"]
    await known.aclose()


async def test_one_failure_to_close_is_raised_as_it_is(install, registry):
    install("coin", opening(CLOSING))
    known = registry(THREE)
    await known.venue("coin")
    await known.venue("coin-two")
    with pytest.raises(RuntimeError, match="coin sticks") as caught:
        await known.aclose()
    assert caught.value.__notes__ == ["while venue 'coin' was closed"]


async def test_a_failure_to_close_does_not_hide_the_first_error(install, registry, caplog):
    install("coin", opening(CLOSING))
    with caplog.at_level(logging.WARNING), pytest.raises(KeyError, match="mine"):
        async with registry(COIN) as known:
            await known.venue("coin")
            raise KeyError("mine")
    assert "coin sticks" in caplog.text


async def test_a_closed_registry_says_so(install, registry):
    install("coin")
    known = registry(COIN)
    await known.aclose()
    with pytest.raises(RequestError, match="closed"):
        await known.venue("coin")


async def test_an_opening_under_way_is_closed_too(install, registry):
    body = """
async def close():
    events.append("closed")
await asyncio.sleep(0.02)
return venue(context, close)
"""
    module = install("coin", opening(body))
    known = registry(COIN)
    under_way = asyncio.ensure_future(known.venue("coin"))
    await asyncio.sleep(0.005)
    await known.aclose()
    await under_way
    assert sys.modules[module].events == ["closed"]


async def test_data_folders_are_made_on_opening_and_private(install, registry, tmp_path):
    module = install("coin")
    async with registry(COIN) as known:
        assert not (tmp_path / "home").exists()
        await known.venue("coin-live")
    ((_, _, _, folder),) = [event for event in sys.modules[module].events if event[0] == "open"]
    assert folder == tmp_path / "home" / "venues" / "coin-live"
    if os.name == "posix":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_data_folder_that_cannot_be_made(install, registry, tmp_path):
    install("coin")
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    async with registry(COIN) as known:
        with pytest.raises(SettingsError, match="cannot be made.*PMI_HOME"):
            await known.venue("coin")


async def test_settings_are_read_without_opening(install, registry):
    module = install("coin")
    async with registry(COIN, {"PMI_COIN_RETRIES": "8"}) as known:
        assert known.settings_of("coin").retries == 8
        assert known.settings_of("coin", {"retries": 9}).retries == 9
    assert sys.modules[module].events == []


def test_variables_of_another_provider_are_not_taken_for_this_venues(install, registry):
    install("coin")
    install("coin-perps")
    known = registry("[venues.coin]\n", {"PMI_COIN_PERPS_RETRIES": "8", "PMI_COIN_RETRIES": "4"})
    assert known.settings_of("coin").retries == 4


def refusal(error, known, name):
    with pytest.raises(error) as caught:
        known.provider_of(name)
    return str(caught.value)


def test_unknown_venues_are_refused_with_the_nearest(install, registry):
    install("coin")
    install("other")
    known = registry(COIN)
    said = refusal(RequestError, known, "coin-lvie")
    assert (
        said
        == "no venue 'coin-lvie' is configured; configured are coin, coin-live; did you mean 'coin-live'?"
    )
    assert "add the heading [venues.other]" in refusal(RequestError, known, "other")
    assert "pmi.toml" in refusal(RequestError, known, "zzz")


def test_a_configured_venue_without_its_provider(install, registry):
    install("coin")
    known = registry("[venues.dice]\n")
    assert refusal(ProviderMissing, known, "dice") == (
        "no provider 'dice' is installed; installed are coin; try `pip install pmi-provider-dice`"
    )


def test_a_misspelt_provider_names_the_nearest(install, registry):
    install("coin")
    said = refusal(ProviderMissing, registry('[venues.mine]\nprovider = "cion"\n'), "mine")
    assert "did you mean 'coin'? Otherwise try `pip install pmi-provider-cion`" in said


def test_no_command_is_made_of_a_strange_name(install, registry):
    said = refusal(ProviderMissing, registry('[venues.mine]\nprovider = "x; rm -r ."\n'), "mine")
    assert "pip" not in said


def test_a_broken_provider_says_why(install, registry):
    install("coin", "raise RuntimeError('no luck')")
    for text in (COIN, ""):
        known = registry(text)
        assert "stage import: RuntimeError: no luck" in refusal(ProviderBroken, known, "coin")
        assert [plugin.name for plugin in known.broken] == ["coin"]


def test_a_provider_that_is_switched_off_says_where(install, registry, tmp_path):
    install("coin")
    known = registry(COIN + '[plugins]\ndisabled = ["coin"]\n')
    assert f"switched off by {tmp_path / 'pmi.toml'}, line 8 [plugins]" in refusal(
        ProviderMissing, known, "coin"
    )
    assert known.disabled == ("coin",)


def test_strict_turns_a_broken_plugin_into_an_error(install, registry):
    install("coin", "raise RuntimeError('no luck')")
    install("other")
    with pytest.raises(ProviderBroken, match="no luck.*strict = false"):
        registry("[plugins]\nstrict = true\n")
    registry('[plugins]\nstrict = true\ndisabled = ["coin"]\n')


def test_unconfigured_every_provider_that_needs_nothing_is_there(install, registry):
    install("coin")
    install("needy", fields="account: str")
    assert registry("").venue_names == ("coin",)
    assert registry('mode = "demo"\n').venue_names == ("coin",)
    assert registry("", {"PMI_NEEDY_ACCOUNT": "a"}).venue_names == ("coin", "needy")
    assert registry("[venues.needy]\n").venue_names == ("needy",)


def test_plugins_are_listed_with_distribution_and_hooks(install, registry):
    install("coin", version="3.2")
    (plugin,) = registry("").plugins
    assert (plugin.name, plugin.distribution, plugin.version) == ("coin", "pmi-provider-coin", "3.2")


def test_load_reads_file_environment_and_installation(install, tmp_path):
    install("coin")
    path = tmp_path / "pmi.toml"
    path.write_text(COIN, encoding="utf-8")
    known = Registry.load(config_path=path, environ={"PMI_MODE": "demo"})
    assert known.venue_names == ("coin", "coin-live")
    assert known.config.mode == "demo"
    assert "coin" in known.providers


RESETTING = (
    opening("return venue(context)")
    .replace(
        "open=open_it)",
        "open=open_it, reset=start_over)",
    )
    .replace(
        "@hookimpl\ndef pmi_provider",
        """async def start_over(context):
    events.append((context.name, context.settings.retries, context.data_dir.is_dir()))
    return "Three orders are forgotten."

@hookimpl
def pmi_provider""",
        1,
    )
)


async def test_a_practice_account_starts_over_with_the_venues_own_settings(install, registry):
    plugin = install("coin", RESETTING)
    async with registry(COIN) as opened:
        assert await opened.reset("coin") == "Three orders are forgotten."
    assert sys.modules[plugin].events == [("coin", 5, True)]


async def test_an_open_account_and_one_that_is_real_do_not_start_over(install, registry):
    install("coin", RESETTING)
    install("bank", opening("return venue(context)", name="bank"))
    async with registry("[venues.coin]\n[venues.bank]\n") as opened:
        await opened.venue("coin")
        with pytest.raises(RequestError, match="is open"):
            await opened.reset("coin")
        with pytest.raises(RequestError, match="cannot be started over"):
            await opened.reset("bank")
        with pytest.raises(RequestError, match="no venue"):
            await opened.reset("nowhere")
