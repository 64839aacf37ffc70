"""Acme: the plugin from which others start.

Acme does not exist. Replace it part by part; the README of the SDK says in which order.
"""

from relink_sdk import (
    Account,
    AuthMethod,
    BudgetKey,
    Column,
    Context,
    Fetch,
    Flow,
    Identity,
    Items,
    Oauth2,
    Pages,
    Plugin,
    RateBudget,
    Reason,
    Remedy,
    Request,
    Rotation,
    Scope,
    Slice,
    Table,
    rule,
)

API = "https://api.acme.example/v1"

CLICKS = Table(
    "clicks",
    "Clicks and spend per campaign and day",
    [
        Column.text("campaign_id", "/campaign/id", key=True),
        Column.day("day", "/date", key=True),
        Column.integer("clicks", "/clicks"),
        Column.number("spend", "/spend_micros", times=1e-6),
    ],
    daily="day",
    window_days=31,
    restated_days=3,
)

plugin = Plugin(
    id="acme",
    display_name="Acme",
    version="0.1.0",
    hosts=["api.acme.example", "login.acme.example"],
    auth=[
        AuthMethod.oauth2(
            Oauth2(
                authorize_url="https://login.acme.example/authorize",
                token_url="https://login.acme.example/token",
                scopes=[Scope("reports.read", "See your reports")],
                refreshed=Rotation.STAYS_VALID,
            )
        )
    ],
    budgets=[RateBudget("requests", calls=60, per_ms=60_000, key=BudgetKey.AUTHORIZATION)],
    errors=[
        rule(
            "plan-too-small",
            Reason.PROVIDER_SPECIFIC,
            api=True,
            json={"/error/code": "PLAN_LIMIT"},
            remedy=Remedy.FIX_BILLING,
            message=(
                "Your Acme plan does not include reports. "
                "An admin of the Acme account must upgrade it."
            ),
        )
    ],
)


@plugin.probe
def probe(_: Context) -> Flow:
    return Fetch.probe(Request.get(f"{API}/me"))


@plugin.identify
def identify(_: Context) -> Flow:
    return Fetch.identity(Request.get(f"{API}/me"), lambda me: Identity(me["id"], me["email"]))


@plugin.accounts
def accounts(_: Context) -> Flow:
    return Fetch.accounts(
        Request.get(f"{API}/accounts"),
        Items.at("/data"),
        lambda account: Account(account["id"], account["name"]),
    )


@plugin.sync(CLICKS)
def clicks(context: Context, slice: Slice) -> Flow:
    since, until = slice.days()
    request = Request.get(
        f"{API}/accounts/{context.account}/clicks",
        query={"since": since, "until": until},
    )
    pages = Pages.token("/next", in_query="cursor")
    return Fetch.rows(CLICKS, request, Items.at("/data"), pages=pages)
