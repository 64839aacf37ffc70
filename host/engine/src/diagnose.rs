//! Asks a plugin why something failed, and does not take every answer: what the network, an edge or
//! the plugin itself did is never blamed on the customer.

use std::sync::Arc;

use relink_core::plugin::{Failure, Phase, Response, TransportKind};
use relink_core::reason::{Actor, Blast, Certainty, Diagnosis, Reason, Remedy};
use relink_runtime::{Calls, Fault, Plugin};

use crate::talk::{Explained, SaidBy};

/// How much of a provider's answer is kept for people to read.
const ANSWER_CHARS: usize = 2_000;

/// Asks the plugin and doubts what the evidence does not carry.
pub(crate) async fn explain(calls: &Calls, plugin: &Arc<Plugin>, failure: Failure) -> Result<Explained, Fault> {
    let evidence = failure.clone();
    let diagnosis = calls.classify(plugin, failure).await?;
    if diagnosis.reason == Reason::NotAFailure {
        return Err(Fault::BadOutput { what: "it stopped at an answer that it calls no failure".to_owned() });
    }
    Ok(Explained {
        diagnosis: doubt(diagnosis, &evidence),
        provider_answer: answer_for_people(&evidence),
        said_by: SaidBy::Plugin,
    })
}

/// Weakens a diagnosis of breakage that rests on no opinion of the provider.
///
/// No answer, and an HTML or empty 5xx or 429, come from the network or an edge: never breakage. A
/// structured 5xx or 429 may be the provider's word (some report dead tokens so), but it is doubtful. So is
/// a breakage in an answer that the provider itself calls a success: that is the plugin's reading alone, and a
/// plugin that reads wrongly would disconnect everybody within a minute.
/// A message that the provider sent by itself, and proved, is its word.
pub fn doubt(diagnosis: Diagnosis, evidence: &Failure) -> Diagnosis {
    let diagnosis = blame_nobody_else(diagnosis, evidence);
    if !diagnosis.is_breakage() {
        return diagnosis;
    }
    let Some(status) = evidence.status else {
        let is_said_otherwise = evidence.phase == Phase::Inbound || evidence.redirect_query.is_some();
        return if is_said_otherwise { diagnosis } else { outage(&diagnosis, "host.no-answer") };
    };
    let is_trouble = status >= 500 || status == 429;
    match (is_trouble, is_structured(&evidence.body)) {
        (true, false) => outage(&diagnosis, "host.unstructured-answer"),
        (true, true) => Diagnosis { certainty: Certainty::Doubtful, ..diagnosis },
        (false, _) if is_html(&evidence.body) => outage(&diagnosis, "host.html-answer"),
        (false, _) if status < 400 => Diagnosis { certainty: Certainty::Doubtful, ..diagnosis },
        (false, _) => diagnosis,
    }
}

/// Says whose decision it was where this host sent nothing, or took no more of an answer: not the provider's.
fn blame_nobody_else(diagnosis: Diagnosis, evidence: &Failure) -> Diagnosis {
    let message = match evidence.transport.as_ref().map(|failure| failure.kind) {
        Some(TransportKind::Blocked) => {
            "We did not send a request of this provider's plugin, since it may not be sent. Our operators have to look at \
             this; reconnecting does not help."
        }
        Some(TransportKind::TooLarge) => {
            "The provider sent more at once than its plugin takes. Our operators have to look at this; reconnecting does \
             not help."
        }
        _ => return diagnosis,
    };
    Diagnosis { message: message.to_owned(), ..diagnosis }
}

fn outage(diagnosis: &Diagnosis, code: &str) -> Diagnosis {
    Diagnosis {
        reason: Reason::ProviderOutage,
        code: code.to_owned(),
        cause: None,
        blast: Blast::Provider,
        actor: Actor::Nobody,
        remedy: Remedy::Wait,
        message: "The provider did not give a usable answer. It is tried again by itself.".to_owned(),
        help_url: None,
        certainty: diagnosis.certainty,
        retry_after_ms: diagnosis.retry_after_ms,
    }
}

