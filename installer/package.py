"""`python3 dev.py package`: the frozen app, its packages for this system, their checksums and bill of materials.

python3 dev.py package            build what can be built on this system, in out/package/dist
python3 dev.py package --frozen   the frozen folder alone, with its self-test
python3 dev.py package --check    try the built packages out: install, self-test, upgrade, remove (Debian)
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from installer.steps import OUT, VERSION, PackagingError, files_of, say, sha256

DIST = OUT / "dist"


def build(*, only_frozen: bool) -> None:
    from installer import art, freeze, notices

    began = time.monotonic()
    parts = notices.write_notices(OUT / "licences")
    art.draw_icons(OUT / "icons")
    app = freeze.freeze(freeze.frozen_folder().parent)
    freeze.check_files(app)
    freeze.self_test([freeze.program(app), "--self-test"])
    freeze.check_postgres(app)
    count = sum(1 for _ in files_of(app))
    say(f"{app}: {count} files, {freeze.size_mb(app):.1f} MB, {len(parts)} parts; its self-test passed.")
    if sys.platform == "linux" and freeze.size_mb(app) > freeze.MOST_MB_ON_LINUX:
        raise PackagingError(f"The app is larger than {freeze.MOST_MB_ON_LINUX} MB.")
    if not only_frozen:
        shutil.rmtree(DIST, ignore_errors=True)
        made = _packages(app)
        shutil.copy(
            OUT / "licences" / "evalassist.cdx.json", DIST / f"evalassist-{VERSION}-{sys.platform}.cdx.json"
        )
        sums = "".join(f"{sha256(file)}  {name}\n" for name, file in files_of(DIST))
        (DIST / f"SHA256SUMS-{sys.platform}").write_text(sums)
        for file in made:
            say(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    say(f"Built in {time.monotonic() - began:.0f} s.")


def _packages(app: Path) -> list[Path]:
    from installer import debian, macos, windows

    if sys.platform == "win32":
        return [windows.compile_setup(app, DIST / f"EvalAssist-{VERSION}-setup.exe")]
    if sys.platform == "darwin":
        return [macos.build_dmg(app.parent, DIST)]
    staged = windows.stage_stand_in(OUT / "staged")
    trial = windows.compile_setup(staged, OUT / "trial" / f"EvalAssist-{VERSION}-setup-stand-in.exe")
    say(
        "The Windows setup holds a stand-in for the program: it tries out the setup and is not to be given out."
    )
    return [debian.build_deb(app, DIST), trial]


def main(arguments: Sequence[str]) -> int:
    if arguments not in ([], ["--frozen"], ["--check"]):
        say(__doc__ or "")
        return 2
    try:
        if arguments == ["--check"]:
            from installer.check import check

            return check()
        build(only_frozen=arguments == ["--frozen"])
    except PackagingError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
