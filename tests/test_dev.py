"""dev.py's own reasoning, without installing anything."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from ui import screenshots

LISTING = """\
ii \tlibegl1\t
ii \tlibglib2.0-0t64\tlibglib2.0-0 (= 2.84.4-3), libglib2.0-bin-data
rc \tqpdf\t
un \txvfb\t
"""


def test_an_installed_package_is_not_missing() -> None:
    assert dev.missing_packages(["libegl1"], LISTING) == []


def test_a_renamed_package_that_provides_the_old_name_is_not_missing() -> None:
    assert dev.missing_packages(["libglib2.0-0", "libglib2.0-bin-data"], LISTING) == []


def test_a_removed_and_a_never_installed_package_are_missing() -> None:
    assert dev.missing_packages(["xvfb", "libegl1", "qpdf"], LISTING) == ["xvfb", "qpdf"]


def test_the_line_to_type_names_every_missing_package() -> None:
    assert dev.apt_line(["xvfb", "qpdf"]).endswith("install -y --no-install-recommends xvfb qpdf")


def test_an_old_python_is_told_what_is_needed() -> None:
    complaint = dev.too_old((3, 9, 2), "/usr/bin/python3")
    assert complaint
    assert "needs Python 3.11 or newer; /usr/bin/python3 is 3.9.2" in complaint


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_a_new_enough_python_goes_on(version: tuple[int, ...]) -> None:
    assert dev.too_old(version, "python3") is None


def test_dev_py_can_be_read_by_the_python_that_it_refuses() -> None:
    ast.parse(Path(dev.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, True),
        ("linux", {"DISPLAY": ""}, True),
        ("linux", {"DISPLAY": ":0"}, False),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, False),
        ("darwin", {}, False),
        ("win32", {}, False),
    ],
)
def test_only_a_linux_without_x11_and_wayland_has_no_display(
    platform: str, environment: dict[str, str], expected: bool
) -> None:
    assert dev.no_display(platform, environment) is expected


def test_the_virtual_environments_python_is_found_on_every_system() -> None:
    assert dev.venv_python(windows=True).parts[-2:] == ("Scripts", "python.exe")
    assert dev.venv_python(windows=False).parts[-2:] == ("bin", "python")


def test_a_changed_constraint_or_python_asks_for_an_installation() -> None:
    known = dev.fingerprint([b"project", b"a==1"], "3.11")
    assert dev.fingerprint([b"project", b"a==1"], "3.11") == known
    assert dev.fingerprint([b"project", b"a==2"], "3.11") != known
    assert dev.fingerprint([b"project", b"a==1"], "3.12") != known


def test_the_summary_names_what_failed_and_the_time_of_each_check() -> None:
    lines = dev.summary([("mypy", 1, 2.04), ("pytest", 0, 30.0)]).splitlines()
    assert lines[0].split() == ["mypy", "FAILED", "(exit", "1)", "2.0", "s"]
    assert lines[1].split() == ["pytest", "ok", "30.0", "s"]
    assert lines[-1] == "Not good yet: mypy. 32 s in all."


def test_the_summary_of_a_good_run_says_so() -> None:
    assert dev.summary([("mypy", 0, 1.0)]).splitlines()[-1] == "Everything is in order. 1 s in all."


def test_a_system_without_debians_tools_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert dev.ensure_system_packages(["run", "test"]) is None


def test_an_unknown_command_shows_the_known_ones() -> None:
    result = subprocess.run(
        [sys.executable, dev.__file__, "rnu"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "python3 dev.py run" in result.stdout


@pytest.mark.parametrize("arguments", [[], ["--help"], ["out/screens", "--help"], ["a", "b", "c"]])
def test_screenshots_tell_how_they_are_called_and_draw_nothing(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert screenshots.main(arguments) == 2
    assert "python -m ui.screenshots FOLDER" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
