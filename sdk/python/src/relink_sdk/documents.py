"""JSON as every Relink SDK reads and writes it.

Python's own reader accepts more than JSON (`NaN`, halves of characters, any depth); what the SDKs
of other languages refuse is refused here too, so that a plugin means the same in each of them.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A JSON document: None, a bool, a number, a str, a list or a dict."""

_MAX_DEPTH = 127
_OPENING, _CLOSING = b"[{", b"]}"
_NO_BRACKETS = bytes(set(range(256)) - set(_OPENING + _CLOSING))
_AS_ROUND = bytes.maketrans(_OPENING + _CLOSING, b"(())")
#: Made once: `json.dumps` would make one for each of many rows.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_I64_MIN, _U64_MAX = -(2**63), 2**64 - 1


def parse(body: bytes) -> Json:
    """Reads a document; a `ValueError` says why it is none."""
    text = body.decode("utf-8")
    if _is_too_deep(body):
        raise ValueError("it is nested too deeply")
    document = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    if "\\ud" in text or "\\uD" in text:
        # Half a character is no text; UnicodeEncodeError is a ValueError.
        dump(document).encode()
    return document


def parse_or_none(body: bytes) -> Json:
    """Reads a document; None if it is none."""
    try:
        return parse(body)
    except ValueError:
        return None


def dump(document: Json) -> str:
    """Writes a document in the one form that all SDKs write: no spaces, members sorted."""
    return _ENCODER.encode(document)


def at(document: Json, pointer: str) -> Json:
    """The value at a JSON pointer (RFC 6901); None if there is none.

    >>> at({"data": [{"id": 7}]}, "/data/0/id")
    7
    """
    names = _names(pointer)
    if names is None:
        return None
    for name in names:
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and _is_index(name) and int(name) < len(document):
            document = document[int(name)]
        else:
            return None
    return document


def require_pointers(what: str, *pointers: str | None) -> None:
    """Raises a `ValueError` for what is no JSON pointer: it would find nothing, and say nothing."""
    for pointer in pointers:
        if pointer is not None and _names(pointer) is None:
            raise ValueError(f'{what}: "{pointer}" is no JSON pointer; write "/{pointer}"')


def text_at(document: Json, pointer: str) -> str | None:
    """The text at a JSON pointer; None if there is none, or something else than a text."""
    found = at(document, pointer)
    return found if isinstance(found, str) else None


def with_value(document: Json, pointer: str, value: Json) -> Json:
    """A copy of the document with a value set, and objects made on the way where there are none."""
    name, _, rest = pointer.removeprefix("/").partition("/")
    if not pointer:
        return value
    members = dict(document) if isinstance(document, dict) else {}
    members[name] = with_value(members.get(name), f"/{rest}" if rest else "", value)
    return members


def scalar(value: Json) -> str | None:
    """Texts, numbers and truth values as text: providers write `190` and `"190"` alike."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and not _I64_MIN <= value <= _U64_MAX:
        return None if value.bit_length() > 1023 else _float_text(float(value))
    if isinstance(value, int):
        return str(value)
    return _float_text(value) if isinstance(value, float) else None


def ascii_lower(text: str) -> bytes:
    """Lower case in ASCII only: other letters that look alike are not the same."""
    return text.encode("utf-8", "replace").lower()


@lru_cache(maxsize=1024)
def _names(pointer: str) -> tuple[str, ...] | None:
    if pointer and not pointer.startswith("/"):
        return None
    return tuple(name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")[1:])


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and (name == "0" or name[0] != "0")


def _float_text(number: float) -> str:
    """As the other SDKs write it: Python alone writes `1e-05` and `1e-06`."""
    mantissa, small, exponent = repr(number).partition("e-0")
    if not small:
        return mantissa
    if exponent != "5":
        return f"{mantissa}e-{exponent}"
    sign = "-" if number < 0 else ""
    return f"{sign}0.0000{mantissa.lstrip('-').replace('.', '')}"


def _finite(literal: str) -> float:
    number = float(literal)
    if math.isinf(number):
        raise ValueError(f"the number {literal[:40]} is too large")
    return number


def _refuse(literal: str) -> Json:
    raise ValueError(f"{literal} is no JSON")


def _is_too_deep(body: bytes) -> bool:
    """Whether brackets are nested too deeply, without a slow look at every byte.

    Innermost pairs are taken away level by level. What is left over stands in texts, and only then
    are the texts told from the brackets.
    """
    brackets = body.translate(_AS_ROUND, _NO_BRACKETS)
    for _ in range(_MAX_DEPTH):
        if len(brackets) <= _MAX_DEPTH:
            return False
        shorter = brackets.replace(b"()", b"")
        if len(shorter) == len(brackets):
            return _depth_outside_texts(body) > _MAX_DEPTH
        brackets = shorter
    return bool(brackets)


def _depth_outside_texts(body: bytes) -> int:
    depth = deepest = 0
    in_text = escaped = False
    for byte in body:
        if escaped:
            escaped = False
        elif in_text:
            escaped = byte == 0x5C
            in_text = byte != 0x22
        elif byte == 0x22:
            in_text = True
        elif byte in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif byte in _CLOSING:
            depth -= 1
    return deepest
