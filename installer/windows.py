"""The setup for Windows, compiled by makensis on any system.

On Windows it holds the frozen app. Elsewhere there is none for Windows, so a stand-in takes its place: everything but
the program is real, and the setup says in its name that it is a trial.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from installer.steps import HERE, OUT, ROOT, VERSION, files_of, reproducible, run


def makensis() -> str:
    """The compiler of setups; on Windows it is not on the path after it was installed."""
    return shutil.which("makensis") or r"C:\Program Files (x86)\NSIS\makensis.exe"


def stage_stand_in(folder: Path, version: str = VERSION, *, extra: Iterable[str] = ()) -> Path:
    """A folder laid out as the app's on Windows, with a stand-in for the program; `extra` files come on top."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "resources", folder / "_internal" / "resources")
    if (OUT / "licences").is_dir():
        shutil.copytree(OUT / "licences", folder / "_internal" / "licences")
    program = folder / "EvalAssist.exe"
    run(
        [makensis(), "-V2", f"-DOUT={program}", f"-DVERSION={version}", HERE / "standin.nsi"],
        env=reproducible(),
    )
    shutil.copy(program, folder / "evalassist-command.exe")
    for name in extra:
        (folder / name).write_text("of a former version")
    return folder


def file_list(names: Iterable[str]) -> str:
    """NSIS's lines that install these files, folder by folder, in one order on all systems."""
    lines, last = ["!macro INSTALL_FILES"], None
    for name in sorted(names, key=lambda each: (str(PurePosixPath(each).parent), each)):
        folder = str(PurePosixPath(name).parent).replace("/", "\\")
        if folder != last:
            lines.append('  SetOutPath "$INSTDIR"' if folder == "." else f'  SetOutPath "$INSTDIR\\{folder}"')
            last = folder
        separator = "\\" if sys.platform == "win32" else "/"
        lines.append(f'  File "${{STAGED}}{separator}{name.replace("/", separator)}"')
    return "\n".join([*lines, "!macroend", ""])


def compile_setup(staged: Path, target: Path, version: str = VERSION, icons: Path = OUT / "icons") -> Path:
    """Compile the setup of a folder that is laid out as the app's."""
    target.parent.mkdir(parents=True, exist_ok=True)
    files = list(files_of(staged))
    listed = target.with_suffix(".nsh")
    listed.write_text(file_list(name for name, _ in files), encoding="utf-8")
    defines = {
        "OUT": target,
        "VERSION": version,
        "STAGED": staged,
        "FILES": listed,
        "ICON": icons / "evalassist.ico",
        "SIZE_KB": sum(file.stat().st_size for _, file in files) // 1024,
    }
    run(
        [
            makensis(),
            "-V2",
            "-WX",
            *(f"-D{name}={value}" for name, value in defines.items()),
            HERE / "setup.nsi",
        ],
        env=reproducible(),
    )
    listed.unlink()
    return target
