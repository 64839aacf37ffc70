//! Whether an answer of a plugin can be used: sizes, names and moments.
//!
//! Types were checked when the answer was read; here is what types cannot say. A name that does not
//! exist is the plugin's bug and a fault. A length of time that the provider made up is cut, since
//! `classify` must stay useful whatever a provider sends.

use relink_core::plugin::{
    About, Account, Context, Descriptor, Found, Identity, Next, Request, Signal, StepOut, Throttle,
};
use relink_core::reason::Diagnosis;
use relink_core::time::Timestamp;

use crate::fault::Fault;
use crate::gate;
use crate::limits::Limits;
use crate::text;

const CODE_CHARS: usize = 100;
const ID_CHARS: usize = 500;
const NAME_CHARS: usize = 100;
const URL_BYTES: usize = 16 * 1024;
const HEADERS: usize = 100;

pub(crate) fn check_diagnosis(mut diagnosis: Diagnosis, limits: &Limits) -> Result<Diagnosis, Fault> {
    require(is_code(&diagnosis.code), "`code` is not of the form \"acme.key-deleted\"")?;
    require(diagnosis.cause.as_deref().is_none_or(is_code), "`cause` is not of the form \"password-changed\"")?;
    diagnosis.help_url = diagnosis.help_url.filter(|url| gate::is_help_url(url));
    let longest = longest_wait_ms(limits);
    diagnosis.retry_after_ms = diagnosis.retry_after_ms.map(|ms| ms.min(longest));
    Ok(diagnosis)
}

/// Checks the outcome of a step that was made at `now` for a connection that uses `auth_method`.
pub(crate) fn check_step(
    mut out: StepOut,
    descriptor: &Descriptor,
    asked: &Asked,
    limits: &Limits,
) -> Result<StepOut, Fault> {
    out.state = check_state(out.state, limits)?;
    require(out.found.len() <= limits.found, "too many things were found in one step")?;
    let rows_bytes: usize = out.found.iter().map(rows_bytes).sum();
    require(rows_bytes <= limits.rows_bytes, "too many bytes of rows were found in one step")?;
    out.found.iter().try_for_each(|found| check_found(found, descriptor))?;
    if let Some(throttle) = &mut out.throttle {
        check_throttle(throttle, descriptor, asked.now, limits)?;
    }
    match &mut out.next {
        Next::Send(request) => check_request(request, descriptor, &asked.auth_method, limits)?,
        Next::WaitMs(ms) => *ms = (*ms).min(longest_wait_ms(limits)),
        Next::Receive | Next::Done | Next::Failed(_) => {}
    }
    Ok(out)
}

pub(crate) fn check_state(state: Vec<u8>, limits: &Limits) -> Result<Vec<u8>, Fault> {
    require(state.len() <= limits.state_bytes, "the state is too large")?;
    Ok(state)
}

/// Checks what a plugin read in a message that came at `now`. What the future brings nobody knows: a
/// moment after `now` is cut, or it would outlive a reconnection that comes in between.
pub(crate) fn check_signals(mut signals: Vec<Signal>, now: Timestamp, limits: &Limits) -> Result<Vec<Signal>, Fault> {
    require(signals.len() <= limits.found, "too many signals were read in one message")?;
    for signal in &mut signals {
        match &signal.about {
            About::Subject(subject) => require(is_id(subject), "an unusable `signal.about.subject`")?,
            About::Account(id) => require(is_id(id), "an unusable `signal.about.account`")?,
        }
        signal.at = signal.at.map(|moment| moment.min(now));
    }
    Ok(signals)
}

/// What the answer to a step is held against.
pub(crate) struct Asked {
    now: Timestamp,
    auth_method: String,
}

impl Asked {
    pub(crate) fn of(context: &Context) -> Self {
        Self { now: context.now, auth_method: context.auth_method.clone() }
    }
}

fn check_found(found: &Found, descriptor: &Descriptor) -> Result<(), Fault> {
    match found {
        Found::Rows { dataset, rows } => {
            if descriptor.dataset(dataset).is_none() {
                let known = descriptor.datasets.iter().map(|dataset| dataset.name.as_str());
                return Err(unknown("rows of the dataset", dataset, "the descriptor", known));
            }
            let is_text = rows.bytes().all(|byte| byte >= b' ' || matches!(byte, b'\n' | b'\r' | b'\t'));
            require(is_text, "control characters in rows")
        }
        Found::Identity(Identity { subject, .. }) => require(is_id(subject), "an unusable `identity.subject`"),
        Found::Account(Account { id, kind, parent, .. }) => {
            require(is_id(id), "an unusable `account.id`")?;
            require(kind.as_deref().is_none_or(is_id), "an unusable `account.kind`")?;
            require(parent.as_deref().is_none_or(is_id), "an unusable `account.parent`")
        }
    }
}

fn check_throttle(
    throttle: &mut Throttle,
    descriptor: &Descriptor,
    now: Timestamp,
    limits: &Limits,
) -> Result<(), Fault> {
    if !descriptor.budgets.iter().any(|budget| budget.name == throttle.budget) {
        let known = descriptor.budgets.iter().map(|budget| budget.name.as_str());
        return Err(unknown("a throttle of the budget", &throttle.budget, "the descriptor", known));
    }
    let latest = now.plus_ms(i64::try_from(longest_wait_ms(limits)).unwrap_or(i64::MAX));
    throttle.resets_at = throttle.resets_at.map(|moment| moment.min(latest));
    Ok(())
}

fn check_request(request: &Request, descriptor: &Descriptor, auth_method: &str, limits: &Limits) -> Result<(), Fault> {
    require(request.url.len() <= URL_BYTES, "the URL of a request is too long")?;
    require(request.headers.len() <= HEADERS, "a request has too many headers")?;
    let body_bytes = request.body.as_ref().map_or(0, Vec::len);
    require(body_bytes <= limits.request_bytes, "the body of a request is too large")?;
    let uses = descriptor.auth_method(auth_method).map(|method| method.uses.as_slice()).unwrap_or_default();
    match &request.credential {
        Some(name) if !uses.iter().any(|declared| declared.name == *name) => {
            let known = uses.iter().map(|declared| declared.name.as_str());
            Err(unknown("a request with the credential", name, &format!("the auth method {auth_method:?}"), known))
        }
        _ => Ok(()),
    }
}

/// A name that only the plugin can mend, with those that it declared.
fn unknown<'a>(what: &str, name: &str, whose: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let known: Vec<&str> = known.collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let name = text::line(name, NAME_CHARS);
    Fault::bad_output(format!("{what} {name:?}, which {whose} does not have; there are: {}", text::line(&known, 300)))
}

fn rows_bytes(found: &Found) -> usize {
    match found {
        Found::Rows { rows, .. } => rows.len(),
        Found::Identity(_) | Found::Account(_) => 0,
    }
}

fn longest_wait_ms(limits: &Limits) -> u64 {
    u64::try_from(limits.max_wait.as_millis()).unwrap_or(u64::MAX)
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text::is_clean(text, ID_CHARS)
}

fn is_code(code: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    !code.is_empty() && code.len() <= CODE_CHARS && code.bytes().all(is_part)
}

fn require(holds: bool, otherwise: &str) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::bad_output(otherwise)) }
}
