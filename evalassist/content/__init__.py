"""Clinical content: checked data that says what is asked, how it is scored, and which rule concludes what."""

from evalassist.content.loader import Content, content_for, load_content

__all__ = ["Content", "content_for", "load_content"]
