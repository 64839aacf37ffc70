"""What a plugin is: the record that the host reads when the plugin is installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relink_sdk.contract.auth import AuthMethod
from relink_sdk.contract.enums import BudgetKey, require_enums
from relink_sdk.contract.inbound import Inbound


@dataclass(frozen=True)
class Daily:
    """Rows belong to days; the host asks for the days that are missing."""

    day_field: str
    max_window_days: int | None = None
    #: The latest days are read again at each run, since the provider restates them.
    restate_days: int = 0
    #: How far back the provider keeps data; none for ever.
    history_days: int | None = None


@dataclass(frozen=True)
class Dataset:
    """One dataset; `relink_sdk.Table` makes it. Without `daily`, every run reads all of it."""

    name: str
    label: str
    primary_key: Sequence[str]
    row_schema: str
    account_kind: str | None
    daily: Daily | None


@dataclass(frozen=True)
class RateBudget:
    """At most `calls` per `per_ms` milliseconds, counted per `key`; no hosts means all hosts."""

    name: str
    calls: int
    per_ms: int
    key: BudgetKey
    hosts: Sequence[str] = ()

    def __post_init__(self) -> None:
        require_enums(f'budget "{self.name}"', (BudgetKey, self.key))


@dataclass(frozen=True)
class Descriptor:
    """What a plugin is; `relink_sdk.Plugin` makes it."""

    id: str
    display_name: str
    aliases: Sequence[str]
    version: str
    requires: Sequence[str]
    hosts: Sequence[str]
    auth: Sequence[AuthMethod]
    datasets: Sequence[Dataset]
    budgets: Sequence[RateBudget]
    config_schema: str
    inbound: Inbound | None
    help_url: str | None
