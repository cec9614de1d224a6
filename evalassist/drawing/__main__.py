"""python -m evalassist.drawing [ID ...] writes the pictures; --check tells which stored ones differ."""

import argparse
import re
import sys
from pathlib import Path

from evalassist import resources

from .hip_knee import draw_hip_knee
from .picture import draw_exercise
from .poses import read_exercises, read_tests

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
ROUNDED_PT = 0.5
"""Less than a hairline of print."""


def pictures(wanted: list[str] | None = None) -> dict[str, str]:
    """File name to SVG text, for the wanted exercises or for all pictures there are."""
    exercises = read_exercises()
    drawn = {
        f"{name}-{frame}.svg": text
        for name in wanted or exercises
        for frame, text in draw_exercise(exercises[name]).items()
    }
    if wanted:
        return drawn
    tests = {f"{name}-test.svg": draw_exercise(test)["end"] for name, test in read_tests().items()}
    return {**drawn, **tests, **draw_hip_knee()}


def differing(drawn: dict[str, str], folder: Path) -> list[str]:
    """Pictures that are missing, differ from what the data draw, or belong to no exercise."""
    stored = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.svg")}
    changed = [name for name, text in drawn.items() if not _are_alike(stored.get(name, ""), text)]
    return changed + sorted(stored.keys() - drawn.keys())


def _are_alike(stored: str, drawn: str) -> bool:
    """Whether two drawings are one: processors round the last digits of a curve differently."""
    if NUMBER.sub("", stored) != NUMBER.sub("", drawn):
        return False
    pairs = zip(NUMBER.findall(stored), NUMBER.findall(drawn), strict=True)
    return all(one == other or abs(float(one) - float(other)) < ROUNDED_PT for one, other in pairs)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evalassist.drawing", description=__doc__)
    parser.add_argument("exercise", nargs="*", help="ids to draw; all when none is named")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when a stored picture differs"
    )
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.exercise) - read_exercises().keys()
    if unknown:
        parser.error(f"no such exercise: {', '.join(sorted(unknown))}")
    folder = resources.path("pictures")
    drawn = pictures(None if chosen.check else chosen.exercise)
    if chosen.check:
        changed = differing(drawn, folder)
        for name in changed:
            print(f"{name} differs from its pose")
        return 1 if changed else 0
    folder.mkdir(exist_ok=True)
    for name, text in drawn.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(drawn)} pictures written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
