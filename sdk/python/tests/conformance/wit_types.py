"""Stands for the module that `componentize-py` generates from the contract.

Each record becomes a dictionary, each case of an enum or a variant what the suite writes for it, so
that the border to the component is what the suite compares.
"""

from __future__ import annotations

from typing import Any

from relink_sdk.contract import enums
from relink_sdk.documents import Json


class _Types:
    def __getattr__(self, name: str) -> Any:
        if hasattr(enums, name):
            return getattr(enums, name)
        _, is_case, case = name.partition("_")
        if not is_case:
            return lambda **fields: {key: _plain(value) for key, value in fields.items()}
        return lambda *value: {_kebab(case): _plain(value[0])} if value else _kebab(case)


WIT_TYPES = _Types()


def _plain(value: Any) -> Json:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return getattr(value, "value", value)


def _kebab(case: str) -> str:
    case = case.rstrip("_")
    return "".join(f"-{mark.lower()}" if mark.isupper() else mark for mark in case).strip("-")
