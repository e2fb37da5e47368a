"""One session per provider and per duty; `nox -l` lists them, `nox` runs all that gate a change."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
SCRATCH = ROOT / ".nox" / "shared"

PYTEST = ("pytest", "--hypothesis-profile=ci")  # the same examples each time, no deadline for one
AT_ONCE = ("-n", str(min(4, os.cpu_count() or 1)))  # processes that share the tests of a session

PROVIDERS = sorted(path.parent.name for path in ROOT.glob("providers/*/pyproject.toml"))
TOYS = sorted(path.parent for path in ROOT.glob("docs/examples/pmi-provider-*/pyproject.toml"))
EXTRAS = {
    ROOT / "pmi_mcp": "[passkey]",
    ROOT / "providers/kalshi": "[sandbox]",
}  # tested besides what is always needed
PROJECTS = [ROOT / "pmi_core", *(ROOT / "providers" / name for name in PROVIDERS), ROOT / "pmi_mcp", ROOT]

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_external_run = True
nox.options.reuse_venv = "no"  # a reused environment keeps an older wheel of the same version


def group(*names: str) -> tuple[str, ...]:
    """Requirements of dependency groups of the root `pyproject.toml`."""
    return nox.project.dependency_groups(PYPROJECT, *names)


def project_table(folder: Path) -> dict[str, object]:
    """The `[project]` table of one distribution."""
    table: dict[str, object] = nox.project.load_toml(folder / "pyproject.toml")["project"]
    return table


def declares_provider(folder: Path) -> bool:
    """Whether a distribution has something for the provider contract to open."""
    entry_points = project_table(folder).get("entry-points", {})
    return isinstance(entry_points, dict) and bool(entry_points.get("pmi.providers"))


def contract(folder: Path) -> list[str]:
    """Arguments that run the provider contract against an installed distribution, on its recordings if it has any."""
    recordings = folder / "tests" / "recordings"
    name = folder.name.removeprefix("pmi-provider-")
    options = ["--pyargs", "pmi_core.testing.conformance", "--pmi-provider", name]
    return [*options, "--pmi-recordings", str(recordings)] if recordings.is_dir() else options


@functools.cache
def constraints() -> Path:
    """Write the exact pins of `[tool.uv] constraint-dependencies` as a constraints file."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    path = SCRATCH / "constraints.txt"
    lines = PYPROJECT["tool"]["uv"].get("constraint-dependencies", [])
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@functools.cache
def coverage_folder() -> Path:
    """An empty folder for the measurements of this run."""
    folder = SCRATCH / "coverage"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


_wheels: dict[Path, Path] = {}


def install(session: nox.Session, *args: str) -> None:
    """Install at the pinned versions, from what is named and never from the workspace."""
    sources = ["--no-sources"] if session.venv_backend == "uv" else []
    session.install(*sources, "--constraint", str(constraints()), *args)


