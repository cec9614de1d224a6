"""The words of the window can be said in another language, and there is room for longer ones."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages import mofile, pofile

from evalassist import translate

ROOT = Path(__file__).resolve().parent.parent
SHOWS = {
    "QPushButton",
    "QLabel",
    "QCheckBox",
    "QRadioButton",
    "LinkButton",
    "Card",
    "setText",
    "setToolTip",
} | {
    *("setWindowTitle", "setAccessibleName", "setAccessibleDescription", "setPlaceholderText", "addAction"),
    *(
        "setInformativeText",
        "addButton",
        "QMessageBox",
        "Choice",
        "Command",
        "label",
        "plain",
        "quiet",
        "giving",
    ),
}
"""Calls that put words before a person."""
NOT_SHIPPED = {"gallery.py", "screenshots.py"}


def literals(node: ast.expr) -> list[str]:
    """The words written in an argument, in both branches of a choice, but not those given to `tr`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)]  # type: ignore[misc]
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    if isinstance(node, ast.BoolOp):
        return [word for part in node.values for word in literals(part)]
    return []


def test_every_phrase_given_to_something_that_shows_words_passes_tr() -> None:
    found: list[str] = []
    for file in sorted((ROOT / "ui").rglob("*.py")):
        if file.name in NOT_SHIPPED:
            continue
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name not in SHOWS:
                continue
            words = [word for argument in call.args for word in literals(argument)]
            found += [
                f"{file.relative_to(ROOT)}:{call.lineno} {word}"
                for word in words
                if re.search(r"[^\W\d_]{2,} [^\W\d_]|[^\W\d_] [^\W\d_]{2,}", word)
            ]
    assert found == []


def test_longer_words_are_not_cut_off_and_no_word_of_the_window_is_left_in_english() -> None:
    """What a walk through the window in the pseudo-language finds."""
    environment = os.environ | {"EVALASSIST_LANGUAGE": "pseudo", "PYTHONPATH": str(ROOT)}
    environment |= {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(ROOT / "tests" / "pseudo_walk.py")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    assert int(str(found["seen"])) > 1000
    assert (found["cut"], found["unsaid"]) == ({}, {})


def test_the_pseudo_language_is_longer_and_leaves_what_is_filled_in() -> None:
    said = translate.pseudo("{count} exercises left")
    assert said.format(count=4).startswith("[4 ")
    assert len(said) >= len("{count} exercises left") * 4 / 3
    assert translate.pseudo("") == ""


def test_english_is_said_as_it_is_written() -> None:
    tr, trn = translate.translations(["en_US.UTF-8"])
    assert tr("Next gap") == "Next gap"
    assert [trn("1 step", "{count} steps", n).format(count=n) for n in (1, 3)] == ["1 step", "3 steps"]


PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Next gap"
msgstr "Lacune suivante"

msgid "1 step"
msgid_plural "{count} steps"
msgstr[0] "1 étape"
msgstr[1] "{count} étapes"
"""


def test_a_translation_is_taken_where_there_is_one_and_english_where_not(tmp_path: Path) -> None:
    place = tmp_path / "fr" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "evalassist.mo").open("wb") as file:
        mofile.write_mo(file, pofile.read_po(PO.encode().splitlines(keepends=True)))
    tr, trn = translate.translations(["fr_CA.UTF-8", "en"], tmp_path)
    assert (tr("Next gap"), tr("Undo")) == ("Lacune suivante", "Undo")
    assert trn("1 step", "{count} steps", 3).format(count=3) == "3 étapes"
    tr, _ = translate.translations(["nl", "fr"], tmp_path)
    assert tr("Next gap") == "Lacune suivante"
    assert translate.translations(["nl"], tmp_path)[0]("Next gap") == "Next gap"
    assert translate.translations([str(tmp_path / "fr")])[0]("Next gap") == "Next gap"


def test_what_is_asked_for_by_name_comes_before_the_language_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "es_MX.UTF-8")
    monkeypatch.delenv("EVALASSIST_LANGUAGE", raising=False)
    assert translate.wanted() == ["es_MX.UTF-8"]
    monkeypatch.setenv("EVALASSIST_LANGUAGE", "fr")
    assert translate.wanted() == ["fr"]


def test_translators_get_every_message_also_what_errors_say_by_themselves() -> None:
    from ui.extract import messages

    found = messages()
    assert "Next gap" in found
    assert found["1 visit"].id == ("1 visit", "{count} visits")
    assert "A signed evaluation cannot change; write an addendum instead." in found


def test_the_template_for_translators_has_every_message() -> None:
    from ui.extract import messages

    with (translate.FOLDER / "evalassist.pot").open("rb") as file:
        kept = {each.id for each in pofile.read_po(file)}
    now = {each.id for each in messages()}
    assert not now ^ kept, "run `python3 dev.py words`"
