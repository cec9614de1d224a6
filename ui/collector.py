"""Python's collector: at rest while a thread works, and looking through everything only while nobody types.

Run in such a thread it could destroy widgets there, and Qt's widgets may be destroyed only where they were made.
Looking through everything takes as long as drawing a page.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

_wishes: WeakSet[object] = WeakSet()
AT_REST, WITHOUT_REST = 3, 15
"""So many times what is young is looked through before everything is, when nobody types and when nobody ever rests."""


def wait_for_a_rest() -> None:
    """Do not look through everything in the middle of the work."""
    gc.set_threshold(*gc.get_threshold()[:2], WITHOUT_REST)


def now_is_a_rest() -> None:
    """Nobody touches anything: look through everything, if it is time."""
    if gc.isenabled() and gc.get_count()[2] > AT_REST:
        gc.collect()


def now() -> None:
    """Look through everything at once, after a large part went: what many leave together takes too long."""
    if gc.isenabled():
        gc.collect()


def rest(who: object) -> None:
    """Collect nothing until this one, and everyone else who asked, says `resume`."""
    _wishes.add(who)
    gc.disable()


def resume(who: object) -> None:
    """This one is done; the collector works again when all are."""
    _wishes.discard(who)
    if not _wishes:
        gc.enable()


@contextmanager
def at_rest(who: object) -> Iterator[None]:
    """Collect nothing meanwhile."""
    rest(who)
    try:
        yield
    finally:
        resume(who)
