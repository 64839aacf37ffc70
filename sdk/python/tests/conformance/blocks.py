"""Makes building blocks of what the suite says about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from relink_sdk import (
    AuthMethod,
    BodyFormat,
    BudgetKey,
    Column,
    CredentialUse,
    Echo,
    Encoding,
    Hash,
    Hmac,
    Inbound,
    Items,
    Jws,
    KeptFrom,
    KeptValue,
    Oauth2,
    Pages,
    Part,
    Place,
    Placement,
    Plugin,
    Proof,
    RateBudget,
    Request,
    Rotation,
    Scope,
    SecretSlot,
    SentAt,
    SignedField,
    SignedHandshake,
    Signer,
    Source,
    Table,
    TokenAuth,
)
from relink_sdk.contract.request import Whole
from relink_sdk.testing.shape import members

Document = Any


def column(document: Document) -> Column:
    """A column."""
    given = members(
        "column",
        document,
        {"name": "v", "type": None, "pointer": None, "key": False, "times": None},
    )
    make = getattr(Column, given["type"])
    times = {} if given["times"] is None else {"times": given["times"]}
    made = make(given["name"], given["pointer"], key=given["key"], **times)
    assert isinstance(made, Column)
    return made


def read_by(document: Document, item: Document) -> Document:
    """What a column reads; one that this SDK refuses to make, for want of a pointer, nothing."""
    try:
        return column(document).read(item)
    except ValueError as refused:
        if "is no JSON pointer" not in str(refused):
            raise
        return None


def table(document: Document) -> Table:
    """A table."""
    slots: dict[str, Any] = {"name": None, "label": None, "columns": None, "daily": None}
    slots |= {"window_days": None, "restated_days": 0, "history_days": None}
    slots |= {"for_accounts": None}
    given = members("table", document, slots)
    return Table(**{**given, "columns": [column(each) for each in given["columns"]]})


def items(document: Document) -> Items:
    """How items lie in an answer."""
    slots = {"at": None, "lines": False, "csv": None, "skipping_lines": 0}
    given = members("items", document, slots)
    if given["csv"] is not None:
        return Items.csv(given["csv"], skipping_lines=given["skipping_lines"])
    return Items.lines() if given["lines"] else Items.at(given["at"])


def request(document: Document) -> Request:
    """A request."""
    slots: dict[str, Any] = {"get": None, "post": None, "query": [], "headers": [], "form": None}
    slots |= {"json": None, "body": None, "credential": "default", "repeatable": None}
    slots |= {"max_bytes": None}
    given = members("request", document, slots)
    query, headers = _pairs(given["query"]), _pairs(given["headers"])
    credential = given["credential"]
    if given["get"] is not None:
        made = Request.get(given["get"], query=query, headers=headers, credential=credential)
    else:
        content: dict[str, Any] = {"json": given["json"]} if "json" in document else {}
        if given["form"] is not None:
            content["form"] = _pairs(given["form"])
        if given["body"] is not None:
            content["body"] = (given["body"][0], given["body"][1].encode())
        made = Request.post(
            given["post"], query=query, headers=headers, credential=credential, **content
        )
    if given["repeatable"] is not None:
        made = replace(made, idempotent=given["repeatable"])
    if given["max_bytes"] is not None:
        made = replace(made, deliver=Whole(given["max_bytes"]))
    return made


def _pairs(pairs: Document) -> list[tuple[str, object]]:
    return [(name, value) for name, value in pairs]


def pages(document: Document) -> Pages:
    """A way of paging."""
    if document is None:
        return Pages.one()
    slots: dict[str, Any] = {"one": False, "token": None, "next_url": None, "number": None}
    slots |= {"offset": None, "link_header": False, "last_item": None}
    places = dict.fromkeys(("in_query", "in_body", "only_if", "total"))
    given = members("pages", document, {**slots, **places})
    named = {name: given[name] for name in places if given[name] is not None}
    if given["token"] is not None:
        return Pages.token(given["token"], **named)
    if given["next_url"] is not None:
        return Pages.next_url(given["next_url"], **named)
    if given["number"] is not None:
        return Pages.number(given["number"]["first"], given["number"]["size"], **named)
    if given["offset"] is not None:
        return Pages.offset(given["offset"]["size"], **named)
    if given["last_item"] is not None:
        return Pages.last_item(given["last_item"], **named)
    return Pages.link_header(**named) if given["link_header"] else Pages.one()


def plugin(document: Document) -> Plugin:
    """A plugin of which only the descriptor counts."""
    slots: dict[str, Any] = {"id": None, "display_name": None, "version": None, "aliases": []}
    slots |= {"hosts": [], "requires": [], "auth": [], "tables": [], "budgets": []}
    slots |= {"config_schema": None, "inbound": None, "help": None}
    given = members("plugin", document, slots)
    budgets = [
        RateBudget(name, calls, per_ms, BudgetKey(key))
        for name, calls, per_ms, key in given["budgets"]
    ]
    return Plugin(
        id=given["id"],
        display_name=given["display_name"],
        version=given["version"],
        aliases=given["aliases"],
        hosts=given["hosts"],
        requires=given["requires"],
        auth=[auth(method) for method in given["auth"]],
        tables=[table(each) for each in given["tables"]],
        budgets=budgets,
        config_schema=given["config_schema"],
        inbound=None if given["inbound"] is None else _inbound(given["inbound"]),
        help_url=given["help"],
    )


def _inbound(document: Document) -> Inbound:
    slots: dict[str, Any] = {"label": None, "help": None, "echo": None, "signed": None}
    slots |= {"hmac": None, "signed_field": None, "jws": None}
    given = members("inbound", document, slots)
    handshake = None if given["echo"] is None else Echo(*given["echo"])
    if given["signed"] is not None:
        signed = {**given["signed"], "encoding": Encoding(given["signed"]["encoding"])}
        return Inbound(given["label"], _proof(given), SignedHandshake(**signed), given["help"])
    return Inbound(given["label"], _proof(given), handshake, given["help"])


def _proof(given: Document) -> Proof:
    if given["signed_field"] is not None:
        return SignedField(*given["signed_field"])
    return Jws(*given["jws"]) if given["hmac"] is None else _hmac(given["hmac"])


def _hmac(document: Document) -> Hmac:
    slots: dict[str, Any] = {"secret": None, "header": None, "item": None, "prefix": ""}
    slots |= {"hash": "sha256", "encoding": "hex", "content": ["body"], "sent_at": None}
    given = members("hmac", document, slots)
    sent_at = given["sent_at"]
    return Hmac(
        secret=given["secret"],
        signature=Source(given["header"], given["item"]),
        hash=Hash(given["hash"]),
        prefix=given["prefix"],
        encoding=Encoding(given["encoding"]),
        content=[_part(part) for part in given["content"]],
        sent_at=None if sent_at is None else SentAt(Source(*sent_at[0]), sent_at[1]),
    )


def _part(document: Document) -> Part:
    match document:
        case {"value": source}:
            return Part.value(Source(*source))
        case {"text": text}:
            return Part.text(text)
        case "method":
            return Part.method()
        case "url":
            return Part.url()
        case _:
            return Part.body()


def auth(document: Document) -> AuthMethod:
    """A way to authorize."""
    slots: dict[str, Any] = {"bearer_key": None, "secrets": None, "oauth2": None}
    slots |= {"named": None, "app_secrets": [], "used": []}
    given = members("auth", document, slots)
    common: dict[str, Any] = {
        "app_secrets": [_slot(slot) for slot in given["app_secrets"]],
        "uses": [_use(use) for use in given["used"]],
    }
    if given["named"] is not None:
        common["id"], common["label"] = given["named"]
    if given["bearer_key"] is not None:
        return AuthMethod.bearer_key(given["bearer_key"], **common)
    if given["secrets"] is not None:
        return AuthMethod.secrets([_slot(slot) for slot in given["secrets"]], **common)
    return AuthMethod.oauth2(_oauth2(given["oauth2"]), **common)


def _slot(document: Document) -> SecretSlot:
    slots = {"name": None, "label": None, "help": None, "public": False, "optional": False}
    return SecretSlot(*members("slot", document, slots).values())


def _use(document: Document) -> CredentialUse:
    slots: dict[str, Any] = {"bearer": None, "name": None, "header": [], "query": [], "basic": None}
    slots |= {"placed": [], "signed": None, "only_to": []}
    given = members("use", document, slots)
    if given["bearer"] is not None:
        use = CredentialUse.bearer(given["bearer"])
    else:
        use = CredentialUse.placed(
            given["name"],
            headers=dict(given["header"]),
            query=dict(given["query"]),
            basic=given["basic"],
            signer=None
            if given["signed"] is None
            else Signer(given["signed"][0], dict(given["signed"][1])),
            only_to=given["only_to"],
        )
    placed = [
        Placement(secret, Place(place), name, prefix)
        for secret, place, name, prefix in given["placed"]
    ]
    return replace(use, placements=[*use.placements, *placed])


def _oauth2(document: Document) -> Oauth2:
    texts = dict.fromkeys(("authorize_url", "token_url", "revoked_at", "login_hint"))
    pairs: dict[str, Any] = {
        name: []
        for name in (
            "authorize_params",
            "reconnect_params",
            "token_params",
            "refresh_params",
            "param_names",
            "token_pointers",
        )
    }
    slots: dict[str, Any] = {"scopes": [], "optional_scopes": [], "scope_separator": " "}
    slots |= {"refreshed": None, "extended": False, "without_pkce": False, "token_auth": "body"}
    slots |= {"json_token_body": False, "keep": [], "assumed_lifetime_s": None}
    slots |= {"reauthorize_days": None, "issuer": None}
    given = members("oauth2", document, {**texts, **pairs, **slots})
    required = [Scope(name, label) for name, label in given["scopes"]]
    optional = [Scope(name, label, required=False) for name, label in given["optional_scopes"]]
    return Oauth2(
        authorize_url=given["authorize_url"],
        token_url=given["token_url"],
        revoke_url=given["revoked_at"],
        scopes=[*required, *optional],
        scope_separator=given["scope_separator"],
        pkce=not given["without_pkce"],
        token_auth=TokenAuth(given["token_auth"]),
        token_body=BodyFormat.JSON if given["json_token_body"] else BodyFormat.FORM,
        **{name: dict(given[name]) for name in pairs},
        login_hint=given["login_hint"],
        refreshed=_rotation(given["refreshed"]),
        extended=given["extended"],
        keep=[
            KeptValue(KeptFrom(source), name, setting) for source, name, setting in given["keep"]
        ],
        assumed_lifetime_s=given["assumed_lifetime_s"],
        reauthorize_days=given["reauthorize_days"],
        issuer=given["issuer"],
    )


def _rotation(document: Document) -> Rotation | None:
    if document is None:
        return None
    if isinstance(document, dict):
        return Rotation.grace_s(document["grace_s"])
    named = {"none": Rotation.NONE, "stays-valid": Rotation.STAYS_VALID, "strict": Rotation.STRICT}
    return named[document]
