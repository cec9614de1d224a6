"""Collects the words of the window for translators, and makes their translations ready for the app.

`resources/translations/evalassist.pot` gets every message; each `<language>/LC_MESSAGES/evalassist.po` is brought up
to date and compiled beside itself. A language is begun by naming it: `python3 dev.py words fr`.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, mofile, pofile
from babel.messages.extract import extract_from_dir

from evalassist.translate import DOMAIN, FOLDER

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {"tr": None, "trn": (1, 2)}
PLACES = ("ui", "evalassist")


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """What errors say by themselves: their docstring is their message."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.ClassDef)
            and node.name.endswith("Error")
            and (told := ast.get_docstring(node))
        ):
            yield node.lineno, inspect.cleandoc(told)


def empty(language: str | None) -> Catalog:
    """Nothing yet; without the day, so that the files change only when a message does."""
    day = datetime(2026, 1, 1, tzinfo=UTC)
    heading = f"# The words of EvalAssist's window{f' in {language}' if language else ''}."
    return Catalog(language, project="EvalAssist", charset="utf-8", header_comment=heading, creation_date=day)


def messages() -> Catalog:
    """Every message of the interface, with the files it stands in."""
    found = empty(None)
    for place in PLACES:
        texts = extract_from_dir(
            ROOT / place, [("**.py", "python")], keywords=KEYWORDS, comment_tags=["Translators:"]
        )
        for name, _, message, comments, _ in sorted(texts, key=lambda text: text[:2]):
            found.add(message, None, [(f"{place}/{name}", 0)], auto_comments=comments)
    for file in sorted((ROOT / "evalassist").rglob("*.py")):
        for _, told in docstrings(file.read_text(encoding="utf-8")):
            found.add(told, None, [(file.relative_to(ROOT).as_posix(), 0)])
    return found


def write(catalog: Catalog, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        pofile.write_po(out, catalog, width=110, include_lineno=False)


def update(language: str, template: Catalog) -> None:
    """Bring one language up to date; what is new in it stays English until it is translated."""
    file = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    catalog = empty(language)
    if file.is_file():
        with file.open("rb") as before:
            catalog = pofile.read_po(before, language)
    catalog.update(template, no_fuzzy_matching=True)
    write(catalog, file)
    with file.with_suffix(".mo").open("wb") as out:
        mofile.write_mo(out, catalog)
    done = sum(
        all((each.string,) if isinstance(each.string, str) else each.string or ("",))
        for each in catalog
        if each.id
    )
    print(f"{language}: {done} of {len(catalog)} are translated")


def main(languages: Sequence[str]) -> int:
    template = messages()
    write(template, FOLDER / f"{DOMAIN}.pot")
    print(f"{len(template)} messages")
    there = {file.parent.parent.name for file in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    for language in sorted(there | set(languages)):
        update(language, template)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
