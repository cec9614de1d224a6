"""What the clinic's administrator fixed on this computer; nobody changes it in the app."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from evalassist.errors import EvalAssistError
from evalassist.settings import Settings, load_settings

FIXABLE = (
    *("clinic_name", "clinic_phone", "clinic_address"),
    *("paper", "handout_language", "name_on_sheet"),
    *("force_unit", "body_units", "dynamometer", "strength_score"),
    *("backup_folder", "idle_minutes"),
)
"""The clinic's choices. Text size, colors and sound stay each person's own: they need them to see and hear."""
DATABASE = "database"
KNOWN = (DATABASE, *FIXABLE)
ADDRESS = "postgresql://user@server/database"
FIXED_WORDS = "Set by your clinic's administrator."


class ManagedError(EvalAssistError):
    """The file of the clinic's administrator cannot be used."""


@dataclass(frozen=True, slots=True)
class Managed:
    """What is fixed: settings by their key, and the address of the clinic's database; empty where it is free."""

    fixed: Mapping[str, str | int] = field(default_factory=dict)
    database: str = ""

    def over(self, settings: Settings) -> Settings:
        """The settings with what is fixed laid over them."""
        return settings.model_copy(update=dict(self.fixed))


def managed_file() -> Path:
    """Where the file lies. No environment variable moves it: whoever could set one could lift what it fixes."""
    if sys.platform == "win32":  # as Windows knows it: the variable `ProgramData` could be set by anybody
        import winreg

        shell = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, shell) as key:
            return Path(winreg.QueryValueEx(key, "Common AppData")[0]) / "EvalAssist" / "managed.toml"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/EvalAssist/managed.toml")
    return Path("/etc/evalassist/managed.toml")


@cache
def managed() -> Managed:
    """What is fixed on this computer, read once: a change counts from the next start on."""
    file = managed_file()
    if is_ours(file) or is_ours(file.parent):
        raise _refused(
            file,
            [f"This account of the computer can change it. Give it to root: chown root {file} {file.parent}"],
        )
    return read_managed(file)


def is_ours(place: Path) -> bool:
    """Whether whoever works here can change this file or folder, and so what an administrator fixed in it."""
    if sys.platform == "win32" or os.geteuid() == 0 or not place.exists():
        return False
    return (
        os.access(place, os.W_OK) or place.stat().st_uid == os.geteuid()
    )  # an owner can give the right back


def settings_in_force() -> Settings:
    """The settings as kept here, with what the clinic's administrator fixed laid over them."""
    fixed = managed()
    return fixed.over(load_settings())


def read_managed(file: Path) -> Managed:
    """What a file fixes; nothing where there is none. Every line that makes no sense is told by its number.

    One wrong line refuses the whole file: a misspelled address must not open records of this computer.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")  # Notepad writes the mark
        open_to_all = [each for each in _places(file) if os.name == "posix" and each.stat().st_mode & 0o002]
    except (FileNotFoundError, NotADirectoryError):
        return Managed()
    except UnicodeDecodeError:
        raise _refused(file, ["It is not UTF-8 text. Save it anew as UTF-8."]) from None
    except OSError as error:
        raise _refused(file, [f"It could not be read: {error.strerror}."]) from error
    if open_to_all:
        raise _refused(
            file, [f"Everybody can change it. Close it with: chmod o-w {' '.join(map(str, open_to_all))}"]
        )
    try:
        plain = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused(file, [_slip(text, str(error))]) from error
    faults = sorted(_faults(plain, text))
    if faults:
        raise _refused(file, [f"Line {line}: {what}" for line, what in faults])
    return Managed({key: plain[key] for key in FIXABLE if key in plain}, plain.get(DATABASE, ""))


def _places(file: Path) -> tuple[Path, ...]:
    """What nobody else may change: the file and, once it is in its place, the folder; a draft may lie in `/tmp`."""
    return (file, file.parent) if file == managed_file() else (file,)


def _refused(file: Path, faults: list[str]) -> ManagedError:
    return ManagedError("\n".join([f"The file {file} cannot be used.", *faults]))


def _slip(text: str, error: str) -> str:
    """A slip of the pen, told with its line."""
    found = re.search(r"line (\d+)", error)
    line = int(found[1]) if found else max(1, len(text.splitlines()))
    return (
        f'Line {line}: this cannot be read. Write one setting a line, as paper = "a4", and words in quotation marks; '
        "in a path write / or put it in single quotation marks."
    )


def _faults(plain: Mapping[str, Any], text: str) -> Iterator[tuple[int, str]]:
    for key in plain:
        if key not in KNOWN:
            yield _line(key, text), f"{key} cannot be set here. What can be: {', '.join(KNOWN)}."
    if DATABASE in plain and (why := _wrong_address(plain[DATABASE])):
        yield _line(DATABASE, text), why
    wanted = {key: plain[key] for key in FIXABLE if key in plain}
    try:
        Settings.model_validate(wanted, strict=True)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            key = str(fault["loc"][0])
            yield _line(key, text), f"{key} must be {_must_be(key)}."
    folder = wanted.get("backup_folder", "")
    if isinstance(folder, str) and folder and not Path(folder).is_absolute():
        yield (
            _line("backup_folder", text),
            "backup_folder must be a whole path, from the root or the drive on.",
        )


def _line(key: str, text: str) -> int:
    """The line on which a key stands, as `key =`, `key.more =` or `[key]`."""
    begins = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[.=\]]""")
    return next((at for at, line in enumerate(text.splitlines(), start=1) if begins.match(line)), 1)


def _must_be(key: str) -> str:
    """What a setting can be, in words."""
    about = Settings.model_fields[key]
    choices = get_args(about.annotation)
    if choices:
        return " or ".join(f'"{choice}"' for choice in choices)
    limits = {
        name: value
        for part in about.metadata
        for name in ("ge", "le", "max_length")
        if (value := getattr(part, name, None)) is not None
    }
    if about.annotation is int:
        return f"a whole number from {limits['ge']} to {limits['le']}, without quotation marks"
    return f"words in quotation marks, {limits['max_length']} signs at most"


def _wrong_address(address: object) -> str:
    """Why this is no address of a database; empty when it is one."""
    from urllib.parse import parse_qs, urlsplit

    form = f'database must be an address as "{ADDRESS}".'
    try:
        read = urlsplit(address if isinstance(address, str) else "")
        host, port = read.hostname, read.port
    except ValueError:
        return form
    if read.scheme != "postgresql" or not (host and read.username and read.path.strip("/")) or port == 0:
        return form
    if read.password is not None:
        return (
            "database must not hold a password: everybody at this computer can read this file. Leave it out."
        )
    asked = parse_qs(read.query, keep_blank_values=True)
    if other := sorted(asked.keys() - {"sslmode", "sslrootcert"}):
        return f"database says {', '.join(other)}, which is not known here. Leave it out."
    if asked.get("sslmode", ["verify-full"]) != ["verify-full"]:
        return "database must not ask for another sslmode than verify-full. Leave it out."
    return ""
