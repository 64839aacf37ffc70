"""One line of an error table: conditions that must all hold, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from relink_sdk import documents
from relink_sdk.contract.enums import Actor, Blast, Phase, Reason, Remedy, require_enums
from relink_sdk.contract.failure import Failure
from relink_sdk.diagnose import conditions, text, waits
from relink_sdk.diagnose.conditions import Condition, Value
from relink_sdk.diagnose.grant import Grant
from relink_sdk.diagnose.verdict import Verdict
from relink_sdk.diagnose.waits import Wait
from relink_sdk.retry_after import Unit

_API = (Phase.PROBE, Phase.SYNC)
_TOKEN_ENDPOINT = (Phase.EXCHANGE, Phase.REFRESH)
_DAY_S = 86_400


@dataclass(frozen=True)
class Rule:
    """One line of an `ErrorTable`; made by `rule`."""

    conditions: tuple[Condition, ...]
    verdict: Verdict
    wait: Wait | None
    quoting: str | None
    on_web_pages: bool

    def matches(self, failure: Failure, grant: Grant) -> bool:
        """All conditions hold."""
        for holds in self.conditions:
            if not holds(failure, grant):
                return False
        # A web page was made by something in front of the API, and may say "forbidden" too.
        return self.on_web_pages or not failure.is_html()

    def verdict_on(self, failure: Failure) -> Verdict:
        """What the rule says about a failure that it matches."""
        verdict = self.verdict
        if self.wait is not None:
            verdict = replace(verdict, retry_after_ms=self.wait(failure))
        words = None if self.quoting is None else documents.text_at(failure.json(), self.quoting)
        if verdict.message is None or words is None:
            return verdict
        return verdict.says(text.quote(verdict.message, words))


def rule(
    code: str,
    reason: Reason,
    *,
    phases: Collection[Phase] = (),
    api: bool = False,
    token_endpoint: bool = False,
    status: int | None = None,
    statuses: tuple[int, int] | None = None,
    json: Mapping[str, Value | Collection[Value]] | None = None,
    json_contains: Mapping[str, str] | None = None,
    json_present: Collection[str] | str = (),
    contains: Collection[str] | str = (),
    header: Mapping[str, str] | None = None,
    redirect: Mapping[str, Collection[str]] | None = None,
    grant: Grant | None = None,
    token_younger_than_s: int | None = None,
    token_older_than_days: int | None = None,
    empty_body: bool = False,
    when: Callable[[Failure], bool] | None = None,
    on_web_pages: bool = False,
    cause: str | None = None,
    doubtful: bool = False,
    blast: Blast | None = None,
    remedy: Remedy | None = None,
    actor: Actor | None = None,
    message: str | None = None,
    quoting: str | None = None,
    help_url: str | None = None,
    retry_after_s: int | None = None,
    retry_after_header: tuple[str, Unit] | None = None,
    retry_after_json: tuple[str, Unit] | None = None,
    retry_at_utc_midnight: bool = False,
) -> Rule:
    """A rule: `code` is stable, specific and lower case, and is prefixed with the plugin's id.

    Conditions, all of which must hold; a rule without any matches every failure:

    - `phases`: in one of these phases; `api` stands for probe and sync, `token_endpoint` for
      exchange and refresh.
    - `status`, or `statuses` from the first to the last, both included.
    - `json`: the value at a JSON pointer is this, or one of these; numbers and texts are the same,
      case counts not.
    - `json_contains`: the text at a JSON pointer contains this; case does not count.
    - `json_present`: there is something else than null there; `""` asks for any JSON at all.
    - `contains`: the body contains one of these; case does not count. Prefer `json` where there is
      a code: words such as "expired" appear in many an unrelated message.
    - `header`: a header contains this (an empty text: is there at all); case does not count.
    - `redirect`: a parameter of the redirect is one of these (an empty list: is there at all).
    - `grant`: the credential that failed is of this kind.
    - `token_younger_than_s`, `token_older_than_days`: what the host knows about the token's age.
    - `empty_body`: the answer has no body.
    - `when`: anything else that can be read from the failure.

    `on_web_pages` makes the rule apply to web pages too. Other rules never do, since such a page
    comes from a proxy or a firewall in front of the API.

    Meaning, where the reason does not imply it: remedy follows from the reason, and the actor from
    the remedy, so most rules set neither. `{provider}` and `{account}` are filled into `message`,
    and the provider's own words at the pointer `quoting` are appended to it. `retry_after_s` counts
    when the answer itself does not say how long to wait.

    >>> password_changed = rule(
    ...     "password-changed",
    ...     Reason.INVALID_CREDENTIALS,
    ...     json={"/error/code": 190, "/error/error_subcode": 460},
    ...     cause="password-changed",
    ... )
    """
    require_enums(
        f'rule "{code}"', (Reason, reason), (Remedy, remedy), (Actor, actor), (Blast, blast)
    )
    in_wait = None if retry_after_json is None else retry_after_json[0]
    in_tests = [*(json or {}), *(json_contains or {}), *conditions.texts(json_present)]
    documents.require_pointers(f'rule "{code}"', *in_tests, quoting, in_wait)
    tests: list[Condition | None] = [
        conditions.phase(phases) if phases else None,
        conditions.phase(_API) if api else None,
        conditions.phase(_TOKEN_ENDPOINT) if token_endpoint else None,
        None if status is None else conditions.status(status, status),
        None if statuses is None else conditions.status(*statuses),
        *(conditions.json(pointer, values) for pointer, values in (json or {}).items()),
        *(conditions.json_contains(*item) for item in (json_contains or {}).items()),
        *(conditions.json_present(pointer) for pointer in conditions.texts(json_present)),
        conditions.contains(conditions.texts(contains)) if contains else None,
        *(conditions.header(*item) for item in (header or {}).items()),
        *(conditions.redirect(*item) for item in (redirect or {}).items()),
        None if grant is None else conditions.one_grant(grant),
        None if token_younger_than_s is None else conditions.token_younger(token_younger_than_s),
        (
            None
            if token_older_than_days is None
            else conditions.token_older(token_older_than_days * _DAY_S)
        ),
        conditions.empty_body if empty_body else None,
        None if when is None else conditions.when(when),
    ]
    waits_named: list[Wait | None] = [
        None if retry_after_s is None else waits.fixed(retry_after_s * 1000),
        None if retry_after_header is None else waits.in_header(*retry_after_header),
        None if retry_after_json is None else waits.in_json(*retry_after_json),
        waits.until_utc_midnight if retry_at_utc_midnight else None,
    ]
    verdict = Verdict(
        reason,
        code,
        cause=cause,
        doubtful=doubtful,
        blast=blast,
        actor=actor,
        remedy=remedy,
        message=message,
        help_url=help_url,
    )
    kept = tuple(test for test in tests if test is not None)
    wait = next((wait for wait in waits_named if wait is not None), None)
    return Rule(kept, verdict, wait, quoting, on_web_pages)
