"""Records lie on a disk of this computer: on a network drive two computers do not see each other's locks."""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path

from evalassist.errors import StoreError
from evalassist.translate import tr

NETWORK_KINDS = frozenset(
    {"afs", "cifs", "davfs", "fuse.davfs2", "fuse.gvfsd-fuse", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs"}
)
MOUNTS = Path("/proc/self/mounts")
DRIVE_REMOTE = 4


def refuse_network(folder: Path) -> None:
    """Refuse a folder that lies on another computer."""
    if is_network(folder):
        raise StoreError(
            tr(
                "{folder} is on a network drive. There two computers do not see each other's locks, and a connection "
                "that breaks can damage the records, so they are not kept there. Nothing was changed. "
                "Keep them on a disk of this computer; backups may go to the network drive."
            ).format(folder=folder)
        )


def is_network(folder: Path, platform: str = sys.platform) -> bool:
    """Whether this folder lies on another computer, as far as this system tells."""
    if platform == "win32":
        return _is_remote_drive(folder.absolute().drive)
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # a system without such a list
        return False
    return mounted_kind(folder.resolve(), mounts) in NETWORK_KINDS


def mounted_kind(folder: Path, mounts: str) -> str:
    """The kind of file system a folder lies on, of a list as Linux writes it: of the innermost mount, the last one."""
    kind, depth = "", -1
    for line in mounts.splitlines():
        _, where, its_kind, *_ = line.split(" ")
        point = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), where))
        if folder.is_relative_to(point) and len(point.parts) >= depth:
            kind, depth = its_kind, len(point.parts)
    return kind


def _is_remote_drive(drive: str) -> bool:
    if drive.startswith("\\\\"):
        return True
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only Windows has it
    return bool(kernel.GetDriveTypeW(f"{drive}\\") == DRIVE_REMOTE)
