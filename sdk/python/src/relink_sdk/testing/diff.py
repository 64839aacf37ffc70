"""Comparing two JSON documents, place by place."""

from __future__ import annotations

from relink_sdk import documents
from relink_sdk.documents import Json


def differences(place: str, expected: Json, found: Json) -> list[str]:
    """Every place where the documents differ. A member that is null equals one that is missing."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            difference
            for name in sorted({*expected, *found})
            for difference in differences(f"{place}.{name}", expected.get(name), found.get(name))
        ]
    if isinstance(expected, list) and isinstance(found, list):
        return [
            difference
            for index in range(max(len(expected), len(found)))
            for difference in differences(
                f"{place}[{index}]", _item(expected, index), _item(found, index)
            )
        ]
    if _is_same(expected, found):
        return []
    return [
        f"{place}:\n  expected  {documents.dump(expected)}\n  found     {documents.dump(found)}"
    ]


def _item(items: list[Json], index: int) -> Json:
    return items[index] if index < len(items) else None


def _is_same(expected: Json, found: Json) -> bool:
    """`12` and `12.0` are the same number; Python also takes `True` for `1`."""
    is_truth = isinstance(expected, bool) or isinstance(found, bool)
    return bool(expected == found) and (not is_truth or type(expected) is type(found))
