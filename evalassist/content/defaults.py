"""The numbers a clinic may set otherwise, filled into the rules and texts that name them as `{id}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evalassist.evaluation import Defaults

NAMED = re.compile(r"\{([a-z][a-z0-9-]*)\}")


def filled(data: Any, numbers: Defaults) -> Any:
    """TOML data in which every `{id}` of a default is its number; other words in braces stay as they are."""
    if isinstance(data, dict):
        return {key: filled(value, numbers) for key, value in data.items()}
    if isinstance(data, list):
        return [filled(value, numbers) for value in data]
    if not isinstance(data, str) or "{" not in data:
        return data
    whole = NAMED.fullmatch(data)
    if whole and whole[1] in numbers:
        return numbers[whole[1]]
    return NAMED.sub(lambda found: _read(found[1], numbers) or found[0], data)


def named_in(data: Any) -> set[str]:
    """Every word in braces, wherever it stands."""
    if isinstance(data, dict):
        return {name for value in data.values() for name in named_in(value)}
    if isinstance(data, list):
        return {name for value in data for name in named_in(value)}
    return set(NAMED.findall(data)) if isinstance(data, str) else set()


def _read(name: str, numbers: Mapping[str, float]) -> str:
    return f"{numbers[name]:g}".replace("-", "−") if name in numbers else ""
