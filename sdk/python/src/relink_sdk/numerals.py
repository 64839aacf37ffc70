"""Numbers that stand in texts, as strictly as the other SDKs read them: ASCII, and no `_`."""

from __future__ import annotations

import math
import re

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
I64_MIN, I64_MAX, U64_MAX = -(2**63), 2**63 - 1, 2**64 - 1


def integer(text: str) -> int | None:
    """A whole number of 64 bits; None if the text is none."""
    number = int(text) if _INTEGER.fullmatch(text) else None
    return number if number is not None and I64_MIN <= number <= I64_MAX else None


def finite(text: str) -> float | None:
    """A finite number; None if the text is none."""
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def rounded(number: float) -> int:
    """The nearest whole number; halves go away from zero, as people round."""
    whole = math.trunc(number)
    return whole if abs(number - whole) < 0.5 else whole + (1 if number > 0 else -1)


def clamped(number: int, lowest: int, highest: int) -> int:
    """The number, or the border that it is beyond."""
    return max(lowest, min(highest, number))
