"""Which fixtures a plugin still owes."""

from __future__ import annotations

from collections.abc import Sequence

from relink_sdk.contract.exchange import Accounts, Context, Identify, Probe, Start, Sync
from relink_sdk.contract.step import Done
from relink_sdk.plugin import Plugin
from relink_sdk.testing.fixture import Fixture
from relink_sdk.testing.limit import limited


def missing(plugin: Plugin, fixtures: Sequence[Fixture]) -> list[str]:
    """What has no fixture: rules of the error table, datasets, other operations, and messages."""
    diagnosed = {fixture.diagnosis.get("code") for fixture in fixtures if fixture.diagnosis}
    done = [fixture.operation for fixture in fixtures if fixture.ends == "done"]
    synced = {operation.slice.dataset for operation in done if isinstance(operation, Sync)}
    owed = [f"rule {code}" for code in plugin.errors.codes() if code not in diagnosed]
    owed += [
        f"dataset {dataset.name}"
        for dataset in plugin.describe().datasets
        if dataset.name not in synced
    ]
    operations = [Probe, Identify, *([Accounts] if _lists_accounts(plugin) else [])]
    owed += [
        f"operation {kind.__name__.lower()}"
        for kind in operations
        if not any(isinstance(operation, kind) for operation in done)
    ]
    if plugin.describe().inbound and not any(fixture.message for fixture in fixtures):
        owed.append("messages of the provider")
    return owed


def _lists_accounts(plugin: Plugin) -> bool:
    with limited("accounts"):
        return plugin.step(Context(now=0), b"", Start(Accounts())).next != Done()
