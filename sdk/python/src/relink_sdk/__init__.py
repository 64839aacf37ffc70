"""Write a Relink plugin: columns, errors, and functions that say which request to send.

A plugin knows one provider. It has no socket, clock, file or secret: it says which request comes
next, the host sends it with credentials that the plugin never sees, and comes back with the answer.
So a plugin is a set of pure functions, and every recorded run can be replayed.

A whole plugin::

    from relink_sdk import (
        AuthMethod, Column, Context, Fetch, Flow, Identity, Items, Oauth2, Pages, Plugin, Reason,
        Remedy, Request, Rotation, Scope, Slice, Table, rule,
    )

    # 1. What a row looks like: column names, and where each one lies in an item of the answer.
    CLICKS = Table(
        "clicks",
        "Clicks per campaign and day",
        [
            Column.text("campaign_id", "/campaign/id", key=True),
            Column.day("day", "/date", key=True),
            Column.integer("clicks", "/metrics/clicks"),
        ],
        daily="day",
        restated_days=3,
    )

    # 2. What the plugin is, how people authorize, and what its errors mean, where that is not what
    #    OAuth 2 and HTTP say anyway.
    plugin = Plugin(
        id="acme",
        display_name="Acme",
        version="0.1.0",
        hosts=["api.acme.example", "acme.example"],
        auth=[
            AuthMethod.oauth2(
                Oauth2(
                    authorize_url="https://acme.example/authorize",
                    token_url="https://acme.example/token",
                    scopes=[Scope("reports.read", "See your reports")],
                    refreshed=Rotation.STAYS_VALID,
                )
            )
        ],
        errors=[
            rule(
                "plan-too-small",
                Reason.PROVIDER_SPECIFIC,
                api=True,
                json={"/error/code": "PLAN_LIMIT"},
                remedy=Remedy.FIX_BILLING,
                message="Your Acme plan has no reports. An Acme admin must upgrade it.",
            )
        ],
    )

    # 3. The cheapest request that proves the credential, and whose it is.
    @plugin.probe
    def probe(_: Context) -> Flow:
        return Fetch.probe(Request.get("https://api.acme.example/me"))

    @plugin.identify
    def identify(_: Context) -> Flow:
        me = Request.get("https://api.acme.example/me")
        return Fetch.identity(me, lambda me: Identity(me["id"], me["email"]))

    # 4. Which request fetches a dataset, and how one page leads to the next.
    @plugin.sync(CLICKS)
    def clicks(context: Context, slice: Slice) -> Flow:
        since, until = slice.days()
        request = Request.get(
            "https://api.acme.example/clicks",
            query={"account": context.account, "since": since, "until": until},
        )
        pages = Pages.token("/next", in_query="cursor")
        return Fetch.rows(CLICKS, request, Items.at("/data"), pages=pages)

Building blocks:

| for | use |
|---|---|
| datasets | `Table`, `Column` |
| requests | `Request.get`, `Request.post` |
| reading answers | `Items`, `text_at`, `value_at` |
| paging | `Pages`: token, next address, number, offset, `Link` header |
| reports that take time | `Report` |
| a request per item of a list | `Each` |
| errors | `rule` |
| errors within a 200 | `Plugin.refusal` |
| messages of the provider | `Inbound`, `Plugin.receive`, `Signal` |
| states of another version | `Plugin.migrate` |
| tests | `relink_sdk.testing` |

Behind your rules are defaults: RFC 6749 and RFC 6750 by phase, what a status says about a key, a
renewable token and one that is not, every form of `Retry-After`, and that a web page, a 5xx or no
answer at all proves nothing about a credential.
"""

