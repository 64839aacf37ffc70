//! What a failure means when the provider's own rules say nothing about it.

use super::verdict::Verdict;
use super::{Grant, oauth};
use crate::{Failure, Phase, Reason, Remedy, TransportKind};

pub(super) fn verdict(failure: &Failure, grant: Grant) -> Verdict {
    if let Some(transport) = &failure.transport {
        return unanswered(transport.kind);
    }
    let Some(status) = failure.status else {
        return match failure.phase {
            Phase::Authorize => oauth::redirect(failure),
            // A message has no status: that something ended is known, and why is not.
            Phase::Inbound => Verdict::new(Reason::Unknown, "access-ended"),
            _ => Verdict::new(Reason::Unknown, "no-answer"),
        };
    };
    match status {
        429 => return Verdict::new(Reason::RateLimited, "too-many-requests"),
        500..600 => return Verdict::new(Reason::ProviderOutage, "server-error"),
        // A web page where an API answers was made by a proxy or a firewall in front of it.
        _ if failure.is_html() => {
            return Verdict::new(Reason::ProviderOutage, "web-page").doubtful();
        }
        _ => {}
    }
    match failure.phase {
        Phase::Authorize | Phase::Exchange | Phase::Refresh => token_endpoint(failure, grant, status),
        Phase::Probe | Phase::Sync | Phase::Revoke | Phase::Inbound => api(failure, grant, status),
    }
}

/// No answer is never a statement about the credential.
fn unanswered(kind: TransportKind) -> Verdict {
    match kind {
        TransportKind::TooLarge => Verdict::new(Reason::RequestRejected, "answer-too-large"),
        TransportKind::Blocked => Verdict::new(Reason::RequestRejected, "host-blocked"),
        TransportKind::Timeout => Verdict::new(Reason::ProviderOutage, "timeout"),
        TransportKind::Dns => Verdict::new(Reason::ProviderOutage, "name-not-found"),
        TransportKind::Tls => Verdict::new(Reason::ProviderOutage, "tls-failure"),
        TransportKind::Connect | TransportKind::Reset | TransportKind::Other => {
            Verdict::new(Reason::ProviderOutage, "unreachable")
        }
    }
}

fn token_endpoint(failure: &Failure, grant: Grant, status: u16) -> Verdict {
    if let Some(verdict) = oauth::token_endpoint(failure, grant) {
        return verdict;
    }
    match status {
        200..300 if failure.body_param("access_token").is_some() => Verdict::new(Reason::NotAFailure, "success"),
        408 | 425 => Verdict::new(Reason::ProviderOutage, "try-later"),
        // RFC 6749 knows 401 for one thing only: the application did not prove who it is.
        401 => Verdict::new(Reason::AppMisconfigured, "client-refused").doubtful(),
        403 | 404 if is_from_the_edge(failure) => edge(),
        404 | 405 | 410 | 415 => Verdict::new(Reason::RequestRejected, "token-request-rejected"),
        _ => Verdict::new(Reason::Unknown, "token-refused"),
    }
}

fn api(failure: &Failure, grant: Grant, status: u16) -> Verdict {
    if let Some(verdict) = oauth::bearer(failure, grant) {
        return verdict;
    }
    match status {
        200..300 if is_broken_json(failure) => Verdict::new(Reason::ProviderOutage, "broken-answer").doubtful(),
        200..300 => Verdict::new(Reason::NotAFailure, "success"),
        300..400 => Verdict::new(Reason::ProviderOutage, "redirected").doubtful(),
        401 => oauth::token_refused(failure, grant, false),
        402 => {
            let mut verdict = Verdict::new(Reason::ProviderSpecific, "payment-required");
            verdict.remedy = Some(Remedy::FixBilling);
            verdict
        }
        403 | 404 if is_from_the_edge(failure) => edge(),
        403 => Verdict::new(Reason::InsufficientPrivileges, "forbidden").doubtful(),
        407 | 408 | 423 | 425 => Verdict::new(Reason::ProviderOutage, "try-later"),
        400..500 => Verdict::new(Reason::RequestRejected, "rejected"),
        _ => Verdict::new(Reason::Unknown, "odd-status"),
    }
}

/// Something that is no JSON, from an API that speaks JSON, was not said by the API.
fn is_from_the_edge(failure: &Failure) -> bool {
    !failure.text().trim().is_empty() && failure.json().is_none()
}

fn edge() -> Verdict {
    Verdict::new(Reason::ProviderOutage, "not-from-the-api").doubtful()
}

fn is_broken_json(failure: &Failure) -> bool {
    let declared = failure.header("content-type").is_some_and(|kind| kind.contains("json"));
    declared && !failure.body.is_empty() && failure.json().is_none()
}
