//! The part of a descriptor that says how the provider proves that a message is its own.
//!
//! A message that passes for the provider's can end the access of every customer, so a proof must not
//! be one that everybody can give: it needs a secret of the operator or the provider's own keys, and
//! it must cover what the plugin reads.

use relink_core::plugin::{Descriptor, Handshake, Hmac, Inbound, Jws, Part, Proof, SentAt, SignedField, Source};

use super::descriptor::{check_help_url, quoted, refuse};
use super::{auth, hosts};
use crate::refusal::Refusal;
use crate::text;

const DAY_S: u32 = 24 * 60 * 60;
const PARTS: usize = 50;

pub(super) fn check(descriptor: &Descriptor) -> Result<(), Refusal> {
    match &descriptor.inbound {
        None => Ok(()),
        Some(inbound) => Check { inbound, descriptor }.run(),
    }
}

struct Check<'a> {
    inbound: &'a Inbound,
    descriptor: &'a Descriptor,
}

impl Check<'_> {
    fn run(&self) -> Result<(), Refusal> {
        if self.inbound.label.is_empty() {
            let expected = "what the provider's console calls the address";
            return Err(refuse("`inbound.label` is empty", expected, "write it like \"Deauthorize callback URL\""));
        }
        check_help_url("inbound.help-url", self.inbound.help_url.as_deref())?;
        self.inbound.app_secrets().try_for_each(|name| self.check_secret(name))?;
        self.inbound.keys().try_for_each(|name| self.check_key(name))?;
        match &self.inbound.proof {
            Proof::Hmac(hmac) => check_hmac(hmac)?,
            Proof::SignedField(SignedField { name, .. }) => check_name("proof.signed-field.name", name)?,
            Proof::Jws(jws) => self.check_jws(jws)?,
        }
        self.inbound.handshake.as_ref().map_or(Ok(()), check_handshake)?;
        self.check_together()
    }

    /// Anybody may ask for the hash of a challenge, and the payload of a signed field looks as one does.
    fn check_together(&self) -> Result<(), Refusal> {
        let signs_challenges = matches!(self.inbound.handshake, Some(Handshake::Signed(_)));
        if signs_challenges && matches!(self.inbound.proof, Proof::SignedField(_)) {
            return Err(refuse(
                "`inbound` has a signed handshake and a signed field as proof",
                "a proof that the handshake cannot be made to give away",
                "leave the handshake out, or declare the proof that the provider uses beside it",
            ));
        }
        Ok(())
    }

    fn check_secret(&self, name: &str) -> Result<(), Refusal> {
        let mut slots = self.descriptor.auth.iter().flat_map(|method| &method.app_secrets);
        match slots.find(|slot| slot.name == name) {
            Some(_) => Ok(()),
            None => Err(refuse(
                format!("`inbound` names the app secret {}, which is not declared", quoted(name)),
                "an app secret of one of the auth methods",
                "declare it in `app-secrets`, or correct the name",
            )),
        }
    }

    /// A client id stands in the address of every sign-in: whoever reads it there could prove messages.
    fn check_key(&self, name: &str) -> Result<(), Refusal> {
        let mut slots = self.descriptor.auth.iter().flat_map(|method| &method.app_secrets);
        match slots.find(|slot| slot.name == name && slot.public) {
            None => Ok(()),
            Some(_) => Err(refuse(
                format!("`inbound` proves messages with {}, which is public", quoted(name)),
                "an app secret that nobody but the operator and the provider has",
                "name the secret that the provider signs with, or do not declare it as public",
            )),
        }
    }

    fn check_jws(&self, jws: &Jws) -> Result<(), Refusal> {
        hosts::check_url(&jws.jwks_url, &self.descriptor.hosts).map_err(|wrong| {
            refuse(
                format!("`inbound.proof.jws.jwks-url` is {}: {wrong}", quoted(&jws.jwks_url)),
                "an https URL on one of the descriptor's `hosts`",
                "correct the URL, or add its host to `hosts` so that the operator sees it",
            )
        })?;
        check_name("proof.jws.issuer", &jws.issuer)
    }
}

