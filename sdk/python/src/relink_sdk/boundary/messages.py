"""Gives back how messages are proven, and what they mean."""

from __future__ import annotations

from enum import Enum
from typing import Any

from relink_sdk.contract.enums import SignalEvent
from relink_sdk.contract.inbound import (
    Echo,
    Handshake,
    Hmac,
    Inbound,
    Jws,
    Part,
    Proof,
    Signal,
    SignedField,
    SignedHandshake,
    Source,
)

Wit = Any


class Messages:
    """Gives back how messages are proven, and what they mean."""

    def __init__(self, types: Wit) -> None:
        """Keeps the generated module."""
        self._types = types

    def signal(self, signal: Signal) -> Wit:
        """What a message means."""
        types = self._types
        if signal.subject is not None:
            about = types.About_Subject(signal.subject)
        else:
            about = types.About_Account(signal.account)
        event = SignalEvent.FAILED if signal.is_failure else SignalEvent.RESTORED
        return types.Signal(about=about, event=self._case(event), at=signal.at)

    def inbound(self, declared: Inbound) -> Wit:
        """How messages are proven."""
        handshake = declared.handshake
        return self._types.Inbound(
            label=declared.label,
            proof=self._proof(declared.proof),
            handshake=None if handshake is None else self._handshake(handshake),
            help_url=declared.help_url,
        )

    def _proof(self, proof: Proof) -> Wit:
        types = self._types
        match proof:
            case Hmac():
                return types.Proof_Hmac(self._hmac(proof))
            case SignedField(secret, name):
                return types.Proof_SignedField(types.SignedField(secret=secret, name=name))
            case Jws(jwks_url, issuer, audience):
                token = types.Jws(jwks_url=jwks_url, issuer=issuer, audience=audience)
                return types.Proof_Jws(token)

    def _hmac(self, hmac: Hmac) -> Wit:
        types, sent_at = self._types, hmac.sent_at
        return types.Hmac(
            secret=hmac.secret,
            hash=self._case(hmac.hash),
            signature=self._source(hmac.signature),
            prefix=hmac.prefix,
            encoding=self._case(hmac.encoding),
            content=[self._part(part) for part in hmac.content],
            sent_at=None
            if sent_at is None
            else types.SentAt(
                source=self._source(sent_at.source),
                milliseconds=sent_at.milliseconds,
                tolerance_s=sent_at.tolerance_s,
            ),
        )

    def _source(self, source: Source) -> Wit:
        types = self._types
        if source.item is None:
            return types.Source_Header(source.header)
        return types.Source_HeaderItem(types.HeaderItem(header=source.header, item=source.item))

    def _part(self, part: Part) -> Wit:
        case = getattr(self._types, f"Part_{part.kind.capitalize()}")
        match part.content:
            case None:
                return case()
            case Source() as source:
                return case(self._source(source))
            case text:
                return case(text)

    def _handshake(self, handshake: Handshake) -> Wit:
        types = self._types
        match handshake:
            case Echo(challenge, token, secret):
                echo = types.Echo(challenge=challenge, token=token, secret=secret)
                return types.Handshake_Echo(echo)
            case SignedHandshake():
                signed = types.SignedHandshake(
                    challenge=handshake.challenge,
                    secret=handshake.secret,
                    prefix=handshake.prefix,
                    encoding=self._case(handshake.encoding),
                    answer=handshake.answer,
                    repeat=handshake.repeat,
                )
                return types.Handshake_Signed(signed)

    def _case(self, case: Enum) -> Wit:
        return getattr(getattr(self._types, type(case).__name__), case.name)
