//! Authorization codes, access tokens and refresh tokens.

use rand::{Rng, distr::Alphanumeric};
use serde::{Deserialize, Serialize};

use super::{Ending, Ledger, grants::Consent};
use crate::Provider;

/// Access tokens that died this long ago are forgotten; until then they are known as expired.
const FORGET_AFTER_MS: i64 = 24 * 3600 * 1000;

/// What an app gets for a code or a refresh token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tokens {
    /// Opens the API.
    pub access_token: String,
    /// Absent where the provider has none.
    pub refresh_token: Option<String>,
    /// Lifetime of the access token.
    pub expires_in_s: u64,
    /// What the person allowed.
    pub scopes: Vec<String>,
    /// The provider's id of the person.
    pub subject: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Token {
    grant: u64,
    kind: TokenKind,
    pub(super) expires_at: i64,
    /// A refresh token that has been exchanged where each works once.
    spent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenKind {
    Access,
    Refresh,
}

/// How a provider makes one kind of token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) prefix: &'static str,
    pub(crate) seconds: u64,
}

/// An authorization code that waits to be exchanged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) provider: Provider,
    pub(crate) login: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) declined: Vec<String>,
    /// S256 challenge, if one was sent.
    pub(crate) challenge: Option<String>,
    /// A refresh token was asked for in the provider's way.
    pub(crate) offline: bool,
    pub(crate) expires_at: i64,
    used: bool,
}

/// Why a code is not exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeRefused {
    Unknown,
    Expired,
    Used,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Missing,
    Unknown,
    Expired,
    Ended(Ending),
    /// A single-use refresh token came a second time.
    Spent,
}

/// Who stands behind an accepted token.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) grant: u64,
    pub(crate) login: String,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
}

impl Visitor {
    /// True if the person allowed any of these.
    pub(crate) fn may_any(&self, scopes: &[&str]) -> bool {
        self.scopes.iter().any(|scope| scopes.contains(&scope.as_str()))
    }
}

impl Code {
    pub(crate) fn new(consent: Consent, redirect_uri: String, expires_at: i64) -> Self {
        Self {
            provider: consent.provider,
            login: consent.login,
            client_id: consent.client_id,
            redirect_uri,
            scopes: consent.scopes,
            declined: consent.declined,
            challenge: None,
            offline: true,
            expires_at,
            used: false,
        }
    }

    pub(crate) fn consent(&self) -> Consent {
        Consent {
            provider: self.provider,
            login: self.login.clone(),
            client_id: self.client_id.clone(),
            scopes: self.scopes.clone(),
            declined: self.declined.clone(),
        }
    }
}

impl Ledger {
    pub(crate) fn add_code(&mut self, prefix: &str, code: Code, now: i64) -> String {
        self.changed = true;
        self.codes.retain(|_, old| old.expires_at > now - FORGET_AFTER_MS);
        let text = secret(prefix, 40);
        self.codes.insert(text.clone(), code);
        text
    }

    pub(crate) fn code(&self, text: &str) -> Option<&Code> {
        self.codes.get(text)
    }

    /// Uses a code up. It is used up even if the rest of the exchange fails, as at the providers.
    pub(crate) fn use_code(&mut self, text: &str, now: i64) -> Result<Code, CodeRefused> {
        let code = self.codes.get_mut(text).ok_or(CodeRefused::Unknown)?;
        if code.used {
            return Err(CodeRefused::Used);
        }
        if code.expires_at <= now {
            return Err(CodeRefused::Expired);
        }
        code.used = true;
        self.changed = true;
        Ok(code.clone())
    }

    pub(crate) fn issue(&mut self, grant: u64, kind: TokenKind, life: Life, now: i64) -> String {
        self.changed = true;
        self.tokens.retain(|_, token| token.grant != grant || token.expires_at > now - FORGET_AFTER_MS);
        let text = secret(life.prefix, if kind == TokenKind::Access { 96 } else { 64 });
        let expires_at = now.saturating_add_unsigned(life.seconds.saturating_mul(1000));
        self.tokens.insert(text.clone(), Token { grant, kind, expires_at, spent: false });
        text
    }

    /// The login behind any token or code, dead or alive: troubles befall people, not tokens.
    pub(crate) fn login_behind(&self, text: &str) -> Option<&str> {
        let of_token = self.tokens.get(text).and_then(|token| self.grant(token.grant));
        of_token.map(|grant| grant.login.as_str()).or_else(|| self.codes.get(text).map(|code| code.login.as_str()))
    }

    pub(crate) fn check(
        &self,
        provider: Provider,
        kind: TokenKind,
        text: Option<&str>,
        now: i64,
    ) -> Result<Visitor, Refused> {
        let text = text.ok_or(Refused::Missing)?;
        let token = self.tokens.get(text).filter(|token| token.kind == kind).ok_or(Refused::Unknown)?;
        let grant = self.grant(token.grant).filter(|grant| grant.provider == provider).ok_or(Refused::Unknown)?;
        if let Some(ending) = grant.ended {
            return Err(Refused::Ended(ending));
        }
        if token.spent {
            return Err(Refused::Spent);
        }
        if token.expires_at <= now {
            return Err(Refused::Expired);
        }
        Ok(Visitor {
            grant: token.grant,
            login: grant.login.clone(),
            client_id: grant.client_id.clone(),
            scopes: grant.scopes.clone(),
        })
    }

    /// The grant that a token belongs to, also of a dead token.
    pub(crate) fn grant_of(&self, text: &str) -> Option<u64> {
        self.tokens.get(text).map(|token| token.grant)
    }

    pub(crate) fn expires_at(&self, text: &str) -> Option<i64> {
        self.tokens.get(text).map(|token| token.expires_at)
    }

    pub(crate) fn spend(&mut self, refresh_token: &str) {
        if let Some(token) = self.tokens.get_mut(refresh_token) {
            token.spent = true;
            self.changed = true;
        }
    }

    /// Puts the expiry of access tokens into the past.
    pub(super) fn expire_access(&mut self, provider: Provider, login: Option<&str>, now: i64) {
        self.changed = true;
        for token in self.tokens.values_mut().filter(|token| token.kind == TokenKind::Access) {
            let concerned = self
                .grants
                .get(&token.grant)
                .is_some_and(|grant| grant.provider == provider && login.is_none_or(|login| grant.login == login));
            if concerned {
                token.expires_at = token.expires_at.min(now);
            }
        }
    }

    pub(crate) fn live_tokens(&self, grant: u64, kind: TokenKind, now: i64) -> usize {
        self.tokens
            .values()
            .filter(|token| token.grant == grant && token.kind == kind && !token.spent && token.expires_at > now)
            .count()
    }
}

fn secret(prefix: &str, length: usize) -> String {
    let random: String = rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect();
    format!("{prefix}{random}")
}
