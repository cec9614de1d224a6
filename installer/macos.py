"""The disk image for macOS. It is made on macOS only; nobody has run it on a Mac of this project yet."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from installer.steps import OUT, VERSION, run


def build_dmg(frozen: Path, target: Path) -> Path:
    """Sign the app, by name where the environment says one and else for this computer alone, and pack it."""
    app, folder = frozen / "EvalAssist.app", OUT / "dmg-root"
    identity = os.environ.get("EVALASSIST_SIGN_AS", "-")
    hardened = ["--options", "runtime", "--timestamp"] if identity != "-" else []
    run(["codesign", "--force", "--deep", *hardened, "--sign", identity, app])
    run(["codesign", "--verify", "--deep", "--strict", app])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(app, folder / app.name, symlinks=True)
    (folder / "Applications").symlink_to("/Applications")
    target.mkdir(parents=True, exist_ok=True)
    image = target / f"EvalAssist-{VERSION}.dmg"
    run(
        ["hdiutil", "create", "-ov", "-volname", "EvalAssist", "-format", "UDZO", "-srcfolder", folder, image]
    )
    return image
