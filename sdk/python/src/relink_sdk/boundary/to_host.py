"""Gives back the results of a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from relink_sdk.boundary.messages import Messages
from relink_sdk.contract import exchange, step
from relink_sdk.contract.auth import (
    AuthKind,
    AuthMethod,
    ClientCredentials,
    CredentialUse,
    Oauth1,
    Oauth2,
    SecretSlot,
    StaticSecret,
)
from relink_sdk.contract.descriptor import Dataset, Descriptor
from relink_sdk.contract.failure import Diagnosis
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
from relink_sdk.contract.step import StepOut

Wit = Any


class ToHost:
    """Gives back the results of a call."""

    def __init__(self, types: Wit) -> None:
        """Keeps the generated module."""
        self._types = types
        #: How messages are proven, and what they mean.
        self.messages = Messages(types)

    def descriptor(self, descriptor: Descriptor) -> Wit:
        """What the plugin is."""
        types = self._types
        return types.Descriptor(
            id=descriptor.id,
            display_name=descriptor.display_name,
            aliases=list(descriptor.aliases),
            version=descriptor.version,
            requires=list(descriptor.requires),
            hosts=list(descriptor.hosts),
            auth=[self._auth_method(method) for method in descriptor.auth],
            datasets=[self.dataset(dataset) for dataset in descriptor.datasets],
            budgets=[
                types.RateBudget(
                    name=budget.name,
                    calls=budget.calls,
                    per_ms=budget.per_ms,
                    hosts=list(budget.hosts),
                    key=self._case(budget.key),
                )
                for budget in descriptor.budgets
            ],
            config_schema=descriptor.config_schema,
            inbound=None
            if descriptor.inbound is None
            else self.messages.inbound(descriptor.inbound),
            help_url=descriptor.help_url,
        )

    def diagnosis(self, diagnosis: Diagnosis) -> Wit:
        """What a failure means."""
        return self._types.Diagnosis(
            reason=self._case(diagnosis.reason),
            code=diagnosis.code,
            cause=diagnosis.cause,
            certainty=self._case(diagnosis.certainty),
            blast=self._case(diagnosis.blast),
            actor=self._case(diagnosis.actor),
            remedy=self._case(diagnosis.remedy),
            retry_after_ms=diagnosis.retry_after_ms,
            message=diagnosis.message,
            help_url=diagnosis.help_url,
        )

    def step_out(self, out: StepOut) -> Wit:
        """The answer of a step."""
        types = self._types
        throttle = out.throttle
        return types.StepOut(
            state=out.state,
            found=[self._found(found) for found in out.found],
            throttle=None
            if throttle is None
            else types.Throttle(
                budget=throttle.budget, remaining=throttle.remaining, resets_at=throttle.resets_at
            ),
            next=self._next(out.next),
        )

    def request(self, sent: Request) -> Wit:
        """A request that the host is to send."""
        return self._types.Request(
            method=sent.method,
            url=sent.url,
            headers=self._fields(sent.headers),
            body=sent.body,
            credential=sent.credential,
            deliver=self._delivery(sent.deliver),
            timeout_ms=sent.timeout_ms,
            idempotent=sent.idempotent,
        )

    def dataset(self, dataset: Dataset) -> Wit:
        """One dataset."""
        types, daily = self._types, dataset.daily
        mode = types.SyncMode_Full()
        if daily is not None:
            mode = types.SyncMode_Daily(
                types.Daily(
                    day_field=daily.day_field,
                    max_window_days=daily.max_window_days,
                    restate_days=daily.restate_days,
                    history_days=daily.history_days,
                )
            )
        return types.Dataset(
            name=dataset.name,
            label=dataset.label,
            primary_key=list(dataset.primary_key),
            row_schema=dataset.row_schema,
            account_kind=dataset.account_kind,
            mode=mode,
        )

    def _case(self, case: Enum) -> Wit:
        return getattr(getattr(self._types, type(case).__name__), case.name)

    def _fields(self, pairs: Iterable[tuple[str, str]] | Mapping[str, str]) -> list[Wit]:
        items = pairs.items() if isinstance(pairs, Mapping) else pairs
        return [self._types.Field(name=name, value=value) for name, value in items]

    def _auth_method(self, method: AuthMethod) -> Wit:
        return self._types.AuthMethod(
            id=method.id,
            label=method.label,
            kind=self._auth_kind(method.kind),
            app_secrets=[self._slot(slot) for slot in method.app_secrets],
            user_secrets=[self._slot(slot) for slot in method.user_secrets],
            uses=[self._use(use) for use in method.uses],
        )

    def _auth_kind(self, kind: AuthKind) -> Wit:
        types = self._types
        match kind:
            case Oauth2():
                return types.AuthKind_Oauth2Code(self._oauth2(kind))
            case ClientCredentials(oauth2):
                return types.AuthKind_Oauth2ClientCredentials(self._oauth2(oauth2))
            case Oauth1():
                oauth1 = types.Oauth1(
                    request_url=kind.request_url,
                    authorize_url=kind.authorize_url,
                    access_url=kind.access_url,
                    signature=kind.signature,
                )
                return types.AuthKind_Oauth1(oauth1)
            case StaticSecret():
                return types.AuthKind_StaticSecret()

    def _oauth2(self, oauth2: Oauth2) -> Wit:
        types = self._types
        return types.Oauth2(
            issuer=oauth2.issuer,
            authorize_url=oauth2.authorize_url,
            token_url=oauth2.token_url,
            revoke_url=oauth2.revoke_url,
            scopes=[
                types.Scope(name=scope.name, label=scope.label, required=scope.required)
                for scope in oauth2.scopes
            ],
            scope_separator=oauth2.scope_separator,
            pkce=oauth2.pkce,
            token_auth=self._case(oauth2.token_auth),
            token_body=self._case(oauth2.token_body),
            param_names=self._fields(oauth2.param_names),
            authorize_params=self._fields(oauth2.authorize_params),
            reconnect_params=self._fields(oauth2.reconnect_params),
            login_hint_param=oauth2.login_hint,
            token_params=self._fields(oauth2.token_params),
            refresh_params=self._fields(oauth2.refresh_params),
            refresh=self._refresh(oauth2),
            token_pointers=self._fields(oauth2.token_pointers),
            keep=[
                types.KeptValue(
                    source=self._case(kept.source), name=kept.name, into_config=kept.into_config
                )
                for kept in oauth2.keep
            ],
            assumed_lifetime_s=oauth2.assumed_lifetime_s,
            reauthorize_days=oauth2.reauthorize_days,
        )

    def _refresh(self, oauth2: Oauth2) -> Wit:
        types = self._types
        if oauth2.extended:
            return types.Refresh_ExtendAccessToken()
        if oauth2.refreshed is None:
            return types.Refresh_None_()
        match oauth2.refreshed.name:
            case "none":
                rotation = types.Rotation_None_()
            case "stays-valid":
                rotation = types.Rotation_StaysValid()
            case "strict":
                rotation = types.Rotation_Strict()
            case _:
                rotation = types.Rotation_GraceS(oauth2.refreshed.seconds)
        return types.Refresh_RefreshToken(rotation)

    def _slot(self, slot: SecretSlot) -> Wit:
        return self._types.SecretSlot(
            name=slot.name,
            label=slot.label,
            help_url=slot.help_url,
            public=slot.public,
            optional=slot.optional,
        )

    def _use(self, use: CredentialUse) -> Wit:
        types, signer = self._types, use.signer
        return types.CredentialUse(
            name=use.name,
            placements=[
                types.Placement(
                    secret=placement.secret,
                    where=self._case(placement.where),
                    name=placement.name,
                    prefix=placement.prefix,
                    suffix=placement.suffix,
                )
                for placement in use.placements
            ],
            signer=None
            if signer is None
            else types.Signer(name=signer.name, params=self._fields(signer.params)),
            hosts=list(use.hosts),
        )

    def _found(self, found: exchange.Found) -> Wit:
        types = self._types
        match found:
            case exchange.Rows():
                return types.Found_Rows(types.Rows(dataset=found.dataset, rows=found.rows))
            case exchange.Identity():
                identity = types.Identity(subject=found.subject, label=found.label)
                return types.Found_Identity(identity)
            case exchange.Account():
                account = types.Account(
                    id=found.id, label=found.label, kind=found.kind, parent=found.parent
                )
                return types.Found_Account(account)

    def _next(self, next: step.Next) -> Wit:
        types = self._types
        match next:
            case step.Send(sent):
                return types.Next_Send(self.request(sent))
            case step.Receive():
                return types.Next_Receive()
            case step.WaitMs(ms):
                return types.Next_WaitMs(ms)
            case step.Done():
                return types.Next_Done()
            case step.Failed(why):
                return types.Next_Failed(why)

    def _delivery(self, delivery: Delivery) -> Wit:
        types = self._types
        match delivery:
            case Whole(max_bytes):
                return types.Delivery_Whole(max_bytes)
            case Chunks(framing, max_bytes):
                framed = types.Chunking(framing=self._framing(framing), max_bytes=max_bytes)
                return types.Delivery_Chunks(framed)
            case Discard():
                return types.Delivery_Discard()

    def _framing(self, framing: Framing) -> Wit:
        types = self._types
        match framing:
            case Lines():
                return types.Framing_Lines()
            case Csv(delimiter, header, skip_lines):
                table = types.Csv(delimiter=delimiter, header=header, skip_lines=skip_lines)
                return types.Framing_Csv(table)
            case JsonItems(pointer):
                return types.Framing_JsonItems(pointer)
            case Raw():
                return types.Framing_Raw()