def wheel(session: nox.Session, folder: Path) -> Path:
    """Build the wheel of one distribution, once per run of nox."""
    if folder not in _wheels:
        builder = SCRATCH / "builder"
        if not _wheels:
            shutil.rmtree(builder, ignore_errors=True)
            shutil.rmtree(SCRATCH / "wheels", ignore_errors=True)
            install(session, "--target", str(builder), "hatchling")
        out = SCRATCH / "wheels" / folder.name
        with session.chdir(folder):
            session.run(
                *("python", "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)),
                env={"PYTHONPATH": str(builder)},
                silent=True,
            )
        (_wheels[folder],) = out.glob("*.whl")
    return _wheels[folder]


def install_wheels(
    session: nox.Session, *folders: Path, extras: str = "", groups: tuple[str, ...] = ("test",)
) -> None:
    """Install distributions as users get them: freshly built wheels, nothing of the checkout."""
    core = ROOT / "pmi_core"
    wheels = [f"pmi-core[{extras or 'testing'}] @ {wheel(session, core).as_uri()}"]
    wheels += [f"{wheel(session, folder)}{EXTRAS.get(folder, '')}" for folder in folders if folder != core]
    install(session, *wheels, *group(*groups))
    session.run(
        *("python", "-P", "-c"),
        "import sys, importlib.metadata as m\n"
        "found = [str(d.locate_file('')) for d in m.distributions() if d.name.startswith('pmi-')]\n"
        "wrong = [path for path in found if not path.startswith(sys.prefix)]\n"
        "sys.exit(f'not installed from a wheel: {wrong}' if wrong else 0)",
        silent=True,
    )


def pytest(session: nox.Session, *args: str) -> None:
    """Run pytest under coverage, which starts first: pytest imports the plugin of pmi-core before pytest-cov."""
    data = coverage_folder() / ".coverage"
    session.run(
        *("python", "-m", "coverage", "run", f"--data-file={data}", "-m", *PYTEST, *AT_ONCE),
        *(*args, *session.posargs),
        env={"PMI_HOME": session.create_tmp()},
    )


# ------------------------------------------------------------------------------------------- quick


@nox.session(tags=["quick"])
def lint(session: nox.Session) -> None:
    """Style, order of imports, spelling."""
    install(session, *group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("codespell")


@nox.session(tags=["quick"])
def types(session: nox.Session) -> None:
    """Mypy strict and pyright over every package."""
    install(session, *everything(), *group("types", "test"))
    session.run("mypy")
    session.run("pyright", "--pythonpath", shutil.which("python", path=session.bin) or sys.executable)


@nox.session(tags=["quick"])
def project(session: nox.Session) -> None:
    """The rules about the repository itself, and who may import whom."""
    install(session, *everything(), *group("test", "project"))
    session.run("python", "-m", *PYTEST, "tests/project", *session.posargs)
    session.run("lint-imports", "--no-cache")


# ------------------------------------------------------------------------------------------- tests


@nox.session(tags=["test"])
def core(session: nox.Session) -> None:
    """The core's tests with nothing but the core and its extras installed."""
    install_wheels(session, extras="desk,history,scale,testing", groups=("test", "coverage"))
    pytest(session, "tests/core")


@nox.session(tags=["test"])
@nox.parametrize("name", PROVIDERS, ids=PROVIDERS)
def provider(session: nox.Session, name: str) -> None:
    """One provider's tests, and the contract, with nothing but it and the core installed."""
    folder = ROOT / "providers" / name
    install_wheels(session, folder, groups=("test", "coverage"))
    if not declares_provider(folder):
        session.log(f"{name} declares no provider yet: its own tests only")
    pytest(session, f"providers/{name}/tests", *(contract(folder) if declares_provider(folder) else []))


@nox.session(tags=["test"])
def mcp(session: nox.Session) -> None:
    """The front end's tests, with the exchange inside the process as the only venue."""
    folders = (ROOT / "providers" / "paper", ROOT / "pmi_mcp")
    install_wheels(session, *folders, extras="desk,testing", groups=("test", "coverage", "browser"))
    pytest(session, "tests/mcp")


@nox.session(tags=["test"])
def together(session: nox.Session) -> None:
    """Everything installed at once, as the all-in-one distribution does."""
    install_wheels(session, *PROJECTS, extras="desk,testing", groups=("test", "coverage"))
    install(session, "pip")
    session.run("python", "-m", "pip", "check", silent=True)
    pytest(session, "tests/together")


@nox.session(tags=["test"])
def toy(session: nox.Session) -> None:
    """The toy providers of the documentation: their tests and the contract."""
    if not TOYS:
        session.skip("docs/examples holds no provider")
    for folder in TOYS:
        install_wheels(session, folder)
        session.run("python", "-m", *PYTEST, str(folder / "tests"), *contract(folder), *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Join what the test sessions of this run measured; fail below the line."""
    folder = SCRATCH / "coverage"
    if not any(folder.glob(".coverage.*")):
        session.error("nothing was measured yet: run `nox -t test -s coverage`, or plain `nox`")
    install(session, *group("coverage"))
    data = f"--data-file={folder / '.coverage'}"
    session.run("coverage", "combine", "--keep", "--quiet", data)
    session.run("coverage", "report", data)


# ------------------------------------------------------------------------------------ what we ship


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation with warnings as errors; run its code blocks."""
    install(session, *everything(), *group("docs", "test"))
    session.run("zensical", "build", "--strict", "--clean", "--config-file", "docs/zensical.toml")
    session.run("python", "docs/llms.py")
    session.run("python", "-m", *PYTEST, *AT_ONCE, "tests/docs", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Make the sdist and the wheel (from the sdist) of each distribution and check both."""
    install(session, *group("build"))
    out = SCRATCH / "dist"
    shutil.rmtree(out, ignore_errors=True)
    for folder in PROJECTS:
        session.run("python", "-m", "build", "--no-isolation", "--outdir", str(out), str(folder), silent=True)
    made = [str(path) for path in sorted(out.iterdir())]
    session.run("twine", "check", "--strict", *made)
    wheels = [path for path in made if path.endswith(".whl")]
    session.run("check-wheel-contents", "--ignore", "W007,W008", *wheels)


# ------------------------------------------------------------------------------ other interpreters


def other_interpreters() -> dict[str, str]:
    """Supported interpreters on this machine besides the running one, by PATH and pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = {}
    for version in ("3.11", "3.12", "3.13"):
        candidates = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"))]
        for candidate in filter(None, candidates):
            asked = subprocess.run(
                [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"],
                capture_output=True,
                text=True,
                check=False,
            )
            if asked.returncode == 0 and asked.stdout.startswith(f"{version} "):
                if version != "{}.{}".format(*sys.version_info):
                    found[version] = asked.stdout.split(maxsplit=1)[1].strip()
                break
    return found


if OTHERS := other_interpreters():

    @nox.session
    @nox.parametrize("python", list(OTHERS.values()), ids=list(OTHERS))
    def pythons(session: nox.Session) -> None:
        """The core's tests on the other supported interpreters of this machine."""
        install_wheels(session, extras="desk,history,scale,testing")
        session.run("python", "-m", *PYTEST, *AT_ONCE, "tests/core", "-q", *session.posargs)


NEWEST = sys.executable if sys.version_info[:2] == (3, 13) else OTHERS.get("3.13")


@nox.session(python=NEWEST or "3.13", default=NEWEST is not None)
def oracle_kalshi(session: nox.Session) -> None:
    """The exchange's own client, which needs 3.13, in the sandbox; and the provider's requests against its."""
    install_wheels(session, ROOT / "providers" / "kalshi")
    session.install("kalshi-python-async==3.34.0")
    session.run("python", "-m", *PYTEST, "providers/kalshi/tests/oracle", *session.posargs)


# ----------------------------------------------------------------------------------- by name only


def everything(*, but: tuple[Path, ...] = ()) -> list[str]:
    """Arguments that install every distribution from the checkout, editable."""
    folders = [folder for folder in PROJECTS if folder not in (ROOT, ROOT / "pmi_core", *but)]
    core = f"{ROOT / 'pmi_core'}[desk,history,scale,testing]"
    named = [core, *(f"{folder}{EXTRAS.get(folder, '')}" for folder in folders)]
    return [arg for name in named for arg in ("--editable", name)]


@contextmanager
def outside(session: nox.Session) -> Iterator[Path]:
    """Stand in an empty folder outside the workspace, where its pins bind nothing."""
    with tempfile.TemporaryDirectory() as folder, session.chdir(folder):
        yield Path(folder)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Run every benchmark, or one with its own arguments (`nox -s bench -- NAME ...`)."""
    install(session, *everything(), *group("test"))
    scripts = sorted(path.stem for path in ROOT.glob("tests/bench/*.py"))
    alone = [name for name in scripts if not any(name.startswith(f"{other}_") for other in scripts)]
    for name in session.posargs[:1] or alone:  # listing_crawl.py is a part of listing.py
        session.run("python", f"tests/bench/{name}.py", *session.posargs[1:])


@nox.session(default=False)
def faults(session: nox.Session) -> None:
    """A thousand seeded runs of the desk with lost answers and deaths; 500 of live data on a failing network."""
    install_wheels(session, extras="desk,testing")
    session.run(
        *("python", "-m", *PYTEST, "tests/core/streams/test_faults.py", "-q", *session.posargs),
        env={"PMI_FAULT_RUNS": "500"},
    )
    session.run(
        *("python", "-m", *PYTEST, "tests/core/desk/test_random.py", "-q", *session.posargs),
        env={"PMI_FAULT_RUNS": "1000"},
    )


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Ten minutes of live data on a network that fails now and then: nothing may grow (`-- SECONDS` for fewer)."""
    install_wheels(session)
    session.run("python", "tests/bench/streams_soak.py", *session.posargs)


@nox.session(default=False)
def lowest(session: nox.Session) -> None:
    """The core's and the providers' tests with the lowest versions that the ranges allow."""
    # The front end's framework has higher floors of its own, which would hide those of the core.
    wanted = everything(but=(ROOT / "pmi_mcp",))
    with outside(session):
        session.install("--no-sources", "--resolution", "lowest-direct", *wanted, *group("test"))
    session.run(
        "python", "-m", *PYTEST, "tests/core", *(f"providers/{name}/tests" for name in PROVIDERS), "-q"
    )


@nox.session(default=False)
def pins(session: nox.Session) -> None:
    """Resolve everything anew and write the exact pins into `pyproject.toml` (`-- FILE` also exports them there)."""
    names = sorted(str(project_table(folder)["name"]) for folder in PROJECTS)
    wanted = [line.removeprefix("--editable") for line in everything() if line != "--editable"]
    session.install("uv")
    with outside(session) as scratch:
        (scratch / "wanted.in").write_text("\n".join([*wanted, *group("dev", "build")]), encoding="utf-8")
        session.run(
            *("uv", "pip", "compile", "--universal", "--python-version", "3.11", "--quiet", "--no-header"),
            *("--no-annotate", "--no-sources", "--no-emit-index-url", "--no-emit-find-links"),
            *(arg for name in names for arg in ("--no-emit-package", name)),
            *("--output-file", "pins.txt", "wanted.in"),
        )
        lines = (scratch / "pins.txt").read_text(encoding="utf-8").splitlines()
    quoted = "".join(f"    {json.dumps(line)},\n" for line in lines)
    file = ROOT / "pyproject.toml"
    text = file.read_text(encoding="utf-8")
    text, count = re.subn(
        r"^constraint-dependencies = \[.*?^\]$",
        lambda _: f"constraint-dependencies = [\n{quoted}]",
        text,
        flags=re.MULTILINE | re.DOTALL,
    )
    if count != 1:
        session.error("pyproject.toml has no `constraint-dependencies = [` of its own in [tool.uv]")
    file.write_text(text, encoding="utf-8")
    for target in session.posargs:
        Path(target).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@nox.session(default=False, venv_backend="none")
def dev(session: nox.Session) -> None:
    """Make `.venv` with everything editable and every tool."""
    session.run(sys.executable, "-m", "venv", ".venv", external=True)
    python = next(
        path for path in (ROOT / ".venv/bin/python", ROOT / ".venv/Scripts/python.exe") if path.exists()
    )
    wanted = (*everything(), *group("dev"))
    session.run(
        str(python), "-m", "pip", "install", "--constraint", str(constraints()), *wanted, external=True
    )
