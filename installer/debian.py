"""The Debian package: the frozen app under /usr/lib, with a menu entry, an icon and a manual page."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from installer.freeze import size_mb
from installer.steps import HERE, OUT, ROOT, VERSION, PackagingError, built_at, files_of, reproducible, run

CONTROL = """\
Package: evalassist
Version: {version}
Architecture: amd64
Section: science
Priority: optional
Maintainer: EvalAssist maintainers <maintainers@evalassist.invalid>
Installed-Size: {kib}
Depends: {depends}
Recommends: cups-client
Description: evaluation of anterior knee pain and hip strength
 A desktop app for physical therapists. It leads through the evaluation of a patient with pain at the front of the
 knee, hip strength included, shows what the findings mean and why, proposes a plan of care and prints a handout.
 .
 It works without a network. Records are encrypted and lie in the user's own folder; removing the package keeps them.
"""

COPYRIGHT = """\
EvalAssist is distributed under the Apache License 2.0, see /usr/share/common-licenses/Apache-2.0.

What it is made with, under which licenses, how the LGPL parts can be replaced, and a bill of materials:
/usr/lib/evalassist/_internal/licences
"""


def depends(root: Path) -> str:
    """The system's packages whose libraries the files in `root` ask for, with the least versions that do."""
    files = [(name, file) for name, file in files_of(root) if not file.is_symlink()]
    with_libraries = sorted({str(file.parent) for name, file in files if ".so" in name})
    programs = [str(file) for _, file in files if _is_elf(file)]
    (root / "DEBIAN").mkdir(exist_ok=True)  # by this it knows which libraries are the package's own
    stub = OUT / "shlibdeps"
    (stub / "debian").mkdir(parents=True, exist_ok=True)
    (stub / "debian" / "control").write_text("Source: evalassist\n\nPackage: evalassist\nArchitecture: any\n")
    command = ["dpkg-shlibdeps", "-O", "--warnings=0", "--ignore-missing-info", f"-S{root}"]
    done = subprocess.run(
        [*command, *(f"-l{each}" for each in with_libraries), *programs],
        cwd=stub,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackagingError(f"dpkg-shlibdeps: {done.stderr}")
    needed = sorted(done.stdout.strip().removeprefix("shlibs:Depends=").split(", "))
    if not any(one.startswith("libxcb-cursor0") for one in needed):
        raise PackagingError(f"the dependencies are not all: {', '.join(needed)}")
    return ", ".join(needed)


def _is_elf(file: Path) -> bool:
    with file.open("rb") as read:
        return read.read(4) == b"\x7fELF"


def build_deb(app: Path, target: Path, version: str = VERSION, *, quick: bool = False) -> Path:
    """Make the package of an app; `quick` packs it loosely, for a trial."""
    root = OUT / "deb-root"
    shutil.rmtree(root, ignore_errors=True)
    library, share = root / "usr/lib/evalassist", root / "usr/share"
    shutil.copytree(app, library, symlinks=True)
    (root / "usr/bin").mkdir()
    (root / "usr/bin/evalassist").symlink_to("../lib/evalassist/evalassist")
    day = datetime.fromtimestamp(built_at(), UTC)
    manual = (
        (HERE / "evalassist.1").read_text().replace("@VERSION@", version).replace("@DATE@", f"{day:%Y-%m-%d}")
    )
    _put(share / "man/man1/evalassist.1.gz", gzip.compress(manual.encode(), mtime=0))
    _put(share / "applications/evalassist.desktop", (HERE / "evalassist.desktop").read_bytes())
    _put(share / "icons/hicolor/scalable/apps/evalassist.svg", (HERE / "evalassist.svg").read_bytes())
    _put(share / "icons/hicolor/256x256/apps/evalassist.png", (OUT / "icons/evalassist.png").read_bytes())
    _put(share / "doc/evalassist/copyright", COPYRIGHT.encode())
    _put(share / "doc/evalassist/changelog.gz", gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), mtime=0))
    control = CONTROL.format(version=version, kib=round(size_mb(root) * 1e6 / 1024), depends=depends(app))
    _put(root / "DEBIAN/control", control.encode())
    for folder, _, names in os.walk(root):
        Path(folder).chmod(0o755)
        for name in names:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if _is_elf(file) and ".so" not in name else 0o644)
            os.utime(file, (built_at(), built_at()), follow_symlinks=False)
    target.mkdir(parents=True, exist_ok=True)
    package = target / f"evalassist_{version}_amd64.deb"
    packing = ["-Zgzip", "-z1"] if quick else ["-Zxz", "-z6"]
    run(["dpkg-deb", "--root-owner-group", *packing, "--build", root, package], env=reproducible())
    shutil.rmtree(root)
    return package


def _put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
