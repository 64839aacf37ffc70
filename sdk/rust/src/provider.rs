//! The one trait that a plugin implements.

use crate::diagnose::{ErrorTable, Grant};
use crate::flow::{self, Flow};
use crate::{
    Context, Descriptor, Diagnosis, Event, Failure, Message, Operation, Response, Signal, Slice, StepOut, Throttle,
};

/// One provider: what it is, which requests fetch its data, and what its errors mean.
///
/// A provider is a set of pure functions. The host calls each of them in a fresh sandbox, so there
/// is nothing to keep between calls; what a synchronisation must remember, the SDK keeps in its
/// state. Only [`describe`](Provider::describe), [`errors`](Provider::errors),
/// [`probe`](Provider::probe), [`identify`](Provider::identify) and [`sync`](Provider::sync) must be
/// written. The crate's front page has a complete example.
pub trait Provider: 'static {
    /// Says what the plugin is: hosts, credentials, datasets.
    fn describe() -> Descriptor;

    /// Says what the provider's errors mean, where that is not what OAuth 2 and HTTP say anyway.
    fn errors() -> ErrorTable;

    /// The cheapest request that proves that the credential works.
    fn probe(context: &Context) -> Flow;

    /// Finds out whose authorization this is.
    fn identify(context: &Context) -> Flow;

    /// Lists the accounts that the authorization can see.
    ///
    /// A connection is made of an account, so an authorization for one account only lists that one.
    fn accounts(context: &Context) -> Flow {
        let _ = context;
        Flow::nothing()
    }

    /// Fetches one slice of one dataset.
    fn sync(context: &Context, slice: &Slice) -> Flow;

    /// Finds the error inside an answer whose status says success.
    ///
    /// The text is for the operator's log; the answer itself goes to [`Provider::errors`].
    fn refusal(answer: &Response) -> Option<String> {
        let _ = answer;
        None
    }

    /// Reads what the provider says about its own limits; asked about every answer.
    fn throttle(answer: &Response) -> Option<Throttle> {
        let _ = answer;
        None
    }

    /// Says what broke. Total: it has an answer to any bytes.
    fn classify(failure: &Failure) -> Diagnosis {
        let grant = Grant::of(&Self::describe(), failure);
        Self::errors().diagnose(failure, grant)
    }

    /// Goes one step on. Write it by hand only if no [`Flow`] does what the provider needs.
    fn step(context: &Context, state: &[u8], event: Event) -> StepOut {
        flow::step::<Self>(context, state, event)
    }

    /// Takes over the state that another version of the plugin left in the middle of a slice.
    ///
    /// None = it is of no use here, and the host starts the slice again: nothing is lost but the pages
    /// that were read already.
    fn migrate(version: &str, state: &[u8]) -> Option<Vec<u8>> {
        let _ = (version, state);
        None
    }

    /// Says what a message of the provider means, if the descriptor has
    /// [`inbound`](Descriptor::inbound). Empty = nothing.
    ///
    /// Of a message that ended access, say only whom it is about: the host asks
    /// [`classify`](Provider::classify) in phase `inbound` what it means.
    fn receive(message: &Message) -> Vec<Signal> {
        let _ = message;
        Vec::new()
    }

    /// Chooses the flow of an operation.
    fn flow(context: &Context, operation: &Operation) -> Flow {
        match operation {
            Operation::Probe => Self::probe(context),
            Operation::Identify => Self::identify(context),
            Operation::Accounts => Self::accounts(context),
            Operation::Sync(slice) => Self::sync(context, slice),
        }
    }
}
