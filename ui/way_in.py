"""How the person at the window came in, so that the password can be asked again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ui.widgets.passwords import key_bytes

if TYPE_CHECKING:
    from evalassist.records.entrance import Entrance
    from evalassist.records.store import Store


@dataclass(frozen=True)
class WayIn:
    """The entrance, and the key file that was used beside the password."""

    entrance: Entrance
    key_file: Path | None = None

    def confirm(self, store: Store, password: str) -> None:
        """Ask for the password again; it raises when that is wrong."""
        self.entrance.confirm(store, password, key_bytes(self.key_file))
