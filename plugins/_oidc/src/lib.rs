//! A provider that keeps to the standards: OAuth 2 (RFC 6749) with PKCE (RFC 7636), revocation
//! (RFC 7009), and the userinfo endpoint of OpenID Connect to say who signed in.
//!
//! No company stands behind it. The tests run it against an authorization server that this project
//! did not write, and whoever has a provider of this kind can start from it.

use relink_sdk::{
    Account, AuthMethod, BudgetKey, Column, Context, Descriptor, ErrorTable, Fetch, Flow, Identity, Items, Oauth2,
    Pages, Provider, Request, Rotation, Slice, Table, TokenAuth,
};
use serde_json::{Value, json};

/// Every organization has a server of its own.
const LOGIN: &str = "https://{settings.tenant}.oidc.example";
/// Which organization signs, the same for all.
const ISSUER: &str = "https://login.oidc.example";
const API: &str = "https://api.oidc.example/v1";

static VISITS: Table = Table::new(
    "visits",
    "Visits per page and day",
    &[Column::text("page", "/page").key(), Column::day("day", "/day").key(), Column::integer("visits", "/visits")],
)
.daily("day");

/// The plugin of the example provider.
pub struct Oidc;

relink_sdk::register!(Oidc);

impl Provider for Oidc {
    fn describe() -> Descriptor {
        Descriptor::new("oidc", "OpenID Connect", env!("CARGO_PKG_VERSION"))
            .host("*.oidc.example")
            .config_schema(&json!({
                "type": "object",
                "properties": { "tenant": {
                    "type": "string",
                    "title": "Tenant",
                    "description": "What stands before .oidc.example in the address of your sign-in page",
                    "pattern": "^[a-z0-9-]+$",
                } },
                "required": ["tenant"],
            }))
            .auth(AuthMethod::oauth2(oauth()))
            .table(&VISITS)
            .budget("requests", 600, 60_000, BudgetKey::Authorization)
    }

    /// Without a rule: the standards say what the errors mean, and the SDK knows the standards.
    fn errors() -> ErrorTable {
        ErrorTable::new("oidc", "OpenID Connect", [])
    }

    fn probe(context: &Context) -> Flow {
        Fetch::probe(userinfo(context)).into()
    }

    fn identify(context: &Context) -> Flow {
        Fetch::identity(userinfo(context), |claims| {
            let (subject, label) = person(claims)?;
            Some(Identity { subject, label })
        })
        .into()
    }

    /// A person grants access to their own data, and to nobody else's.
    fn accounts(context: &Context) -> Flow {
        Fetch::accounts(userinfo(context), Items::at(""), |claims| {
            let (id, label) = person(claims)?;
            Some(Account { id, label, kind: None, parent: None })
        })
        .into()
    }

    fn sync(_: &Context, slice: &Slice) -> Flow {
        let (since, until) = slice.days();
        match slice.dataset.as_str() {
            "visits" => {
                let request = Request::get(format!("{API}/visits")).query("since", since).query("until", until);
                Fetch::rows(&VISITS, request, Items::at("/data")).pages(Pages::token("/next").in_query("cursor")).into()
            }
            _ => Flow::unknown_dataset(slice),
        }
    }
}

/// A refresh token is asked for with `offline_access`, which counts only where the person is asked
/// for consent. Whoever reconnects is also asked to sign in, since a session that is open in the
/// browser may be somebody else's.
/// See <https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess>.
fn oauth() -> Oauth2 {
    Oauth2::new(&format!("{LOGIN}/authorize"), &format!("{LOGIN}/token"))
        .issuer(ISSUER)
        .scope("openid", "See who you are")
        .scope("email", "See your e-mail address")
        .scope("visits.read", "See the visits of your pages")
        .scope("offline_access", "Stay connected while you are away")
        .authorize_params(&[("prompt", "consent")])
        .reconnect_params(&[("prompt", "login consent")])
        .login_hint("login_hint")
        .token_auth(TokenAuth::Basic)
        .refreshed(Rotation::Strict)
        .revoked_at(&format!("{LOGIN}/revoke"))
}

/// The host asks for the tenant before it sends anybody to sign in, so there is one.
fn userinfo(context: &Context) -> Request {
    let tenant = context.setting("tenant").unwrap_or_default();
    Request::get(format!("https://{tenant}.oidc.example/userinfo"))
}

/// Subject and label of a person: addresses change hands, the subject does not.
/// See <https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability>.
fn person(claims: &Value) -> Option<(String, String)> {
    let subject = claims["sub"].as_str()?;
    let label = claims["email"].as_str().unwrap_or(subject);
    Some((subject.to_owned(), label.to_owned()))
}
