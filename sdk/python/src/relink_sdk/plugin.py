"""The one object that a plugin is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from relink_sdk import documents, log
from relink_sdk.contract.auth import AuthMethod
from relink_sdk.contract.descriptor import Descriptor, RateBudget
from relink_sdk.contract.exchange import (
    Accounts,
    Context,
    Event,
    Identify,
    Operation,
    Probe,
    Response,
    Slice,
    Sync,
    Throttle,
)
from relink_sdk.contract.failure import Diagnosis, Failure
from relink_sdk.contract.inbound import Inbound, Message, Signal
from relink_sdk.contract.step import StepOut
from relink_sdk.diagnose.error_table import ErrorTable
from relink_sdk.diagnose.grant import Grant
from relink_sdk.diagnose.rule import Rule
from relink_sdk.documents import Json
from relink_sdk.flow import state
from relink_sdk.flow.flow import Flow, require_flow
from relink_sdk.table import Table

Operate = Callable[[Context], Flow]
Fetching = Callable[[Context, Slice], Flow]
Refusing = Callable[[Response], str | None]
Throttling = Callable[[Response], Throttle | None]
Migrating = Callable[[str, bytes], bytes | None]
Receiving = Callable[[Message], Iterable[Signal]]


class Plugin:
    """One provider: what it is, which requests fetch its data, and what its errors mean.

    What it is and what its errors mean are arguments; what it does are functions that are decorated
    with `probe`, `identify`, `accounts`, `sync`, `refusal`, `throttle`, `receive` and `migrate`.
    They are pure: the host calls each of them in a fresh sandbox, so there is nothing to keep
    between calls, and what a synchronisation must remember, the SDK keeps in its state.

    A provider that fits none of the flows gets a subclass that overrides `step`: a pure function
    from a state and an event to the next request. Where no rule says what broke, it overrides
    `diagnose`.
    """

    def __init__(
        self,
        *,
        id: str,
        display_name: str,
        version: str,
        hosts: Sequence[str],
        auth: Sequence[AuthMethod],
        errors: Sequence[Rule] = (),
        budgets: Sequence[RateBudget] = (),
        aliases: Sequence[str] = (),
        requires: Sequence[str] = (),
        tables: Sequence[Table] = (),
        config_schema: Mapping[str, Json] | None = None,
        inbound: Inbound | None = None,
        help_url: str | None = None,
    ) -> None:
        """Says what the plugin is.

        - `hosts`: all to which a request may go.
        - `aliases`: other names under which people and data know the provider.
        - `requires`: features of the host, such as "auth:oauth1".
        - `tables`: datasets that a `step` of your own fetches; `sync` adds its own.
        - `config_schema`: the JSON Schema of the settings of a connection.
        - `inbound`: how the provider proves what it tells by itself; `receive` then reads it.
        - `help_url`: the provider's help on connecting.
        """
        #: What the errors mean.
        self.errors = ErrorTable(id, display_name, list(errors))
        schema = {"type": "object", "properties": {}} if config_schema is None else config_schema
        self._descriptor = Descriptor(
            id=id,
            display_name=display_name,
            aliases=list(aliases),
            version=version,
            requires=list(requires),
            hosts=list(hosts),
            auth=list(auth),
            datasets=[table.dataset() for table in tables],
            budgets=[
                budget if budget.hosts else replace(budget, hosts=list(hosts)) for budget in budgets
            ],
            config_schema=documents.dump(schema),
            inbound=inbound,
            help_url=help_url,
        )
        self._probe: Operate | None = None
        self._identify: Operate | None = None
        self._accounts: Operate | None = None
        self._fetching: dict[str, Fetching] = {}
        self._refusal: Refusing | None = None
        self._throttle: Throttling | None = None
        self._migrate: Migrating | None = None
        self._receive: Receiving | None = None

    # -------------------------------------------------------------- what the author says

    def probe(self, function: Operate) -> Operate:
        """Decorates the cheapest request that proves that the credential works."""
        self._probe = function
        return function

    def identify(self, function: Operate) -> Operate:
        """Decorates what finds out whose authorization this is."""
        self._identify = function
        return function

    def accounts(self, function: Operate) -> Operate:
        """Decorates what lists the accounts that the authorization can see.

        Not needed where the authorization is for one account only.
        """
        self._accounts = function
        return function

    def sync(self, table: Table) -> Callable[[Fetching], Fetching]:
        """Decorates what fetches one slice of a dataset, and adds the dataset to the descriptor."""
        if table.name in self._fetching:
            raise ValueError(f'two functions fetch the dataset "{table.name}"')

        def decorate(function: Fetching) -> Fetching:
            datasets = [*self._descriptor.datasets, table.dataset()]
            self._descriptor = replace(self._descriptor, datasets=datasets)
            self._fetching[table.name] = function
            return function

        return decorate

    def refusal(self, function: Refusing) -> Refusing:
        """Decorates what finds the error inside an answer whose status says success.

        The text is for the operator's log; the answer itself goes to the rules in `errors`.
        """
        self._refusal = function
        return function

    def throttle(self, function: Throttling) -> Throttling:
        """Decorates what reads what the provider says about its own limits in each answer."""
        self._throttle = function
        return function

    def receive(self, function: Receiving) -> Receiving:
        """Decorates what says what a message of the provider means.

        Of a message that ended access, say only whom it is about: the rules in `errors` say what it
        means, in phase `inbound`.
        """
        if self._descriptor.inbound is None:
            raise ValueError("`inbound` has to say how the provider proves its messages")
        self._receive = function
        return function

    def migrate(self, function: Migrating) -> Migrating:
        """Decorates what takes over the state that another version left in the middle of a slice.

        None = it is of no use, and the host starts the slice again: nothing is lost but the pages
        that were read already.
        """
        self._migrate = function
        return function

    # -------------------------------------------------------------- what the host asks

    def describe(self) -> Descriptor:
        """Says what the plugin is: hosts, credentials, datasets."""
        return self._descriptor

    def classify(self, failure: Failure) -> Diagnosis:
        """Says what broke. Total: it has an answer to any bytes."""
        try:
            return self.diagnose(failure)
        except Exception as error:  # noqa: BLE001
            log.error(f"classify broke: {log.describe(error)}")
            return self.errors.broken_plugin(failure)

    def diagnose(self, failure: Failure) -> Diagnosis:
        """Says what broke. Override it only if no rule can say it."""
        return self.errors.diagnose(failure, Grant.of(self._descriptor.auth, failure))

    def step(self, context: Context, state_bytes: bytes, event: Event) -> StepOut:
        """Goes one step on. Override it only if no flow does what the provider needs."""
        return state.step(self, context, state_bytes, event)

    def take_over(self, version: str, state_bytes: bytes) -> bytes | None:
        """The state of another version in the form of this one; none if it is of no use."""
        return self._migrate(version, state_bytes) if self._migrate else None

    def signals_in(self, message: Message) -> list[Signal]:
        """What a message of the provider means; empty for nothing."""
        return list(self._receive(message)) if self._receive else []

    # -------------------------------------------------------------- what flows ask

    def flow(self, context: Context, operation: Operation) -> Flow:
        """Chooses the flow of an operation."""
        match operation:
            case Probe():
                if self._probe is None:
                    return Flow.refused("there is no probe")
                return require_flow(_name(self._probe), self._probe(context))
            case Identify():
                if self._identify is None:
                    return Flow.refused("there is no identify")
                return require_flow(_name(self._identify), self._identify(context))
            case Accounts():
                if self._accounts is None:
                    return Flow.nothing()
                return require_flow(_name(self._accounts), self._accounts(context))
            case Sync(slice):
                fetch = self._fetching.get(slice.dataset)
                if fetch is None:
                    return Flow.unknown_dataset(slice)
                return require_flow(_name(fetch), fetch(context, slice))

    def refusal_in(self, answer: Response) -> str | None:
        """Finds the error inside an answer whose status says success."""
        return self._refusal(answer) if self._refusal else None

    def throttle_in(self, answer: Response) -> Throttle | None:
        """Reads what the provider says about its own limits."""
        return self._throttle(answer) if self._throttle else None

    def lacks(self) -> list[str]:
        """What must be there and is not."""
        needed: dict[str, object] = {}
        if type(self).step is Plugin.step:
            needed = {"probe": self._probe, "identify": self._identify}
        if self._descriptor.inbound is not None:
            needed["receive"] = self._receive
        return [name for name, function in needed.items() if not function]


def _name(function: Callable[..., Flow]) -> str:
    """What the author called it; a callable object has no name."""
    return getattr(function, "__name__", repr(function))
