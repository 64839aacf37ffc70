"""Failures that make no sense: `classify` must have an answer to each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from relink_sdk.contract.enums import Phase, TransportKind
from relink_sdk.contract.exchange import Field, TransportFailure
from relink_sdk.contract.failure import Failure

#: Pieces from which noise is made: what confuses readers of JSON, forms, dates and texts.
_PIECES = (
    "{", "}", "[", "]", '"', ":", ",", "null", "1e999", "-0", "\\u0000", "\\ud800", '"error"',
    "invalid_grant", "\u0130", "é", "\U0001f980", "<html>", "%", "&", "=", "\r\n", "\ufeff",
    "9999999999999999999999", "Retry", "NaN", "[[[[" * 2_000,
)  # fmt: skip


def noise() -> Iterator[Failure]:
    """Failures of every phase and many statuses; the same ones each time."""
    random = Random(0x9E3779B9)
    for _ in range(500):
        yield _failure(random)


def _failure(random: Random) -> Failure:
    headers = [
        Field("retry-after", _text(random)),
        Field("www-authenticate", "Bearer error="),
    ]
    body = (
        _text(random).encode() if random.random() < 0.5 else random.randbytes(random.randrange(64))
    )
    failure = Failure(random.choice(list(Phase)), random.randrange(700), headers, body)
    match random.randrange(4):
        case 0:
            return replace(failure, status=None)
        case 1:
            kind = random.choice(list(TransportKind))
            return replace(failure, transport=TransportFailure(kind))
        case 2:
            return replace(failure, redirect_query=_text(random))
        case _:
            return replace(failure, account=_text(random))


def _text(random: Random) -> str:
    return "".join(random.choices(_PIECES, k=random.randrange(12)))