from relink_sdk import log
from relink_sdk.column import Column
from relink_sdk.contract.auth import (
    DEFAULT_CREDENTIAL,
    AuthKind,
    AuthMethod,
    ClientCredentials,
    CredentialUse,
    KeptValue,
    Oauth1,
    Oauth2,
    Placement,
    Rotation,
    Scope,
    SecretSlot,
    Signer,
    StaticSecret,
)
from relink_sdk.contract.descriptor import Daily, Dataset, Descriptor, RateBudget
from relink_sdk.contract.enums import (
    Actor,
    Blast,
    BodyFormat,
    BudgetKey,
    Certainty,
    Encoding,
    Hash,
    KeptFrom,
    Phase,
    Place,
    Reason,
    Remedy,
    TokenAuth,
    TransportKind,
)
from relink_sdk.contract.exchange import (
    Account,
    Accounts,
    Answered,
    Context,
    Event,
    Field,
    Found,
    Identify,
    Identity,
    Operation,
    Probe,
    Response,
    Rows,
    Slice,
    Start,
    Sync,
    Throttle,
    TransportFailure,
    Unanswered,
    Window,
    Woken,
)
from relink_sdk.contract.failure import Diagnosis, Facts, Failure
from relink_sdk.contract.inbound import (
    Echo,
    Handshake,
    Hmac,
    Inbound,
    Jws,
    Message,
    Part,
    Proof,
    SentAt,
    Signal,
    SignedField,
    SignedHandshake,
    Source,
)
from relink_sdk.contract.request import (
    Chunks,
    Csv,
    Delivery,
    Discard,
    Framing,
    JsonItems,
    Lines,
    Raw,
    Request,
    Whole,
)
from relink_sdk.contract.step import Done, Failed, Next, Receive, Send, StepOut, WaitMs
from relink_sdk.days import day_plus
from relink_sdk.diagnose.error_table import ErrorTable
from relink_sdk.diagnose.grant import Grant
from relink_sdk.diagnose.rule import Rule, rule
from relink_sdk.documents import Json, text_at
from relink_sdk.documents import at as value_at
from relink_sdk.flow.each import Each, Listed
from relink_sdk.flow.fetch import Fetch
from relink_sdk.flow.flow import Flow
from relink_sdk.flow.report import FinishedReport, Report
from relink_sdk.items import Items
from relink_sdk.pages import Pages
from relink_sdk.plugin import Plugin
from relink_sdk.retry_after import Unit
from relink_sdk.table import Table

__all__ = [
    "DEFAULT_CREDENTIAL",
    "Account",
    "Accounts",
    "Actor",
    "Answered",
    "AuthKind",
    "AuthMethod",
    "Blast",
    "BodyFormat",
    "BudgetKey",
    "Certainty",
    "Chunks",
    "ClientCredentials",
    "Column",
    "Context",
    "CredentialUse",
    "Csv",
    "Daily",
    "Dataset",
    "Delivery",
    "Descriptor",
    "Diagnosis",
    "Discard",
    "Done",
    "Each",
    "Echo",
    "Encoding",
    "ErrorTable",
    "Event",
    "Facts",
    "Failed",
    "Failure",
    "Fetch",
    "Field",
    "FinishedReport",
    "Flow",
    "Found",
    "Framing",
    "Grant",
    "Handshake",
    "Hash",
    "Hmac",
    "Identify",
    "Identity",
    "Inbound",
    "Items",
    "Json",
    "JsonItems",
    "Jws",
    "KeptFrom",
    "KeptValue",
    "Lines",
    "Listed",
    "Message",
    "Next",
    "Oauth1",
    "Oauth2",
    "Operation",
    "Pages",
    "Part",
    "Phase",
    "Place",
    "Placement",
    "Plugin",
    "Probe",
    "Proof",
    "RateBudget",
    "Raw",
    "Reason",
    "Receive",
    "Remedy",
    "Report",
    "Request",
    "Response",
    "Rotation",
    "Rows",
    "Rule",
    "Scope",
    "SecretSlot",
    "Send",
    "SentAt",
    "Signal",
    "SignedField",
    "SignedHandshake",
    "Signer",
    "Slice",
    "Source",
    "Start",
    "StaticSecret",
    "StepOut",
    "Sync",
    "Table",
    "Throttle",
    "TokenAuth",
    "TransportFailure",
    "TransportKind",
    "Unanswered",
    "Unit",
    "WaitMs",
    "Whole",
    "Window",
    "Woken",
    "day_plus",
    "log",
    "rule",
    "text_at",
    "value_at",
]
