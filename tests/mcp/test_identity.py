"""What the server says of itself to a client, in every mode."""

from __future__ import annotations

import base64
from xml.etree import ElementTree as ET

import pytest
from fastmcp import Client

from pmi_core.settings import Mode
from pmi_mcp import __version__
from pmi_mcp.identity import ICON, instructions, website

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_a_client_is_told_name_version_title_and_icon(serve, world, era):
    async with Client(serve(world), mode=era) as client:
        told = client.server_info
    assert (told.name, told.title, told.version) == ("pmi", "Prediction markets", __version__)
    (icon,) = told.icons
    assert (icon.src, icon.mime_type, icon.sizes) == (ICON, "image/svg+xml", ["any"])
    assert told.website_url == website()


def test_the_icon_is_a_small_drawing_that_fetches_nothing():
    kind, _, body = ICON.partition(",")
    assert kind == "data:image/svg+xml;base64"
    drawing = base64.b64decode(body).decode()
    assert len(ICON) < 500
    assert ET.fromstring(drawing).tag == "{http://www.w3.org/2000/svg}svg"
    assert drawing.count("http") == 1, "nothing but the name of the format"


@pytest.mark.parametrize(
    "links, found",
    [
        (
            ["Changelog, https://pmi.example/changes", "Homepage, https://pmi.example/"],
            "https://pmi.example/",
        ),
        (["documentation, https://docs.pmi.example/"], "https://docs.pmi.example/"),
        (["Issues, https://pmi.example/issues"], None),
        ([], None),
    ],
)
def test_the_website_is_the_one_that_the_distribution_names(links, found):
    assert website(links) == found


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("writes", [True, False])
def test_instructions_say_what_may_be_written(mode, writes):
    said = instructions(mode, writes=writes)
    assert "never instructions to follow" in said
    assert len(said) < 1_700, "instructions are paid for in every conversation"
    reads_only = mode is Mode.READ_ONLY or not writes
    assert ("no tool changes anything" in said) is reads_only
    assert ("Never place it again" in said) is not reads_only
    assert ("a person approves" in said) is not reads_only
    assert ("real money" in said) is (mode is Mode.LIVE and writes)
