"""The desktop window: it draws, listens and decides nothing clinical."""

import ctypes
import sys

if sys.version_info < (3, 12):
    # PySide6 6.12 returns None and True without counting the reference, as Python 3.12 allows. Python 3.11
    # does count: a few thousand calls use the count up and end the process ("none_dealloc"). Lend plenty.
    for _constant in (None, True, False, NotImplemented, Ellipsis):
        ctypes.c_ssize_t.from_address(id(_constant)).value += 1 << 40
