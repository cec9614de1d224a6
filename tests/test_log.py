"""The log is written where it is looked for, and never stands in the way."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from planted import NO_FILE, plant

from evalassist.log import log_file, start_logging, stop_logging


@pytest.fixture(autouse=True)
def _closed_afterwards() -> Iterator[None]:
    yield
    stop_logging()


def test_core_and_window_write_to_one_file_once(tmp_path: Path) -> None:
    file = start_logging(tmp_path / "log" / "evalassist.log")
    assert start_logging(file) == file
    logging.getLogger("evalassist.records").info("saved evaluation %s", 17)
    logging.getLogger("ui.session").info("opened evaluation %s", 17)
    assert file
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 3)[2:] for line in lines] == [
        ["INFO", "evalassist.records saved evaluation 17"],
        ["INFO", "ui.session opened evaluation 17"],
    ]


def test_another_packages_messages_stay_out_of_the_log(tmp_path: Path) -> None:
    file = start_logging(tmp_path / "evalassist.log")
    logging.getLogger("sqlalchemy.engine").warning("parameters: Maria")
    assert file
    assert file.read_text(encoding="utf-8") == ""


def test_a_log_that_cannot_be_opened_does_not_stop_the_app(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert start_logging(tmp_path / "file" / "evalassist.log") is None


@pytest.mark.parametrize("what", NO_FILE)
def test_a_log_in_whose_place_something_else_lies_is_not_opened(tmp_path: Path, what: str) -> None:
    plant(tmp_path / "evalassist.log", what)
    assert start_logging(tmp_path / "evalassist.log") is None


def test_the_log_lies_in_the_persons_own_folder() -> None:
    assert log_file().name == "evalassist.log"
    assert "EvalAssist" in log_file().parts


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no core files")
def test_a_program_that_falls_over_leaves_no_core() -> None:
    asked = (
        "import resource; core = resource.RLIMIT_CORE;"
        "resource.setrlimit(core, (resource.getrlimit(core)[1],) * 2);"
        "from evalassist.__main__ import main; main(); print(resource.getrlimit(core))"
    )
    command = [sys.executable, "-c", asked, "items"]
    done = subprocess.run(
        command, capture_output=True, check=True, text=True, cwd=Path(__file__).parent.parent
    )
    assert done.stdout.splitlines()[-1] == "(0, 0)"
