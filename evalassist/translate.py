"""The language of the interface: English as written in the source, or one of `resources/translations`.

It is chosen once, when this module is first imported: EVALASSIST_LANGUAGE, else the system's language where there
is a translation. Papers and patient texts have languages of their own and do not pass through here.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path, PurePath

LANGUAGE = "EVALASSIST_LANGUAGE"
"""The environment variable that chooses the language of the interface, like `fr` or `pt_BR`."""
PSEUDO = "pseudo"
"""The language of tests: longer words with accents, in brackets, so that what does not fit or pass here is seen."""
DOMAIN = "evalassist"
FOLDER = Path(__file__).resolve().parent.parent / "resources" / "translations"

One = Callable[[str], str]
Many = Callable[[str, str, int], str]


def wanted() -> list[str]:
    """The languages asked for, the best first."""
    told = [os.environ.get(name, "") for name in (LANGUAGE, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    if sys.platform == "win32" and not any(told):
        import ctypes
        import locale

        told = [locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")]
    return next((each.split(":") for each in told if each), [])


def translations(languages: list[str], folder: Path = FOLDER) -> tuple[One, Many]:
    """What turns a message into the first of the languages that is there; English where none is."""
    if PSEUDO in languages:
        return pseudo, lambda one, many, count: pseudo(_english(one, many, count))
    for language in languages:
        plain = language.partition(".")[0]
        if plain.partition("_")[0] in ("en", "C", "POSIX"):
            break
        for name in (plain, plain.partition("_")[0]):
            if PurePath(name).name != name:  # a path would lead to words from anywhere
                continue
            if (folder / name / "LC_MESSAGES" / f"{DOMAIN}.mo").is_file():
                import gettext

                found = gettext.translation(DOMAIN, folder, [name])
                return found.gettext, found.ngettext
    return str, _english


def _english(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


_VOWELS = str.maketrans("AEIOUYaeiouycnsz", "ÀÉÎÖÛÝàéîöûýçñšž")


def pseudo(message: str) -> str:
    """A message a third longer, with accents and between brackets; what stands in braces stays."""
    longer = re.sub(
        "~{9}", "~~~~~~~~ ", "~" * (max(3, len(message)) // 3)
    )  # words stay as short as a language has them
    parts = message.replace("{", "\0{").replace("}", "}\0").split("\0")
    accented = "".join(part if part.startswith("{") else part.translate(_VOWELS) for part in parts)
    return f"[{accented}{longer}]" if message else ""


tr, trn = translations(wanted())
"""`tr` says a message, `trn` the one for one or the one for many, in the language of the interface."""
