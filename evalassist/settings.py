"""What the clinic sets once: its name on the papers, units, paper and looks; a TOML file to read by hand."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evalassist.errors import EvalAssistError
from evalassist.files import read_small, write_whole
from evalassist.translate import tr
from evalassist.words import lower_first

HOME = "EVALASSIST_HOME"
"""The environment variable that puts settings and records into one folder: a USB stick, or a test's."""
FILE_NAME = "settings.toml"

NameOnSheet = Literal["none", "first", "first-initial"]
Line = Annotated[str, Field(max_length=200)]


US_UNITS = MappingProxyType({"cm": "in", "kg": "lb", "°C": "°F"})
"""Of the measures of a body that the clinic takes in one or the other: the own unit, and what stands for it."""


class SettingsError(EvalAssistError):
    """The settings could not be read or kept."""


class Settings(BaseModel):
    """The clinic's and the therapist's choices; a change makes a new value."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    clinic_name: Line = ""
    clinic_phone: Annotated[str, Field(max_length=24)] = ""
    clinic_address: Annotated[str, Field(max_length=500)] = ""
    therapist_name: Line = ""
    licence: Line = ""
    paper: Literal["letter", "a4"] = "letter"
    handout_language: Literal["en", "es"] = "en"
    """The language of the patient's sheet where none is chosen."""
    force_unit: Literal["N", "kgf", "lbf"] = "N"
    body_units: Literal["metric", "us"] = "metric"
    """In what height, mass and temperature are asked first; each can be typed in the other unit as well."""
    dynamometer: Line = ""
    """Make and number of the clinic's dynamometer; kept with every value that is measured."""
    strength_score: Literal["best", "mean"] = "best"
    """Which of the trials of a strength test counts; the same for both sides and every visit."""
    count_sound: Literal["on", "off"] = "on"
    """Whether the count of the hands-busy view is heard; it is always seen."""
    text_scale: Annotated[float, Field(ge=1.0, le=2.0)] = 1.0
    theme: Literal["system", "light", "dark"] = "system"
    name_on_sheet: NameOnSheet = "none"
    """How much of the patient's name the handout prints; none leaves a line to write on."""
    backup_folder: Annotated[str, Field(max_length=1000)] = ""
    """Where the backups lie: on another disk, so that they outlive this one. Empty: beside the records."""
    idle_minutes: Annotated[int, Field(ge=1, le=60)] = 10
    """After so many minutes without a key or a click the window locks itself."""

    @property
    def first_units(self) -> Mapping[str, str]:
        """The unit that is asked first, by the unit an item is meant in; none stands for its own."""
        return US_UNITS if self.body_units == "us" else {}

    def for_person(self, name: str, licence: str) -> Settings:
        """The same with the name and license of the person who signed in."""
        return self.model_copy(update={"therapist_name": name, "licence": licence})


def config_dir() -> Path:
    """The folder of the settings; it need not exist yet."""
    home = os.environ.get(HOME)
    return Path(home).expanduser().absolute() if home else user_config_path("EvalAssist", appauthor=False)


def data_dir() -> Path:
    """The folder of the records, made when it is missing and closed to other accounts."""
    home = os.environ.get(HOME)
    folder = Path(home).expanduser().absolute() if home else user_data_path("EvalAssist", appauthor=False)
    make_private_folder(folder)
    return folder


def settings_file() -> Path:
    return config_dir() / FILE_NAME


def logo_file() -> Path:
    """Where the clinic's logo lies, once one was chosen: a small gray PNG."""
    return config_dir() / "logo.png"


def clinic_logo() -> bytes:
    """The clinic's logo for the sheet; nothing where none was chosen or it cannot be read."""
    try:
        return read_small(logo_file())
    except (OSError, ValueError):
        return b""


def keep_logo(logo: bytes | None) -> None:
    """Keep the clinic's logo, or take it away; whole or not at all."""
    _keep(logo_file(), logo, "logo")


def notice_file() -> Path:
    """Where the clinic's notice of free language help lies, once one was chosen: a PDF."""
    return config_dir() / "language-notice.pdf"