fn is_structured(body: &[u8]) -> bool {
    let first = body.trim_ascii_start().first();
    matches!(first, Some(b'{' | b'[')) || (matches!(first, Some(b'<')) && !is_html(body))
}

fn is_html(body: &[u8]) -> bool {
    let start: String = String::from_utf8_lossy(body.trim_ascii_start()).chars().take(256).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html") || start.contains("<head")
}

/// A fault of the plugin, as a diagnosis for the operator.
pub(crate) fn plugin_misbehaved(fault: &Fault) -> Explained {
    let message = "The plugin of this provider has a fault. Your connection is not affected.";
    let diagnosis =
        Diagnosis { cause: Some(fault.code().to_owned()), ..for_the_operator("host.plugin-misbehaved", message) };
    Explained { diagnosis, provider_answer: None, said_by: SaidBy::Host }
}

/// A plugin that fails before it has sent anything, since a setting is missing or it does not know the dataset.
/// Waiting does not heal that, and the provider has no part in it.
pub(crate) fn refused_by_plugin() -> Explained {
    Explained { diagnosis: plugin_refused(), provider_answer: None, said_by: SaidBy::Host }
}

/// The same for those who show it without a server.
pub fn plugin_refused() -> Diagnosis {
    let message = "The plugin of this provider cannot ask for this as it is set up. Your sign-in is not affected.";
    for_the_operator("host.plugin-refused", message)
}

/// The token ended, as the host knows or the plugin says, and the host has no way to renew it.
pub(crate) fn permission_ended(said_by: SaidBy) -> Explained {
    let diagnosis = Diagnosis {
        reason: Reason::ExpiredToken,
        code: "host.permission-ended".to_owned(),
        cause: Some("token-lifetime".to_owned()),
        certainty: Certainty::Certain,
        blast: Blast::Authorization,
        actor: Actor::ConnectingUser,
        remedy: Remedy::Reauthorize,
        retry_after_ms: None,
        message: "The permission ended. The provider asks for it again from time to time; nothing else is wrong."
            .to_owned(),
        help_url: None,
    };
    Explained { diagnosis, provider_answer: None, said_by }
}

/// The provider refused a token that was just made: refreshing does not help, so a person must.
pub(crate) fn refused_although_fresh(diagnosis: Diagnosis) -> Explained {
    let diagnosis = Diagnosis {
        certainty: Certainty::Doubtful,
        blast: Blast::Authorization,
        actor: Actor::ConnectingUser,
        remedy: Remedy::Reauthorize,
        ..diagnosis
    };
    Explained { diagnosis, provider_answer: None, said_by: SaidBy::Plugin }
}

/// The host itself could not do its part.
pub(crate) fn host_trouble(message: &str) -> Explained {
    let diagnosis = for_the_operator("host.trouble", message);
    Explained { diagnosis, provider_answer: None, said_by: SaidBy::Host }
}

/// What only who runs the host can mend, and says nothing about the connection.
fn for_the_operator(code: &str, message: &str) -> Diagnosis {
    Diagnosis {
        reason: Reason::RequestRejected,
        code: code.to_owned(),
        cause: None,
        certainty: Certainty::Certain,
        blast: Blast::Request,
        actor: Actor::Operator,
        remedy: Remedy::Operator,
        retry_after_ms: None,
        message: message.to_owned(),
        help_url: None,
    }
}

/// The provider or a budget asks to wait.
pub(crate) fn must_wait(ms: i64) -> Explained {
    let diagnosis = Diagnosis {
        reason: Reason::RateLimited,
        code: "host.must-wait".to_owned(),
        cause: None,
        certainty: Certainty::Certain,
        blast: Blast::Provider,
        actor: Actor::Nobody,
        remedy: Remedy::Wait,
        retry_after_ms: Some(ms.max(0).unsigned_abs()),
        message: "The provider's limit is reached. Try again a little later.".to_owned(),
        help_url: None,
    };
    Explained { diagnosis, provider_answer: None, said_by: SaidBy::Host }
}

