"""A dataset as a table of columns: the schema, the key and the mapping in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relink_sdk import documents
from relink_sdk.column import Column
from relink_sdk.contract.descriptor import Daily, Dataset
from relink_sdk.documents import Json


@dataclass(frozen=True)
class Table:
    """One dataset: its columns, and where each one lies in an item of the provider's answer.

    The descriptor's schema, the primary key and the rows all follow from it, so they cannot
    contradict each other. With `daily`, the name of the column that holds the day, the host keeps a
    ledger of days and asks for those that are missing; without it, every run reads everything.

    >>> clicks = Table(
    ...     "clicks",
    ...     "Clicks per campaign and day",
    ...     [
    ...         Column.text("campaign_id", "/campaign/id", key=True),
    ...         Column.day("day", "/date", key=True),
    ...         Column.integer("clicks", "/metrics/clicks"),
    ...     ],
    ...     daily="day",
    ...     restated_days=3,
    ... )
    >>> clicks.row({"campaign": {"id": 17}, "date": "20240501", "metrics": {"clicks": "12"}})
    {'campaign_id': '17', 'day': '2024-05-01', 'clicks': 12}
    """

    name: str
    #: What is in it, in words for the person who authorizes.
    label: str
    columns: Sequence[Column]
    daily: str | None = None
    #: The largest number of days in one slice.
    window_days: int | None = None
    #: The latest days that the provider restates, and that every run reads again.
    restated_days: int = 0
    #: How far back the provider keeps the data.
    history_days: int | None = None
    #: Only accounts of this kind have the dataset.
    for_accounts: str | None = None

    def __post_init__(self) -> None:
        names = self.column_names()
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f'table "{self.name}" has two columns "{twice}"')
        if self.daily is not None and self.daily not in names:
            raise ValueError(
                f'table "{self.name}": daily names no column: "{self.daily}"; '
                f"there is {', '.join(names)}"
            )

    def column_names(self) -> list[str]:
        """The names of the columns, as for a `fields=` parameter."""
        return [column.name for column in self.columns]

    def dataset(self) -> Dataset:
        """What the descriptor says about the dataset."""
        keys = [column.name for column in self.columns if column.key]
        properties = {column.name: column.schema() for column in self.columns}
        schema = {"type": "object", "properties": properties, "required": keys}
        daily = None
        if self.daily is not None:
            daily = Daily(self.daily, self.window_days, self.restated_days, self.history_days)
        schema_text = documents.dump(schema)
        return Dataset(self.name, self.label, keys, schema_text, self.for_accounts, daily)

    def row(self, item: Json) -> dict[str, Json] | None:
        """The row of an item; None if a column of the key is missing in it."""
        row: dict[str, Json] = {}
        for column in self.columns:
            value = column.read(item)
            if value is None and column.key:
                return None
            row[column.name] = value
        return row
