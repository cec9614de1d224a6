"""Clinical content: checked data that says what is asked, how it is scored, and which rule concludes what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalassist.content.loader import Content, content_for, load_content

__all__ = ["Content", "content_for", "load_content"]


def __getattr__(name: str) -> object:
    """Load the loader at its first use: two threads that load a package which loads its own parts stop each other."""
    if name not in __all__:
        raise AttributeError(name)
    from evalassist.content import loader

    return getattr(loader, name)
