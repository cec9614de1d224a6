"""Which print system is asked for printers: this computer's own, by its socket, and no address of a network.

Where CUPS is not running its library would knock at port 631 instead. What an administrator has set counts more.
"""

import os
import sys
from collections.abc import Iterable, MutableMapping
from pathlib import Path

SOCKET = "/run/cups/cups.sock"
CLIENT_FILES = (Path("/etc/cups/client.conf"), Path("~/.cups/client.conf"))


def ask_only_this_computer(
    environment: MutableMapping[str, str] = os.environ,
    client_files: Iterable[Path] = CLIENT_FILES,
    platform: str = sys.platform,
) -> None:
    """Tell CUPS to look nowhere else; call it before anything asks for a printer."""
    if platform == "linux" and not any(file.expanduser().exists() for file in client_files):
        environment.setdefault("CUPS_SERVER", SOCKET)
