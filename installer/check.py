"""`python3 dev.py package --check`: the built packages tried out, and the figures of it in one table.

The app itself: its files, start, a second build, no network. The Debian package in a bare Debian, the logic of the
Windows setup under Wine. Needs Debian 12 and root.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from installer import debian, freeze, windows
from installer.steps import OUT, ROOT, VERSION, PackagingError, files_of, run, say

OLD_VERSION = "0.0.1"
STALE = "_internal/left-over.txt"
MOST_START_RATIO = 1.2
STARTS = 12
MIRROR = "http://deb.debian.org/debian"
BARE = OUT / "bare"
USER_DATA = ".local/share/EvalAssist"


def check() -> int:
    """Run everything, print the table, and return 1 when something is not as it must be."""
    results: list[tuple[str, str, float]] = []
    for name, tried in {
        "files and size": _files,
        "self-test": _self_test,
        "start, frozen to source": _start,
        "second build": _second_build,
        "no network to be had": _without_network,
        "no network asked for": _asks_for_no_network,
        "Debian: bare system": _debian,
        "Windows setup, under Wine": _wine,
    }.items():
        say(f"=== {name}")
        began = time.monotonic()
        try:
            figure = tried()
        except (PackagingError, OSError, subprocess.SubprocessError) as error:
            figure = f"FAILED: {error}"
        say(f"    {figure}")
        results.append((name, figure, time.monotonic() - began))
    say(
        "\n"
        + "\n".join(f"{name:<27}{took:>6.0f} s  {figure.splitlines()[0]}" for name, figure, took in results)
    )
    return int(any(figure.startswith("FAILED") for _, figure, _ in results))


def _must(holds: object, otherwise: str) -> None:
    if not holds:
        raise PackagingError(otherwise)


# ------------------------------------------------------------ the frozen app


def _files() -> str:
    app = freeze.frozen_folder()
    freeze.check_files(app)
    size = freeze.size_mb(app)
    _must(size <= freeze.MOST_MB_ON_LINUX, f"{size:.1f} MB, more than {freeze.MOST_MB_ON_LINUX}")
    return f"{sum(1 for _ in files_of(app))} files, {size:.1f} MB (at most {freeze.MOST_MB_ON_LINUX})"


def _self_test() -> str:
    freeze.self_test([_program(), "--self-test"])
    freeze.check_postgres(freeze.frozen_folder())
    return "passed, no unexpected line; a PostgreSQL server would be reached"


def _program() -> Path:
    return freeze.program(freeze.frozen_folder())


def _start() -> str:
    """The best of several starts each, until the first page is on the screen and the folder of the records is taken."""
    frozen, source = [str(_program())], [sys.executable, "-m", "evalassist"]
    taken = [(_one_start(frozen), _one_start(source)) for _ in range(STARTS)]
    cpu = [min(one[which][0] for one in taken) for which in (0, 1)]
    wall = [min(one[which][1] for one in taken) for which in (0, 1)]
    said = (
        f"processor {cpu[0]:.2f} s to {cpu[1]:.2f} s = {cpu[0] / cpu[1]:.2f} (at most {MOST_START_RATIO}); "
        f"clock {wall[0]:.2f} s to {wall[1]:.2f} s"
    )
    _must(cpu[0] <= MOST_START_RATIO * cpu[1], said)
    return said


def _one_start(command: Sequence[str]) -> tuple[float, float]:
    """Processor time and time by the clock of one start, in seconds."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "EVALASSIST_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
        while not Path(home, "evalassist.lock").exists():
            _must(process.poll() is None, "EvalAssist ended before its window was there")
            time.sleep(0.001)
        clock = time.perf_counter() - began
        process.kill()
        used = os.wait4(process.pid, 0)[2]
        process.returncode = 0
    return used.ru_utime + used.ru_stime, clock


def _second_build() -> str:
    app = freeze.frozen_folder()
    again = freeze.freeze(OUT / "frozen-again")
    differ = freeze.different(app, again)
    shutil.rmtree(again.parent)
    _must(not differ, f"{len(differ)} files differ: {', '.join(differ[:5])}")
    return f"{sum(1 for _ in files_of(app))} of as many files identical"


def _without_network() -> str:
    freeze.self_test(["unshare", "--net", _program(), "--self-test"])
    return "passes where there is no network at all, not even this computer's own"


def _asks_for_no_network() -> str:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "calls")
        traced: list[str | Path] = ["strace", "-f", "-qq", "-e", "trace=%network", "-o", told]
        freeze.self_test([*traced, _program(), "--self-test"])
        calls = told.read_text()
    internet = re.findall(r".*AF_INET.*", calls)
    _must(not internet, "sockets of the internet were opened:\n" + "\n".join(internet[:5]))
    local = sorted(set(re.findall(r'sun_path=@?"([^"]+)"', calls)))
    return f"0 internet sockets; on this computer: {', '.join(local) or 'none'}"


