"""Makes rules of what the suite says about them."""

from __future__ import annotations

from typing import Any

from relink_sdk import Actor, Blast, Grant, Phase, Reason, Remedy, Rule, Unit, rule
from relink_sdk.testing.shape import members

_AS_THEY_ARE = (
    "api", "token_endpoint", "status", "statuses", "json", "json_contains", "json_present",
    "contains", "header", "redirect", "token_younger_than_s", "token_older_than_days",
    "empty_body", "on_web_pages", "cause", "doubtful", "message", "quoting", "retry_after_s",
    "retry_at_utc_midnight",
)  # fmt: skip
_ENUMS: dict[str, Any] = {"grant": Grant, "blast": Blast, "remedy": Remedy, "actor": Actor}
_OTHERS = ("code", "reason", "phases", "help", "retry_after_header", "retry_after_json")


def rule_of(document: Any) -> Rule:
    """A rule."""
    slots = dict.fromkeys((*_AS_THEY_ARE, *_ENUMS, *_OTHERS))
    given = {
        name: value for name, value in members("rule", document, slots).items() if value is not None
    }
    named = {name: given[name] for name in _AS_THEY_ARE if name in given}
    named |= {name: cases(given[name]) for name, cases in _ENUMS.items() if name in given}
    if "phases" in given:
        named["phases"] = [Phase(name) for name in given["phases"]]
    if "help" in given:
        named["help_url"] = given["help"]
    if "retry_after_header" in given:
        wait = members("retry_after_header", given["retry_after_header"], {"name": 0, "unit": 0})
        named["retry_after_header"] = (wait["name"], Unit[wait["unit"].upper()])
    if "retry_after_json" in given:
        wait = members("retry_after_json", given["retry_after_json"], {"pointer": 0, "unit": 0})
        named["retry_after_json"] = (wait["pointer"], Unit[wait["unit"].upper()])
    return rule(given["code"], Reason(given["reason"]), **named)
