"""What can be said about the installers without building them: lists, notices, the setup's script, the menu entry."""

import configparser
import fnmatch
import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from installer import contents, debian, freeze, notices, windows
from installer.steps import HERE, ROOT, VERSION
from ui.print_system import SOCKET, ask_only_this_computer

WORDS_OF_A_GOOD_RUN = """\
Self-test passed: MPD, irritability MODERATE, phase 1: HA01, QC01.
This plugin does not support propagateSizeHints()
Window passed: 11 steps, a sheet of 4 pages, locked and opened again.
"""


# ------------------------------------------------------------ what is in the app


def test_each_resource_that_the_app_must_have_is_in_the_checkout() -> None:
    for needed in contents.NEEDED:
        if needed.startswith("resources/cases/"):
            assert (ROOT / "tests" / needed.removeprefix("resources/")).is_file()
        elif needed.startswith(("resources/", "ui/")):
            assert (ROOT / needed).is_file(), needed


def test_each_module_that_is_left_out_of_ours_exists() -> None:
    for name in contents.NO_MODULE_OF_OURS:
        place = ROOT.joinpath(*name.split("."))
        assert place.is_dir() or place.with_suffix(".py").is_file(), name


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/Qt/plugins/imageformats/libqtiff.so",
        "PySide6/Qt/plugins/wayland-shell-integration/libwl-shell-plugin.so",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/plugins/platforms/qdirect2d.dll",
        "PySide6/translations/qtbase_de.qm",
        "svglib-2.3.2.dist-info/RECORD",
    ],
)
def test_what_nobody_uses_stays_out(name: str) -> None:
    assert not contents.is_wanted(name, f"/somewhere/{name}")
    assert not contents.is_wanted(name.replace("/", "\\"), f"C:\\somewhere\\{name}")


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/QtPdf.abi3.so",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/wayland-shell-integration/libxdg-shell.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/plugins/imageformats/qsvg.dll",
        "resources/pictures/HA01-start.svg",
        "licences/LGPL-3.txt",
    ],
)
def test_what_is_used_goes_in(name: str) -> None:
    assert contents.is_wanted(name, f"/somewhere/{name}")


def test_a_library_of_the_system_is_left_to_the_system() -> None:
    assert not contents.is_wanted("libfreetype.so.6", "/lib/x86_64-linux-gnu/libfreetype.so.6")
    assert contents.is_wanted("libpython3.11.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0")


def test_a_link_goes_with_what_it_leads_to() -> None:
    assert not contents.is_wanted("libwebp-1.so.7", "pillow.libs/libwebp-1.so.7")
    assert contents.is_wanted("libjpeg-1.so.62", "pillow.libs/libjpeg-1.so.62")


def test_an_app_with_the_network_in_it_is_refused() -> None:
    assert "must not be there: PySide6/QtNetwork.abi3.so" in contents.complaints(
        ["PySide6/QtNetwork.abi3.so"]
    )


def test_an_app_without_its_content_is_refused() -> None:
    assert "missing: resources/content/release.toml" in contents.complaints([])


def test_an_app_whose_lgpl_parts_cannot_be_replaced_is_refused() -> None:
    assert contents.module_complaints(["svglib.svglib"]) == ["must not be in the archive: svglib.svglib"]
    assert contents.module_complaints(["evalassist.cli", "reportlab.pdfgen"]) == []


def test_each_font_of_the_papers_is_packed() -> None:
    from evalassist.documents.look import _FILES

    packed = {Path(file).name for file, _ in contents.package_files()}
    assert set(_FILES.values()) <= packed


# ------------------------------------------------------------ the self-test


def test_a_good_run_has_no_unexpected_line() -> None:
    assert freeze.unexpected_lines(WORDS_OF_A_GOOD_RUN) == []


@pytest.mark.parametrize(
    "line",
    [
        "qt.qpa.plugin: Could not find the Qt platform plugin",
        "DeprecationWarning: old",
        "Self-test passed: x\tand more",
    ],
)
def test_any_other_line_is_unexpected(line: str) -> None:
    assert freeze.unexpected_lines(WORDS_OF_A_GOOD_RUN + line) == [line]


