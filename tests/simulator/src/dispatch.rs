//! The way of a request: read it, find out whom it concerns, count it, let the weather have it, and
//! else hand it to its provider.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    body::Body,
    extract::{ConnectInfo, State},
    http::Request,
    response::Response,
};
use serde_json::json;

use crate::{
    Provider, ahrefs, answer,
    call::Call,
    copper,
    fault::Fault,
    google,
    ledger::{Ledger, StateFile},
    linkedin,
    listener::Switch,
    meta,
    traffic::{Endpoint, Entry, Traffic},
    trouble::Reach,
    weather, x,
};

/// Everything that requests share.
pub(crate) struct Shared {
    ledger: Mutex<Ledger>,
    traffic: Mutex<Traffic>,
    file: Option<StateFile>,
}

impl Shared {
    pub(crate) fn new(ledger: Ledger, file: Option<StateFile>) -> Self {
        Self { ledger: Mutex::new(ledger), traffic: Mutex::new(Traffic::default()), file }
    }

    /// Works on the ledger. What changed is in the state file before the caller can tell anybody.
    pub(crate) fn with_ledger<R>(&self, work: impl FnOnce(&mut Ledger) -> R) -> R {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut ledger);
        if ledger.take_changed()
            && let Some(file) = &self.file
            && let Err(error) = file.save(&ledger)
        {
            eprintln!("the state file could not be written: {error}");
        }
        result
    }

    pub(crate) fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reset(&self) {
        self.with_ledger(Ledger::begin_again);
        *self.traffic() = Traffic::default();
    }
}

/// What a request is about, as its provider reads it.
pub(crate) struct Visit {
    pub(crate) endpoint: Endpoint,
    /// The login or the name of the key.
    pub(crate) who: Option<String>,
    pub(crate) account: Option<String>,
}

pub(crate) async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    request: Request<Body>,
) -> Response {
    let Ok(call) = Call::read(request).await else {
        return answer::json(413, &json!({"error": "the body is too large or was cut off"}));
    };
    let Some(provider) = Provider::of_host(&call.host) else {
        return answer::json(404, &json!({"error": format!("no host {:?} is simulated", call.host)}));
    };
    let (visit, weather) = shared.with_ledger(|ledger| {
        let visit = read_visit(provider, &call, ledger);
        let weather = reach_of(visit.endpoint)
            .and_then(|reach| ledger.weather(provider, visit.who.as_deref(), visit.account.as_deref(), reach));
        (visit, weather)
    });
    let ticket = shared.traffic().arrived(Entry {
        at: call.now,
        provider,
        method: call.method.to_string(),
        host: call.host.clone(),
        path: call.path.clone(),
        endpoint: visit.endpoint,
        who: visit.who.clone(),
        account: visit.account.clone(),
        status: None,
        trouble: weather.as_ref().map(Fault::label),
    });
    let from_weather = match &weather {
        Some(fault) => weather::meet(fault, provider, visit.endpoint, &call, &switch).await,
        None => None,
    };
    let response = match from_weather {
        Some(response) => response,
        None => shared.with_ledger(|ledger| answer_as(provider, &call, &visit, ledger)),
    };
    if weather != Some(Fault::ConnectionReset) {
        shared.traffic().answered(ticket, response.status().as_u16());
    }
    response
}

fn reach_of(endpoint: Endpoint) -> Option<Reach> {
    match endpoint {
        Endpoint::Consent => None,
        Endpoint::Exchange | Endpoint::Refresh => Some(Reach::Token),
        Endpoint::Api | Endpoint::Other => Some(Reach::Api),
    }
}

fn read_visit(provider: Provider, call: &Call, ledger: &Ledger) -> Visit {
    match provider {
        Provider::Google => google::visit(call, ledger),
        Provider::Meta => meta::visit(call, ledger),
        Provider::LinkedIn => linkedin::visit(call, ledger),
        Provider::X => x::visit(call, ledger),
        Provider::Ahrefs => ahrefs::visit(call, ledger),
        Provider::Copper => copper::visit(call, ledger),
    }
}

fn answer_as(provider: Provider, call: &Call, visit: &Visit, ledger: &mut Ledger) -> Response {
    match provider {
        Provider::Google => google::answer(call, visit, ledger),
        Provider::Meta => meta::answer(call, visit, ledger),
        Provider::LinkedIn => linkedin::answer(call, visit, ledger),
        Provider::X => x::answer(call, visit, ledger),
        Provider::Ahrefs => ahrefs::answer(call, visit, ledger),
        Provider::Copper => copper::answer(call, visit, ledger),
    }
}
