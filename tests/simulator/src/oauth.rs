//! What the OAuth providers have in common: rules as data, the consent page, and the checks of the
//! token endpoint. Their differences in words and statuses are in their own modules.

pub(crate) mod authorize;
pub(crate) mod exchange;
mod page;
pub(crate) mod refusal;

use crate::{
    Provider,
    ledger::{Consent, Ledger, Life, TokenKind, Tokens},
    world::world,
};

/// How one provider does OAuth.
pub(crate) struct Rules {
    pub(crate) code_prefix: &'static str,
    pub(crate) code_lifetime_s: u32,
    pub(crate) access: Life,
    /// None where there are no refresh tokens.
    pub(crate) refresh: Option<Life>,
    /// Scopes can be unticked one by one.
    pub(crate) granular: bool,
    pub(crate) pkce_required: bool,
    /// `response_type` may be left out.
    pub(crate) code_is_default: bool,
    /// Parameters of the redirect after Cancel.
    pub(crate) cancelled: &'static [(&'static str, &'static str)],
}

const DAY_S: u64 = 24 * 3600;

/// The rules of a provider; key providers have none.
pub(crate) fn rules(provider: Provider) -> Option<&'static Rules> {
    match provider {
        Provider::Google => Some(&GOOGLE),
        Provider::Meta => Some(&META),
        Provider::LinkedIn => Some(&LINKEDIN),
        Provider::X => Some(&X),
        Provider::Ahrefs | Provider::Copper => None,
    }
}

static GOOGLE: Rules = Rules {
    code_prefix: "4/0A",
    code_lifetime_s: 600,
    access: Life { prefix: "ya29.a0", seconds: 3599 },
    // No fixed end; a hundred years stand for it.
    refresh: Some(Life { prefix: "1//0", seconds: 36_500 * DAY_S }),
    granular: true,
    pkce_required: false,
    code_is_default: false,
    cancelled: &[("error", "access_denied")],
};

static META: Rules = Rules {
    code_prefix: "AQ",
    code_lifetime_s: 600,
    // The short-lived token; `meta::oauth` has the long-lived one.
    access: Life { prefix: "EAAG", seconds: 5400 },
    refresh: None,
    granular: true,
    pkce_required: false,
    code_is_default: true,
    cancelled: &[
        ("error", "access_denied"),
        ("error_code", "200"),
        ("error_description", "Permissions error"),
        ("error_reason", "user_denied"),
    ],
};

static LINKEDIN: Rules = Rules {
    code_prefix: "AQT",
    code_lifetime_s: 1800,
    access: Life { prefix: "AQV", seconds: 60 * DAY_S - 1 },
    refresh: None,
    granular: false,
    pkce_required: false,
    code_is_default: false,
    cancelled: &[("error", "user_cancelled_authorize"), ("error_description", "The user cancelled the authorization")],
};

static X: Rules = Rules {
    code_prefix: "",
    code_lifetime_s: 30,
    access: Life { prefix: "", seconds: 7200 },
    refresh: Some(Life { prefix: "", seconds: 180 * DAY_S }),
    granular: false,
    pkce_required: true,
    code_is_default: false,
    cancelled: &[("error", "access_denied")],
};

/// Life of a new access token, as set for the demo or as documented.
pub(crate) fn access_life(ledger: &Ledger, provider: Provider, documented: Life) -> Life {
    Life { seconds: ledger.access_lifetime_s(provider, documented.seconds), ..documented }
}

/// What an app of Relink's kind asks for.
pub(crate) fn usual_scopes(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Google => &[
            "openid",
            "https://www.googleapis.com/auth/userinfo.email",
            "https://www.googleapis.com/auth/adwords",
            "https://www.googleapis.com/auth/analytics.readonly",
        ],
        Provider::Meta => &["public_profile", "email", "ads_read", "business_management"],
        Provider::LinkedIn => &["openid", "profile", "email", "r_ads", "r_ads_reporting"],
        Provider::X => &["tweet.read", "users.read", "offline.access"],
        Provider::Ahrefs | Provider::Copper => &[],
    }
}

/// True for scopes that only tell who the person is. Providers give them with any consent.
pub(crate) fn identifies(scope: &str) -> bool {
    matches!(
        scope,
        "openid"
            | "email"
            | "profile"
            | "https://www.googleapis.com/auth/userinfo.email"
            | "https://www.googleapis.com/auth/userinfo.profile"
            | "public_profile"
            | "r_liteprofile"
            | "r_basicprofile"
            | "users.read"
            | "offline.access"
    )
}

/// Tokens without a consent page. At Meta this is the long-lived token that an app ends up with.
pub(crate) fn issue_as_if_allowed(
    ledger: &mut Ledger,
    provider: Provider,
    login: &str,
    client_id: &str,
    scopes: &[&str],
    now: i64,
) -> Tokens {
    let rules = rules(provider).expect("only logins have tokens");
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let consent = Consent {
        provider,
        login: login.to_owned(),
        client_id: client_id.to_owned(),
        scopes: scopes.clone(),
        declined: Vec::new(),
    };
    let grant = ledger.open_grant(consent, now);
    let documented = if provider == Provider::Meta { crate::meta::oauth::LONG_LIVED } else { rules.access };
    let life = access_life(ledger, provider, documented);
    let access_token = ledger.issue(grant, TokenKind::Access, life, now);
    let refresh_token = rules.refresh.map(|refresh| ledger.issue(grant, TokenKind::Refresh, refresh, now));
    Tokens {
        access_token,
        refresh_token,
        expires_in_s: life.seconds,
        scopes,
        subject: world().subject(provider, login),
    }
}