fn answer_for_people(failure: &Failure) -> Option<String> {
    let title = match failure.status {
        Some(status) => format!("HTTP {status}"),
        None if failure.phase == Phase::Inbound => "Message of the provider".to_owned(),
        None => return None,
    };
    let body: String = String::from_utf8_lossy(&failure.body).chars().take(ANSWER_CHARS).collect();
    Some(format!("{title}\n{body}"))
}

/// The evidence of an answer that came outside a conversation with the plugin.
pub(crate) fn with_response(failure: Failure, response: &Response) -> Failure {
    Failure { status: Some(response.status), headers: response.headers.clone(), body: response.body.clone(), ..failure }
}

#[cfg(test)]
mod tests {
    use relink_core::plugin::{Facts, TransportFailure};
    use relink_core::time::Timestamp;

    use super::*;

    fn failure(status: Option<u16>, body: &str, transport: Option<TransportKind>) -> Failure {
        Failure {
            now: Timestamp::from_ms(0),
            phase: Phase::Sync,
            auth_method: "oauth".to_owned(),
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            transport: transport.map(|kind| TransportFailure { kind, detail: String::new() }),
            redirect_query: None,
            dataset: None,
            account: None,
            facts: Facts::default(),
        }
    }

    fn claimed(reason: Reason) -> Diagnosis {
        Diagnosis {
            reason,
            code: "x.revoked".to_owned(),
            cause: None,
            certainty: Certainty::Certain,
            blast: Blast::Authorization,
            actor: Actor::ConnectingUser,
            remedy: Remedy::Reauthorize,
            retry_after_ms: None,
            message: "Acme rejected our request as wrong.".to_owned(),
            help_url: None,
        }
    }

    fn check(status: Option<u16>, body: &str, expected: (Reason, Certainty)) {
        let failure = failure(status, body, status.is_none().then_some(TransportKind::Tls));
        let doubted = doubt(claimed(Reason::InvalidCredentials), &failure);
        assert_eq!((doubted.reason, doubted.certainty), expected, "{status:?} {body}");
    }

    #[test]
    fn what_this_host_did_not_let_through_is_not_the_provider_s_doing() {
        for (kind, expected) in
            [(TransportKind::Blocked, "We did not send"), (TransportKind::TooLarge, "sent more at once")]
        {
            let doubted = doubt(claimed(Reason::RequestRejected), &failure(None, "", Some(kind)));
            assert!(doubted.message.contains(expected) && !doubted.message.contains("Acme"), "{}", doubted.message);
        }
        let rejected = doubt(claimed(Reason::RequestRejected), &failure(Some(400), "{}", None));
        assert_eq!(rejected.message, "Acme rejected our request as wrong.");
    }

    #[test]
    fn only_what_the_provider_said_breaks_a_connection() {
        use Certainty::{Certain, Doubtful};
        use Reason::{InvalidCredentials, ProviderOutage};
        check(Some(401), r#"{"error":"revoked"}"#, (InvalidCredentials, Certain));
        check(Some(401), "", (InvalidCredentials, Certain));
        check(Some(500), r#"{"error":{"code":190}}"#, (InvalidCredentials, Doubtful));
        check(Some(500), "<s:Envelope><s:Fault/></s:Envelope>", (InvalidCredentials, Doubtful));
        check(Some(200), r#"{"data":{"is_valid":false}}"#, (InvalidCredentials, Doubtful));
        check(Some(204), "", (InvalidCredentials, Doubtful));
        check(Some(503), "", (ProviderOutage, Certain));
        check(Some(502), "<html><head><title>Bad gateway</title>", (ProviderOutage, Certain));
        check(Some(403), "<!DOCTYPE html><html>Checking your browser", (ProviderOutage, Certain));
        check(Some(429), "slow down", (ProviderOutage, Certain));
        check(None, "", (ProviderOutage, Certain));
    }
}
