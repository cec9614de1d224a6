"""The window in the hands of a screen reader, on a real display and over the real bus."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = """
import sys
from pathlib import Path
import ui
from PySide6.QtWidgets import QApplication
from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import style
from ui.main_window import MainWindow
app = QApplication(["EvalAssist"])
app.setApplicationName("EvalAssist")
style.apply_style(app)
content, store = load_content(), Store(Path(sys.argv[1]), new_keys())
store.save(read_case(Path(sys.argv[2]), content))
window = MainWindow()
window.show()
window.open_store(store, content, Settings(therapist_name="A. Chen, PT"))
app.exec()
"""
Told = list[tuple[str, str, list[str], object]]
"""Role, name, states and value of everything that shows, from the top of the tree."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    folder = tmp_path_factory.mktemp("s")
    environment = os.environ | {
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "EVALASSIST_HOME": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    app = [sys.executable, "-c", APP, str(folder / "evalassist.db"), str(ROOT / "tests/cases/ex1.toml")]
    reader = ["/usr/bin/python3", str(ROOT / "tests/screen_reader.py"), *app]
    done = subprocess.run(
        ["xvfb-run", "-a", "dbus-run-session", "--", *reader],
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Told] = json.loads(done.stdout.splitlines()[-1])  # the bus speaks first
    return found


def test_x(pages):
    for k, v in pages.items():
        print("==", k, len(v))
        for x in v:
            print("   ", x)