def test_the_self_test_walks_a_window_and_leaves_no_record_behind(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    freeze.self_test([sys.executable, "-m", "evalassist", "--self-test"])
    assert not home.exists()


# ------------------------------------------------------------ licences


def test_every_dependency_is_in_the_notices() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    told = {metadata.distribution(Requirement(one).name).metadata["Name"] for one in asked}
    assert told <= {part.name for part in notices.parts()}


def test_the_notice_names_each_lgpl_part_with_its_source_and_how_to_replace_it() -> None:
    found = notices.parts()
    text = notices.notices(found)
    lgpl = {part.name for part in found if "LGPL" in part.licence and not part.inside}
    assert lgpl == notices.LGPL
    for name in lgpl:
        assert f"  {name} {metadata.version(name)}: http" in text
    assert "put changed versions with the same interface in" in text


def test_every_package_under_the_lgpl_is_a_file_of_its_own() -> None:
    modules = {"PySide6_Essentials": "PySide6", "PySide6_Pdf": "PySide6", "psycopg-binary": "psycopg_binary"}
    assert {modules.get(name, name) for name in notices.LGPL} == set(contents.REPLACEABLE)


def test_nothing_inside_is_under_the_gpl_alone() -> None:
    only_gpl = [
        part.name
        for part in notices.parts()
        if part.licence.startswith("GPL") and "exception" not in part.licence
    ]
    assert only_gpl == []


def test_the_bill_of_materials_names_what_no_scanner_can_see_and_is_the_same_twice() -> None:
    found = notices.parts()
    bill = notices.bill(found)
    names = {(one["name"], one["version"]) for one in bill["components"]}
    assert {"SQLCipher", "OpenSSL", "Qt", "Python"} <= {name for name, _ in names}
    refs = [one["bom-ref"] for one in bill["components"]]
    assert len(refs) == len(set(refs))
    assert json.dumps(bill) == json.dumps(notices.bill(notices.parts()))


# ------------------------------------------------------------ Debian


def test_the_menu_entry_starts_what_the_package_installs() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(HERE / "evalassist.desktop", encoding="utf-8")
    assert entry["Desktop Entry"]["Exec"] == "evalassist"
    assert (HERE / f"{entry['Desktop Entry']['Icon']}.svg").is_file()


def test_the_manual_page_has_no_fault_and_names_real_commands() -> None:
    page = HERE / "evalassist.1"
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(page)],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "MANWIDTH": "100", "PATH": "/usr/bin:/bin"},
    )
    assert shown.stderr == ""
    from evalassist.cli import _parser

    known = _parser().format_help()
    text = page.read_text(encoding="utf-8")
    for command in ("evaluate", "verify", "restore", "salvage"):
        assert command in text
        assert command in known


def test_the_control_file_says_that_records_stay() -> None:
    control = debian.CONTROL.format(version=VERSION, kib=1, depends="libc6")
    assert "removing the package keeps them" in control
    assert not any(line != line.rstrip() or not line for line in control.splitlines())


# ------------------------------------------------------------ Windows


def test_the_setups_file_list_is_in_one_order_and_names_each_folder_once() -> None:
    listed = windows.file_list(
        ["_internal/b/x.txt", "EvalAssist.exe", "_internal/a.txt", "_internal/b/y.txt"]
    )
    assert listed.splitlines() == [
        "!macro INSTALL_FILES",
        '  SetOutPath "$INSTDIR"',
        '  File "${STAGED}/EvalAssist.exe"',
        '  SetOutPath "$INSTDIR\\_internal"',
        '  File "${STAGED}/_internal/a.txt"',
        '  SetOutPath "$INSTDIR\\_internal\\b"',
        '  File "${STAGED}/_internal/b/x.txt"',
        '  File "${STAGED}/_internal/b/y.txt"',
        "!macroend",
    ]


def test_the_setup_compiles_without_a_warning_the_same_twice(tmp_path: Path) -> None:
    from installer.art import draw_icons

    draw_icons(tmp_path / "icons")
    staged = tmp_path / "staged"
    (staged / "_internal").mkdir(parents=True)
    for name in ("EvalAssist.exe", "evalassist-command.exe", "_internal/a.txt"):
        (staged / name).write_text("x")
    one, other = (
        windows.compile_setup(staged, tmp_path / name / "EvalAssist-setup.exe", icons=tmp_path / "icons")
        for name in ("1", "2")
    )
    assert one.read_bytes() == other.read_bytes()


def test_the_setup_never_deletes_a_folder_that_may_hold_something_else() -> None:
    script = (HERE / "setup.nsi").read_text(encoding="utf-8")
    deletes = [line.strip() for line in script.splitlines() if "RMDir /r" in line]
    assert deletes == ['RMDir /r "$INSTDIR\\_internal"']
    removed = {line.split("\\")[-1].rstrip('"') for line in script.splitlines() if "Delete " in line}
    assert not any(fnmatch.fnmatch(name, "*[*?]*") for name in removed)


# ------------------------------------------------------------ no network


def test_printers_are_asked_for_by_the_socket_of_this_computer(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    ask_only_this_computer(environment, [tmp_path / "client.conf"], "linux")
    assert environment == {"CUPS_SERVER": SOCKET}


def test_a_print_server_that_an_administrator_has_set_is_used(tmp_path: Path) -> None:
    (tmp_path / "client.conf").write_text("ServerName printers")
    environment: dict[str, str] = {}
    ask_only_this_computer(environment, [tmp_path / "client.conf"], "linux")
    assert environment == {}
    environment = {"CUPS_SERVER": "printers"}
    ask_only_this_computer(environment, [], "linux")
    assert environment == {"CUPS_SERVER": "printers"}