# ------------------------------------------------------------ Debian


def _inside(*command: str | Path, network: bool = True) -> list[str | Path]:
    """The command that runs another one in the bare system."""
    spaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
    return [*spaces, "sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"', BARE, *command]


def _as_user(command: str) -> tuple[str, ...]:
    return ("su", "-s", "/bin/sh", "pat", "-c", f"cd && {command}")


def _apt(*words: str) -> str:
    return run(_inside("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", *words))


def _debian() -> str:
    new = OUT / "dist" / f"evalassist_{VERSION}_amd64.deb"
    _must(new.is_file(), "there is no package; build it first")
    old = debian.build_deb(_with_left_over(), OUT / "trial", OLD_VERSION, quick=True)
    shutil.rmtree(BARE, ignore_errors=True)
    run(["debootstrap", "--variant=minbase", "bookworm", BARE, MIRROR])
    for package in (old, new):
        shutil.copy(package, BARE / "root")
    before = set(run(_inside("dpkg-query", "-W", "-f", "${Package}\n")).split())

    began = time.monotonic()
    _apt("install", "--no-install-recommends", f"/root/{old.name}")
    took = time.monotonic() - began
    brought = set(run(_inside("dpkg-query", "-W", "-f", "${Package}\n")).split()) - before
    library = BARE / "usr/lib/evalassist"
    _must((library / STALE).is_file(), "the former version was not installed")
    run(_inside("useradd", "--create-home", "pat"))
    run(_inside(*_as_user(f"mkdir -p {USER_DATA} && echo kept > {USER_DATA}/evalassist.db")))
    kept = BARE / "home/pat" / USER_DATA / "evalassist.db"

    _apt("install", "--no-install-recommends", f"/root/{new.name}")
    _must(not (library / STALE).exists(), "the upgrade left a file of the former version")
    differ = freeze.different(freeze.frozen_folder(), library)
    _must(not differ, f"installed are other files than were built: {differ[:5]}")
    freeze.self_test(_inside(*_as_user("QT_QPA_PLATFORM=offscreen evalassist --self-test"), network=False))
    with _screen() as display:
        shown = _as_user(f"DISPLAY={display} QT_QPA_PLATFORM=xcb evalassist --self-test")
        freeze.self_test(_inside(*shown))
    _must(VERSION in run(_inside(*_as_user("evalassist --version"))), "another version was installed")

    _apt("remove", "evalassist")
    _must(
        not library.exists() and kept.read_text() == "kept\n", "removing left the program or took the records"
    )
    run(_inside("dpkg", "--purge", "evalassist"))
    left = [
        line
        for line in run(
            _inside("find", "/usr", "/etc", "/var", "/opt", "-iname", "*evalassist*")
        ).splitlines()
        if not line.startswith(("/var/cache/apt", "/var/lib/apt"))
    ]
    _must(not left and kept.read_text() == "kept\n", f"purging left {left}, or took the records")
    shutil.rmtree(BARE)
    return (
        f"{new.stat().st_size / 1e6:.1f} MB; installed in {took:.0f} s with {len(brought) - 1} packages, upgraded, "
        "self-test without a screen and on X11, removed, records kept"
    )


def _with_left_over() -> Path:
    """The built app with one file more, to stand for a former version."""
    old = OUT / "former" / "EvalAssist"
    shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(freeze.frozen_folder(), old, symlinks=True, copy_function=os.link)
    (old / STALE).write_text("of a former version")
    return old


@contextmanager
def _screen() -> Iterator[str]:
    """An X11 screen that nobody sees."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(write)
        yield f":{os.read(read, 20).decode().strip()}"
    finally:
        server.terminate()
        server.wait(30)
        os.close(read)


# ------------------------------------------------------------ Windows

KEY = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\EvalAssist"
DONE, NEWER_IS_THERE, IS_OPEN = 0, 3, 4


class _Wine:
    """A Windows of its own, in a folder."""

    def __init__(self) -> None:
        self.folder = OUT / "wine"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.env = {
            **{name: value for name, value in os.environ.items() if name != "DISPLAY"},
            **{"WINEPREFIX": str(self.folder), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="},
        }
        _must(self.call("wineboot", "--init") == 0, "Wine did not start")
        self.drive = self.folder / "drive_c"
        self.user = next(path for path in (self.drive / "users").iterdir() if path.name != "Public")

    def begin(self, *command: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["/usr/lib/wine/wine64", *map(str, command)],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def call(self, *command: str | Path) -> int:
        process = self.begin(*command)
        process.communicate(timeout=600)
        return process.returncode

    def registered(self, hive: str, name: str) -> str:
        """A value of the entry by which Windows lists the installed app; empty where there is none."""
        told = self.begin("reg", "query", rf"{hive}\{KEY}", "/v", name).communicate(timeout=120)[0]
        found = re.search(rf"{name}\s+REG_\w+\s+(.*)", told)
        return found[1].strip() if found else ""

    def end(self) -> None:
        subprocess.run(["/usr/lib/wine/wineserver", "-k"], env=self.env, check=False)


def _wine() -> str:
    trials = {}
    for version, extra in ((OLD_VERSION, [STALE]), (VERSION, [])):
        staged = windows.stage_stand_in(OUT / "staged", version, extra=extra)
        trials[version] = windows.compile_setup(staged, OUT / "trial" / f"setup-{version}.exe", version)
    wine = _Wine()
    try:
        for_me = (
            wine.user / "AppData/Local/Programs/EvalAssist",
            "HKCU",
            "/CurrentUser",
            wine.user / "AppData/Roaming",
        )
        for_all = (wine.drive / "Program Files/EvalAssist", "HKLM", "/AllUsers", wine.drive / "ProgramData")
        for folder, hive, mode, menu in (for_me, for_all):
            _try_setup(
                wine,
                trials,
                folder,
                hive,
                mode,
                menu / "Microsoft/Windows/Start Menu/Programs/EvalAssist.lnk",
            )
    finally:
        wine.end()
    shutil.rmtree(wine.folder)
    return "stand-in program: for one user and for all, silent; upgraded, older and open refused, removed, records kept"


def _try_setup(wine: _Wine, setups: dict[str, Path], folder: Path, hive: str, mode: str, link: Path) -> None:
    records = wine.user / "AppData/Local/EvalAssist/evalassist.db"
    records.parent.mkdir(exist_ok=True)
    records.write_text("kept")
    _must(wine.call(setups[OLD_VERSION], "/S", mode) == DONE, f"{mode}: the former version was not installed")
    _must((folder / STALE).is_file(), f"{mode}: nothing lies in {folder}")
    (folder / "mine.txt").write_text("not of the setup")
    _must(wine.registered(hive, "DisplayVersion") == OLD_VERSION, f"{mode}: Windows does not list it")

    open_now = wine.begin(folder / "EvalAssist.exe", "/WAIT")
    time.sleep(3)
    refused = wine.call(setups[VERSION], "/S", mode)
    _must(refused == IS_OPEN and (folder / STALE).exists(), f"{mode}: upgraded an open program ({refused})")
    open_now.wait(60)

    _must(wine.call(setups[VERSION], "/S", mode) == DONE, f"{mode}: was not upgraded")
    _must(not (folder / STALE).exists(), f"{mode}: the upgrade left a file of the former version")
    _must(wine.registered(hive, "DisplayVersion") == VERSION, f"{mode}: Windows lists another version")
    _must(link.is_file(), f"{mode}: there is no entry in the Start menu")
    managed = wine.drive / "ProgramData/EvalAssist"
    _must(managed.is_dir() or mode != "/AllUsers", f"{mode}: there is no folder for managed settings")
    _must(wine.call(folder / "EvalAssist.exe") == DONE, f"{mode}: the installed program does not start")
    _must((folder / "stand-in-ran.txt").read_text() == VERSION, f"{mode}: another program was started")
    for name, file in files_of(OUT / "staged"):
        _must((folder / name).read_bytes() == file.read_bytes(), f"{mode}: {name} is not as it was packed")

    refused = wine.call(setups[OLD_VERSION], "/S", mode)
    _must(refused == NEWER_IS_THERE, f"{mode}: an older version was not refused ({refused})")
    _must(wine.registered(hive, "DisplayVersion") == VERSION, f"{mode}: an older version was installed")

    wine.call(folder / "Uninstall.exe", "/S", mode)
    _until(lambda: not wine.registered(hive, "DisplayVersion"), f"{mode}: was not removed")
    left = sorted(name for name, _ in files_of(folder))
    _must(left == ["mine.txt", "stand-in-ran.txt"], f"{mode}: removing left {left}")
    _must(not link.exists(), f"{mode}: the entry in the Start menu stayed")
    _must(records.read_text() == "kept", f"{mode}: the records were touched")
    shutil.rmtree(folder)


def _until(holds: Callable[[], bool], otherwise: str, most_s: float = 60) -> None:
    """Wait for what a program does after it has returned."""
    end = time.monotonic() + most_s
    while not holds():
        _must(time.monotonic() < end, otherwise)
        time.sleep(0.5)
