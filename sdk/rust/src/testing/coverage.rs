//! Which fixtures a plugin still owes.

use super::fixture::{Ends, Fixture, Operated};
use crate::{Context, Event, Next, Operation, Provider};

/// What has no fixture: rules of the error table, datasets, and the other operations.
pub(super) fn missing<P: Provider>(fixtures: &[Fixture]) -> Vec<String> {
    let diagnosed = |code: &String| {
        let codes = fixtures.iter().filter_map(|fixture| fixture.diagnosis.as_ref()?.code.as_ref());
        codes.into_iter().any(|found| found == code)
    };
    let done = |is_wanted: &dyn Fn(&Operated) -> bool| {
        fixtures.iter().any(|fixture| fixture.ends == Ends::Done && fixture.operation.as_ref().is_some_and(is_wanted))
    };
    let mut missing: Vec<String> =
        P::errors().codes().filter(|code| !diagnosed(code)).map(|code| format!("rule {code}")).collect();
    for dataset in P::describe().datasets {
        let is_synced =
            |operated: &Operated| matches!(operated, Operated::Sync { dataset: synced, .. } if *synced == dataset.name);
        if !done(&is_synced) {
            missing.push(format!("dataset {}", dataset.name));
        }
    }
    if !done(&|operated| matches!(operated, Operated::Probe)) {
        missing.push("operation probe".to_owned());
    }
    if !done(&|operated| matches!(operated, Operated::Identify)) {
        missing.push("operation identify".to_owned());
    }
    if lists_accounts::<P>() && !done(&|operated| matches!(operated, Operated::Accounts)) {
        missing.push("operation accounts".to_owned());
    }
    missing
}

fn lists_accounts<P: Provider>() -> bool {
    let context =
        Context { now: 0, seed: Vec::new(), config: "{}".to_owned(), auth_method: String::new(), account: None };
    !matches!(P::step(&context, &[], Event::Start(Operation::Accounts)).next, Next::Done)
}
