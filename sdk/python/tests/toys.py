"""Small plugins that tests run."""

from __future__ import annotations

from relink_sdk import (
    AuthMethod,
    Column,
    Context,
    Fetch,
    Flow,
    Identity,
    Items,
    Plugin,
    Request,
    Rule,
    Slice,
    Table,
)

THINGS = Table("things", "Things", [Column.text("id", "/id", key=True)])


def toy(errors: list[Rule] | None = None) -> Plugin:
    """A plugin whose probe goes to a host that its descriptor does not name."""
    plugin = Plugin(
        id="toy",
        display_name="Toy",
        version="1.0.0",
        hosts=["toy.example"],
        auth=[AuthMethod.bearer_key("https://toy.example/help")],
        errors=errors or [],
    )

    @plugin.probe
    def probe(_: Context) -> Flow:
        return Fetch.probe(Request.get("https://elsewhere.example/me", credential="unknown"))

    @plugin.identify
    def identify(_: Context) -> Flow:
        me = Request.get("https://toy.example/me")
        return Fetch.identity(me, lambda me: Identity(me["id"], me["name"]))

    @plugin.sync(THINGS)
    def things(_: Context, __: Slice) -> Flow:
        return Fetch.rows(THINGS, Request.get("https://toy.example/things?size=5"), Items.at(""))

    return plugin
