"""Python's collector, at rest while a thread works.

Run in such a thread it could destroy widgets there, and Qt's widgets may be destroyed only where they were made.
"""

import gc
from weakref import WeakSet

_wishes: WeakSet[object] = WeakSet()


def rest(who: object) -> None:
    """Collect nothing until this one, and everyone else who asked, says `resume`."""
    _wishes.add(who)
    gc.disable()


def resume(who: object) -> None:
    """This one is done; the collector works again when all are."""
    _wishes.discard(who)
    if not _wishes:
        gc.enable()
