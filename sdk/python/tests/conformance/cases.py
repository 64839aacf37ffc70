"""Reads the files of the suite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from relink_sdk import documents
from relink_sdk.testing.shape import members

FOLDER = Path(__file__).parents[3] / "conformance"

Case = dict[str, Any]


def cases(file: str, *known: str) -> list[Case]:
    """The cases of a file; a member that is not among the known ones is a mistake."""
    given = json.loads((FOLDER / file).read_text("utf-8"))
    slots = {"about": None, **dict.fromkeys(known)}
    return [{"has": set(case), **members("the case", case, slots)} for case in given]


def exact(case: Case, name: str) -> Any:
    """A document, which is given as text where digits must not be lost."""
    text = case[f"{name}_text"]
    return case[name] if text is None else documents.parse(text.encode())
