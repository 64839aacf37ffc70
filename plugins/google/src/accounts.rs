//! Listing accounts goes on where one product or one customer refuses.
//!
//! Few logins have both Ads and Analytics, and Google Ads names cancelled customers that then refuse
//! to say anything. None of this may hide the other accounts, or keep a person from reconnecting.

use relink_sdk::{
    Blast, Context, Descriptor, ErrorTable, Event, Failure, Flow, Phase, Provider, Reason, Response, Slice,
};

use crate::Google;

/// Runs the flows of [`Google`], whose own `step` looks at the answers first.
pub(crate) struct Flows;

impl Provider for Flows {
    fn describe() -> Descriptor {
        Google::describe()
    }

    fn errors() -> ErrorTable {
        Google::errors()
    }

    fn probe(context: &Context) -> Flow {
        Google::probe(context)
    }

    fn identify(context: &Context) -> Flow {
        Google::identify(context)
    }

    fn accounts(context: &Context) -> Flow {
        Google::accounts(context)
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        Google::sync(context, slice)
    }
}

/// Takes a refusal by one product or customer for an empty answer, while accounts are listed. Later,
/// when there is an account, the same refusal is what the person has to know.
pub(crate) fn past_partial_refusals(context: &Context, event: Event) -> Event {
    match event {
        Event::Answered(answer) if context.account.is_none() && is_partial_refusal(&answer) => {
            Event::Answered(Response { status: 204, headers: Vec::new(), body: Vec::new(), more: false })
        }
        event => event,
    }
}

/// What a refusal means is said in the error table, and only there.
fn is_partial_refusal(answer: &Response) -> bool {
    let failure = Failure {
        status: Some(answer.status),
        headers: answer.headers.clone(),
        body: answer.body.clone(),
        ..Failure::new(Phase::Probe)
    };
    if answer.is_success() || !is_of_a_product(&failure) {
        return false;
    }
    let diagnosis = Google::classify(&failure);
    diagnosis.reason == Reason::InsufficientPrivileges || diagnosis.blast == Blast::Account
}

/// The products answer with a `google.rpc.Status`, the endpoint that says who somebody is does not.
fn is_of_a_product(failure: &Failure) -> bool {
    failure.json().is_some_and(|document| document.pointer("/error/status").is_some())
}
