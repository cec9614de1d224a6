"""Clinical content: checked data that says what is asked, how it is scored, and which rule concludes what."""

from evalassist.content.loader import Content, load_content

__all__ = ["Content", "load_content"]
