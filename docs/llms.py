"""Write the built pages once more as text: `index.md` beside each page, `llms.txt`, `llms-full.txt`.

It reads the finished HTML, so that the generated reference is in it.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from markdownify import markdownify

DOCS = Path(__file__).parent


def pages(nav: list[dict[str, Any]], section: str = "") -> Iterator[tuple[str, str, str]]:
    """Section, title and source of every page, in the order of the navigation."""
    for entry in nav:
        for title, target in entry.items():
            if isinstance(target, list):
                yield from pages(target, title)
            else:
                yield section, title, target


def text_of(html: Path) -> str:
    """The article of a built page as Markdown, without what only a browser can use."""
    article = BeautifulSoup(html.read_text(encoding="utf-8"), "html.parser").find("article")
    if article is None:
        sys.exit(f"{html} has no article")
    for part in article.select("a.headerlink, button, nav, script, style"):
        part.decompose()
    lines = markdownify(str(article), heading_style="ATX").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"


def first_sentence(text: str) -> str:
    """What a page says of itself, for the index."""
    paragraphs = [part for part in text.split("\n\n") if part.strip() and part.lstrip()[0] not in "#|`>-:"]
    return " ".join(paragraphs[0].split()) if paragraphs else ""


def main() -> None:
    """Write the three kinds of text into the built site."""
    settings = tomllib.loads((DOCS / "zensical.toml").read_text(encoding="utf-8"))["project"]
    site = DOCS / settings["site_dir"]
    index = [f"# {settings['site_name']}", "", f"> {settings['site_description']}"]
    full, seen = [], ""
    for section, title, source in pages(settings["nav"]):
        page = Path(source)
        folder = site / (page.parent if page.stem == "index" else page.with_suffix(""))
        text = text_of(folder / "index.html")
        (folder / "index.md").write_text(text, encoding="utf-8")
        if section != seen:
            index += ["", f"## {section}"]
            seen = section
        address = (folder / "index.md").relative_to(site).as_posix()
        index += ["", f"- [{title}]({address}): {first_sentence(text)}"]
        full.append(text)
    (site / "llms.txt").write_text("\n".join(index) + "\n", encoding="utf-8")
    (site / "llms-full.txt").write_text("\n\n".join(full), encoding="utf-8")


if __name__ == "__main__":
    main()