fn check_hmac(hmac: &Hmac) -> Result<(), Refusal> {
    check_source("proof.hmac.signature", &hmac.signature)?;
    check_visible("proof.hmac.prefix", &hmac.prefix)?;
    let times = |part: &Part| hmac.content.iter().filter(|other| *other == part).count();
    let is_repeated = |part: &Part| !matches!(part, Part::Text(_)) && times(part) > 1;
    if times(&Part::Body) != 1 || hmac.content.iter().any(is_repeated) || hmac.content.len() > PARTS {
        return Err(refuse(
            format!(
                "`inbound.proof.hmac.content` has {} parts, {} of them the body",
                hmac.content.len(),
                times(&Part::Body)
            ),
            format!(
                "at most {PARTS} parts with the body among them, since the plugin reads it, and nothing but texts \
                 twice, since strangers have the host hash it"
            ),
            "list the parts in the order in which the provider hashes them",
        ));
    }
    for part in &hmac.content {
        match part {
            Part::Value(source) => check_source("proof.hmac.content", source)?,
            Part::Text(text) if text.len() > 200 => {
                let found = format!("`inbound.proof.hmac.content` has a text of {} bytes", text.len());
                return Err(refuse(found, "texts of at most 200 bytes", "correct the text"));
            }
            Part::Body | Part::Method | Part::Url | Part::Text(_) => {}
        }
    }
    hmac.sent_at.as_ref().map_or(Ok(()), |sent_at| check_sent_at(sent_at, &hmac.content))
}

/// A moment that is not hashed could be set by whoever sends an old message again.
fn check_sent_at(sent_at: &SentAt, content: &[Part]) -> Result<(), Refusal> {
    check_source("proof.hmac.sent-at", &sent_at.source)?;
    if !content.contains(&Part::Value(sent_at.source.clone())) {
        return Err(refuse(
            "`inbound.proof.hmac.sent-at` is not part of what is hashed",
            "a moment whose source is also a `value` in `content`",
            "add it to `content` if the provider hashes it; otherwise it proves nothing: leave `sent-at` out",
        ));
    }
    if (1..=DAY_S).contains(&sent_at.tolerance_s) {
        return Ok(());
    }
    Err(refuse(
        format!("`inbound.proof.hmac.sent-at.tolerance-s` is {}", sent_at.tolerance_s),
        format!("1 to {DAY_S} seconds"),
        "take what the provider recommends, mostly 300",
    ))
}

fn check_handshake(handshake: &Handshake) -> Result<(), Refusal> {
    match handshake {
        Handshake::Echo(echo) => {
            check_name("handshake.echo.challenge", &echo.challenge)?;
            check_name("handshake.echo.token", &echo.token)
        }
        Handshake::Signed(signed) => {
            check_name("handshake.signed.challenge", &signed.challenge)?;
            check_visible("handshake.signed.prefix", &signed.prefix)?;
            check_name("handshake.signed.answer", &signed.answer)?;
            signed.repeat.iter().try_for_each(|member| check_name("handshake.signed.repeat", member))
        }
    }
}

fn check_source(at: &str, source: &Source) -> Result<(), Refusal> {
    if let Source::HeaderItem { item, .. } = source {
        check_name(at, item)?;
    }
    if auth::is_header(source.header()) {
        return Ok(());
    }
    Err(refuse(
        format!("`inbound.{at}` names the header {}", quoted(source.header())),
        "a header name of 1 to 100 letters, digits and hyphens",
        "write it like \"x-hub-signature-256\"",
    ))
}

fn check_name(at: &str, name: &str) -> Result<(), Refusal> {
    if !name.is_empty() && text::is_clean(name, 200) {
        return Ok(());
    }
    let found = format!("`inbound.{at}` is {}", quoted(name));
    Err(refuse(found, "1 to 200 visible characters", "write it as the provider does"))
}

fn check_visible(at: &str, text: &str) -> Result<(), Refusal> {
    if text::is_clean(text, 200) {
        return Ok(());
    }
    let found = format!("`inbound.{at}` is {}", quoted(text));
    Err(refuse(found, "at most 200 visible characters", "write it as the provider does"))
}