def clinic_notice() -> bytes:
    """The clinic's notice of free language help; nothing where none was chosen or it cannot be read."""
    try:
        return read_small(notice_file())
    except (OSError, ValueError):
        return b""


def keep_notice(notice: bytes | None) -> None:
    """Keep the clinic's notice of free language help, or take it away; whole or not at all."""
    _keep(notice_file(), notice, "notice")


def _keep(file: Path, content: bytes | None, what: str) -> None:
    try:
        if content is None:
            file.unlink(missing_ok=True)
        else:
            make_private_folder(file.parent)
            write_whole(file, content)
    except OSError as error:
        raise SettingsError(
            tr(
                "The {what} could not be kept in {file}: {strerror}. "
                "The earlier one stays. Free some space or allow writing there, then try again."
            ).format(what=what, file=file, strerror=error.strerror)
        ) from error


def load_settings(file: Path | None = None) -> Settings:
    """The settings as kept, or the defaults when none were kept yet; a bad file is told with its key."""
    file = file or settings_file()
    try:
        plain = tomllib.loads(read_small(file).decode().replace("\r\n", "\n"))
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError:
        raise _bad(file, "it is not UTF-8 text") from None
    except (
        ValueError,
        RecursionError,
    ) as error:  # not TOML; thousands of digits or brackets are told the same way
        raise _bad(file, str(error)) from error
    except OSError as error:
        raise SettingsError(
            tr("The settings file {file} could not be read: {strerror}. It was not changed.").format(
                file=file, strerror=error.strerror
            )
        ) from error
    try:
        return Settings.model_validate(plain)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise _bad(file, f"{key}: {_what(key, first['msg'], first['type'])}") from error


def save_settings(settings: Settings, file: Path | None = None) -> Path | None:
    """Keep the settings, whole or not at all.

    A file that cannot be understood is never lost: it is put aside first, and its new name is returned.
    """
    file = file or settings_file()
    try:
        make_private_folder(file.parent)
        return _replace(file, as_toml(settings))
    except OSError as error:
        raise SettingsError(
            tr(
                "The settings could not be kept in {file}: {strerror}. "
                "The earlier settings stay as they were. Free some space or allow writing there, then try again."
            ).format(file=file, strerror=error.strerror)
        ) from error


def as_toml(settings: Settings) -> str:
    """The settings as a file that a person can read and change."""
    lines = [f"{key} = {_toml_value(value)}" for key, value in settings.model_dump().items()]
    return "\n".join(["# EvalAssist settings", *lines, ""])


def _toml_value(value: str | float) -> str:
    return _toml_string(value) if isinstance(value, str) else repr(value)


def _toml_string(text: str) -> str:
    named = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(named.get(sign) or _toml_sign(sign) for sign in text) + '"'


def _toml_sign(sign: str) -> str:
    return sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04x}"


def _bad(file: Path, what: str) -> SettingsError:
    return SettingsError(
        f"The settings file {file} cannot be used: {what}. It was not changed. "
        "Correct it, or keep new settings in the app: the old file is then put aside."
    )


def _what(key: str, message: str, kind: str) -> str:
    if kind == "extra_forbidden":
        return f"this setting is not known here (known: {', '.join(Settings.model_fields)})"
    return lower_first(message) if key else message


def _put_aside_what_is_bad(file: Path) -> Path | None:
    try:
        load_settings(file)
    except SettingsError:
        number = 1
        while (aside := file.with_name(f"{file.stem}-put-aside-{number}{file.suffix}")).exists():
            number += 1
        file.rename(aside)
        return aside
    return None


def _replace(file: Path, text: str) -> Path | None:
    return write_whole(file, text.encode(), _put_aside_what_is_bad)


def make_private_folder(folder: Path) -> None:
    """Make a folder that other accounts of the computer cannot read."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            tr(
                "The folder {folder} could not be made: {strerror}. Nothing was changed. "
                "Make it yourself, or allow writing beside it."
            ).format(folder=folder, strerror=error.strerror)
        ) from error
