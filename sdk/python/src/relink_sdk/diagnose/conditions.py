"""What a rule asks of a failure. Each question has an answer for any bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection

from relink_sdk import documents
from relink_sdk.contract.enums import Phase
from relink_sdk.contract.failure import Failure
from relink_sdk.diagnose.grant import Grant

Condition = Callable[[Failure, Grant], bool]
#: A code, as the provider's documentation writes it.
Value = str | int


def texts(values: Collection[str] | str) -> list[str]:
    """One text, or several: a text alone must not be taken for its letters."""
    return [values] if isinstance(values, str) else list(values)


def phase(phases: Collection[Phase]) -> Condition:
    """In one of these phases."""
    return lambda failure, _: failure.phase in phases


def status(first: int, last: int) -> Condition:
    """With a status from the first to the last."""
    return lambda failure, _: failure.status is not None and first <= failure.status <= last


def json(pointer: str, values: Value | Collection[Value]) -> Condition:
    """The value at a JSON pointer is one of these."""
    listed = [values] if isinstance(values, (str, int)) else values
    wanted = {documents.ascii_lower(documents.scalar(value) or "") for value in listed}

    def holds(failure: Failure, _: Grant) -> bool:
        found = documents.scalar(documents.at(failure.json(), pointer))
        return found is not None and documents.ascii_lower(found) in wanted

    return holds


def json_contains(pointer: str, part: str) -> Condition:
    """The text at a JSON pointer contains this."""
    wanted = part.lower()

    def holds(failure: Failure, _: Grant) -> bool:
        found = documents.scalar(documents.at(failure.json(), pointer))
        return found is not None and wanted in found.lower()

    return holds


def json_present(pointer: str) -> Condition:
    """There is something else than null at a JSON pointer."""
    return lambda failure, _: documents.at(failure.json(), pointer) is not None


def contains(parts: Collection[str]) -> Condition:
    """The body contains one of these."""
    wanted = [part.lower() for part in parts]

    def holds(failure: Failure, _: Grant) -> bool:
        body = failure.text().lower()
        return any(part in body for part in wanted)

    return holds


def header(name: str, part: str) -> Condition:
    """A header contains this."""
    wanted = part.lower()

    def holds(failure: Failure, _: Grant) -> bool:
        value = failure.header(name)
        return value is not None and wanted in value.lower()

    return holds


def redirect(name: str, values: Collection[str]) -> Condition:
    """A parameter of the redirect is one of these, or is there at all."""
    wanted = texts(values)

    def holds(failure: Failure, _: Grant) -> bool:
        found = failure.redirect_param(name)
        return found is not None and (not wanted or found in wanted)

    return holds


def one_grant(expected: Grant) -> Condition:
    """The credential that failed is of this kind."""
    return lambda _, grant: grant is expected


def token_younger(seconds: int) -> Condition:
    """The host knows that the token was issued less than so many seconds ago."""

    def holds(failure: Failure, _: Grant) -> bool:
        return failure.facts.token_age_s is not None and failure.facts.token_age_s < seconds

    return holds


def token_older(seconds: int) -> Condition:
    """The host knows that the token was issued more than so many seconds ago."""

    def holds(failure: Failure, _: Grant) -> bool:
        return failure.facts.token_age_s is not None and failure.facts.token_age_s > seconds

    return holds


def empty_body(failure: Failure, _: Grant) -> bool:
    """The answer has no body."""
    return not failure.text().strip()


def when(holds: Callable[[Failure], bool]) -> Condition:
    """Anything else that can be read from the failure."""
    return lambda failure, _: bool(holds(failure))
