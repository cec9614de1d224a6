"""How a label or a title stands inside a sentence."""

EPONYMS = ("Hoffa", "Noble", "Thessaly", "Lachman", "Thomas", "Ely", "Trendelenburg", "Perthes", "Beighton")


def lower_first(text: str) -> str:
    """The text as it stands inside a sentence; names of people and of tests (HipSIT, Y-balance) keep their capital."""
    first = text.split(" ")[0].strip(",")
    keeps = first in EPONYMS or first[1:2] == "-" or any(letter.isupper() for letter in first[1:])
    return text if keeps else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text as it begins a sentence; the rest of it stays."""
    return text[:1].upper() + text[1:]
