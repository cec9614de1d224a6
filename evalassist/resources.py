"""The one door to the data beside the code: clinical content, pictures, translations."""

import re
import tomllib
from pathlib import Path
from typing import Any

from evalassist.errors import ContentError

ROOT = Path(__file__).resolve().parent.parent / "resources"


def path(name: str) -> Path:
    """Where a resource lies, named from the resources folder: `pictures/clamshell.svg`."""
    return ROOT / name


def read_text(name: str) -> str:
    """The text of a resource; a missing one is a fault of the content, told by its name."""
    try:
        return path(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError(name, "", "this file is missing") from None
    except UnicodeDecodeError as error:
        raise ContentError(name, f"byte {error.start}", "this file is not UTF-8 text") from error


def read_toml(name: str) -> dict[str, Any]:
    """A TOML resource as plain data; a slip of the pen is told with its file and line."""
    try:
        return tomllib.loads(read_text(name))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line \d+", str(error))
        raise ContentError(name, line[0] if line else "last line", str(error)) from error


def worked_cases() -> list[Path]:
    """The worked patients and examples: test cases in the checkout, shipped beside the content once installed."""
    shipped = path("cases")
    folder = shipped if shipped.is_dir() else ROOT.parent / "tests" / "cases"
    return sorted(file for file in folder.glob("*.toml") if file.stem.startswith(("patient-", "ex")))
