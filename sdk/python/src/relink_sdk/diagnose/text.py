"""What a person reads when the author of the plugin wrote nothing better."""

from __future__ import annotations

from relink_sdk.contract.enums import Reason, Remedy
from relink_sdk.contract.failure import Failure

#: Longest quotation of the provider's own words.
_MAX_QUOTE_CHARS = 240

_REPLACE_KEY = (
    "{provider} no longer accepts the key of this connection. "
    "Create a new key at {provider} and enter it here."
)

_BY_REMEDY = {
    (Reason.EXPIRED_TOKEN, Remedy.REFRESH): (
        "The access to {provider} has run out and is being renewed. Nothing needs to be done."
    ),
    (Reason.EXPIRED_TOKEN, Remedy.REPLACE_SECRET): _REPLACE_KEY,
    (Reason.INVALID_CREDENTIALS, Remedy.REPLACE_SECRET): _REPLACE_KEY,
    (Reason.INSUFFICIENT_PRIVILEGES, Remedy.REAUTHORIZE): (
        "{provider} did not give all the permissions that this connection needs. "
        "Please reconnect and leave all permissions ticked."
    ),
    (Reason.PROVIDER_SPECIFIC, Remedy.FIX_BILLING): (
        "The {provider} plan or balance does not allow this. An admin of the {provider} account "
        "must renew or extend it; afterwards the connection heals by itself."
    ),
}

_BY_REASON = {
    Reason.EXPIRED_TOKEN: "The access to {provider} has run out. Please reconnect to renew it.",
    Reason.INVALID_CREDENTIALS: (
        "{provider} no longer accepts the login of this connection, as happens after a change of "
        "password or when access was withdrawn. Please reconnect."
    ),
    Reason.INVALID_REFRESH_TOKEN: (
        "{provider} no longer lets us renew the access, as happens when access was withdrawn, the "
        "password was changed or the access was not used for long. Please reconnect."
    ),
    Reason.INSUFFICIENT_PRIVILEGES: (
        "The login of this connection may not see this data at {provider}. Ask an admin of the "
        "{provider} account to give it access, or reconnect with another login."
    ),
    Reason.ACCOUNT_ACTION_REQUIRED: (
        "{provider} wants something to be done on its own pages before it gives access again. "
        "Log in at {provider}, follow its instructions, then reconnect."
    ),
    Reason.PROVIDER_SPECIFIC: (
        "{provider} refuses access for a reason of its own. Check the account at {provider}."
    ),
    Reason.APP_MISCONFIGURED: (
        "{provider} does not accept our application. "
        "Our operators have to repair this; you need not do anything."
    ),
    Reason.RATE_LIMITED: "{provider} asked us to slow down. The data catches up by itself.",
    Reason.PROVIDER_OUTAGE: (
        "{provider} cannot be reached or answers with errors of its own. "
        "We keep trying; nothing needs to be done."
    ),
    Reason.REQUEST_REJECTED: (
        "{provider} rejected our request as wrong. "
        "Our operators have to look at this; reconnecting does not help."
    ),
    Reason.NOT_A_FAILURE: "{provider} answered as it should.",
    Reason.UNKNOWN: (
        "{provider} refused access, and we cannot tell exactly why. "
        "Reconnecting is the best thing to try."
    ),
}


def usual_message(reason: Reason, remedy: Remedy) -> str:
    """Says what happened and who must do what next; `{provider}` is filled in later."""
    return _BY_REMEDY.get((reason, remedy)) or _BY_REASON[reason]


def fill(message: str, provider: str, failure: Failure) -> str:
    """Puts names into a message."""
    account = "the account" if failure.account is None else failure.account
    return message.replace("{provider}", provider).replace("{account}", account)


def quote(message: str, words: str) -> str:
    """Appends the provider's own words, shortened and on one line."""
    plain = [" " if _is_control(mark) else mark for mark in words if mark not in "<>{}"]
    shortened = "".join(plain[:_MAX_QUOTE_CHARS]).strip()
    return f"{message} {{provider}} says: \u201c{shortened}\u201d"


def _is_control(mark: str) -> bool:
    return mark < " " or "\x7f" <= mark <= "\x9f"
