"""Queries and forms: `application/x-www-form-urlencoded` as browsers read and write it."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What the URL standard leaves as it is; `urllib.parse` follows RFC 3986 and differs in two marks.
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")


def encode(pairs: Iterable[tuple[str, str]]) -> str:
    """Writes pairs as a query or the body of a form.

    >>> encode([("q", "a b"), ("of", "[1,2]")])
    'q=a+b&of=%5B1%2C2%5D'
    """
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in pairs)


def decode(form: str) -> list[tuple[str, str]]:
    """Reads the pairs; whatever is in it, there is an answer."""
    pairs = (part.partition("=") for part in form.split("&") if part)
    return [(_unquote(name), _unquote(value)) for name, _, value in pairs]


def value_of(form: str, name: str) -> str | None:
    """The first value of this name."""
    return next((value for key, value in decode(form) if key == name), None)


def _quote(text: str) -> str:
    return "".join(map(_quoted, text.encode("utf-8", "replace")))


def _quoted(byte: int) -> str:
    if byte in _PLAIN:
        return chr(byte)
    return "+" if byte == 0x20 else f"%{byte:02X}"


def _unquote(text: str) -> str:
    escaped = text.replace("+", " ").encode("utf-8", "replace")
    plain = _ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), escaped)
    return plain.decode("utf-8", "replace")
