"""Reading fixtures strictly: a member that nobody knows is a mistake, and never skipped."""

from __future__ import annotations

from relink_sdk.documents import Json


class FixtureError(ValueError):
    """A fixture, or a file of a project, is not written as it has to be."""


def members(what: str, document: Json, known: dict[str, Json]) -> dict[str, Json]:
    """The members of an object, with defaults for those that are missing."""
    if not isinstance(document, dict):
        raise FixtureError(f"{what} is no object")
    unknown = [name for name in document if name not in known]
    if unknown:
        raise FixtureError(f"{what} has no member {unknown[0]!r}; there is {', '.join(known)}")
    return {**known, **document}
