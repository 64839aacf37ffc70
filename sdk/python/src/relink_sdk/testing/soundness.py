"""What must hold of every descriptor, request and row, whatever the provider."""

from __future__ import annotations

from collections.abc import Iterable

from relink_sdk import documents
from relink_sdk.contract.descriptor import Dataset, Descriptor
from relink_sdk.contract.exchange import Found, Operation, Rows, Sync
from relink_sdk.contract.request import Request
from relink_sdk.documents import Json


def mistakes(descriptor: Descriptor, manifest: dict[str, Json]) -> list[str]:
    """Contradictions within a descriptor, and between it and `plugin.toml`."""
    wrong = [] if descriptor.hosts else ["the descriptor names no host"]
    for method in descriptor.auth:
        known = {slot.name for slot in (*method.app_secrets, *method.user_secrets)}
        wrong += [
            f'{method.id}: there is no secret "{placement.secret}"'
            for use in method.uses
            for placement in use.placements
            if placement.secret not in known | {"access_token"}
        ]
    for dataset in descriptor.datasets:
        wrong += _wrong_dataset(dataset)
    return wrong + _disagreements(descriptor, manifest)


def _wrong_dataset(dataset: Dataset) -> list[str]:
    columns = documents.parse(dataset.row_schema.encode()).get("properties", {})
    fields = [*dataset.primary_key, *([dataset.daily.day_field] if dataset.daily else [])]
    wrong = [
        f'dataset {dataset.name}: there is no column "{field}"'
        for field in fields
        if field not in columns
    ]
    if not dataset.primary_key:
        wrong.append(f"dataset {dataset.name}: it has no primary key")
    return wrong


def _disagreements(descriptor: Descriptor, manifest: dict[str, Json]) -> list[str]:
    described = {
        "id": descriptor.id,
        "version": descriptor.version,
        "hosts": sorted(descriptor.hosts),
    }
    written = {**manifest, "hosts": sorted(manifest.get("hosts", []))}
    return [
        f"plugin.toml: {name} is {written.get(name)!r}, and {value!r} in the code"
        for name, value in described.items()
        if written.get(name) != value
    ]


def wrong_request(descriptor: Descriptor, request: Request) -> list[str]:
    """Why the host would not send this request."""
    wrong = []
    address = request.url.removeprefix("https://") if request.url.startswith("https://") else ""
    host = address.replace("?", "/").replace(":", "/").partition("/")[0]
    if not any(_allows(allowed, host) for allowed in descriptor.hosts):
        wrong.append(f"the descriptor does not allow {request.url}; {_fix(host)}")
    uses = {use.name for method in descriptor.auth for use in method.uses}
    if request.credential is not None and request.credential not in uses:
        wrong.append(f'there is no credential use "{request.credential}"')
    return wrong


def _fix(host: str) -> str:
    if not host:
        return "fix: requests go to https:// addresses"
    return f'fix: add "{host}" to hosts in plugin.toml and in Plugin(...)'


def _allows(allowed: str, host: str) -> bool:
    if not allowed.startswith("*."):
        return allowed.lower() == host.lower()
    label, _, rest = host.partition(".")
    return bool(label) and rest == allowed[2:]


def wrong_rows(descriptor: Descriptor, operation: Operation, found: Iterable[Found]) -> list[str]:
    """Rows that the host would refuse: without a key, or of a day that was not asked for."""
    if not isinstance(operation, Sync):
        return []
    name = operation.slice.dataset
    dataset = next((dataset for dataset in descriptor.datasets if dataset.name == name), None)
    if dataset is None:
        return [f'the descriptor has no dataset "{name}"']
    since, until = operation.slice.days()
    wrong = []
    for line in (
        line for rows in found if isinstance(rows, Rows) for line in rows.rows.splitlines()
    ):
        row = documents.parse(line.encode())
        if any(row.get(field) is None for field in dataset.primary_key):
            wrong.append(f"a row has no key: {line}")
        if dataset.daily and not since <= (row.get(dataset.daily.day_field) or "") <= until:
            wrong.append(f"a row is not of {since} to {until}: {line}")
    return wrong
