//! X, API v2: the posts of one profile with their public metrics.
//!
//! A refresh token works once, and the one that replaces it is the only way to go on; the host takes
//! care of that, since the descriptor says so. See
//! <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>.

mod errors;
mod posts;
mod revoked;

use relink_sdk::{
    Account, AuthMethod, BudgetKey, Context, Descriptor, ErrorTable, Fetch, Flow, Identity, Items, Message, Oauth2,
    Provider, Request, Response, Rotation, SecretSlot, Signal, Slice, Throttle, TokenAuth,
};
use serde_json::Value;

const API: &str = "https://api.x.com/2";
/// The name of the budget, for requests and for what X says about it.
const REQUESTS: &str = "requests";
/// Of the endpoints used here, posts of a profile: 900 requests in 15 minutes for each person.
/// See <https://docs.x.com/x-api/fundamentals/rate-limits>.
const REQUESTS_PER_WINDOW: u32 = 900;
const WINDOW_MS: u64 = 15 * 60_000;

/// The X plugin.
pub struct X;

relink_sdk::register!(X);

impl Provider for X {
    fn describe() -> Descriptor {
        Descriptor::new("x", "X", env!("CARGO_PKG_VERSION"))
            .alias("twitter")
            .alias("x-ads")
            .alias("twitter-ads")
            .host("x.com")
            .host("api.x.com")
            .auth(
                AuthMethod::oauth2(oauth()).app_secret(
                    SecretSlot::new(revoked::CONSUMER_SECRET, "X API secret key, for webhooks")
                        .help(revoked::WEBHOOKS_HELP)
                        .optional(),
                ),
            )
            .table(&posts::POSTS)
            .budget(REQUESTS, REQUESTS_PER_WINDOW, WINDOW_MS, BudgetKey::Authorization)
            .inbound(revoked::webhook())
            .help("https://help.x.com/en/managing-your-account/connect-or-revoke-access-to-third-party-apps")
    }

    fn errors() -> ErrorTable {
        errors::table()
    }

    fn probe(_: &Context) -> Flow {
        Fetch::probe(me()).into()
    }

    /// Handles change hands, ids do not.
    fn identify(_: &Context) -> Flow {
        Fetch::identity(me(), |answer| {
            let (id, label) = profile(answer.get("data")?)?;
            Some(Identity { subject: id, label })
        })
        .into()
    }

    /// A person authorizes for their own profile, and for no other.
    fn accounts(_: &Context) -> Flow {
        Fetch::accounts(me(), Items::at("/data"), |user| {
            let (id, label) = profile(user)?;
            Some(Account { id, label, kind: None, parent: None })
        })
        .into()
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        match slice.dataset.as_str() {
            "posts" => posts::sync(context, slice),
            _ => Flow::unknown_dataset(slice),
        }
    }

    /// An answer may have both data and errors, about single posts; one that has errors alone is about
    /// the profile. See <https://docs.x.com/x-api/fundamentals/response-codes-and-errors#partial-errors>.
    fn refusal(answer: &Response) -> Option<String> {
        let document = answer.json()?;
        let has_data = document.get("data").is_some() || document.get("meta").is_some();
        let error = document.pointer("/errors/0").filter(|_| !has_data)?;
        Some(format!("X answered with an error alone: {}", error["title"].as_str().unwrap_or_default()))
    }

    fn receive(message: &Message) -> Vec<Signal> {
        revoked::signal(message).into_iter().collect()
    }

    /// Every answer says how much is left of the window of its endpoint; the one that matters is told
    /// by its size, since the few requests to other endpoints have smaller windows of their own.
    fn throttle(answer: &Response) -> Option<Throttle> {
        let number = |name: &str| answer.header(name)?.parse::<u64>().ok();
        if number("x-rate-limit-limit")? != u64::from(REQUESTS_PER_WINDOW) {
            return None;
        }
        Some(Throttle {
            budget: REQUESTS.to_owned(),
            remaining: Some(number("x-rate-limit-remaining")?),
            resets_at: number("x-rate-limit-reset").map(|second| second.saturating_mul(1000)),
        })
    }
}

/// Without `offline.access` the login would end after two hours. There is neither a parameter that
/// forces the consent page nor one that chooses the profile: people switch it on x.com first.
fn oauth() -> Oauth2 {
    Oauth2::new("https://x.com/i/oauth2/authorize", "https://api.x.com/2/oauth2/token")
        .scope("tweet.read", "All the posts you can view, including posts from protected accounts")
        .scope("users.read", "Any account you can view, including protected accounts")
        .scope("offline.access", "Stay connected to your account until you revoke access")
        .token_auth(TokenAuth::Basic)
        .refreshed(Rotation::Strict)
        .revoked_at("https://api.x.com/2/oauth2/revoke")
        .assumed_lifetime_s(7200)
}

fn me() -> Request {
    Request::get(format!("{API}/users/me"))
}

/// Id and name of a user: "Acme Outdoor (@acmeoutdoor)".
fn profile(user: &Value) -> Option<(String, String)> {
    let (id, name, handle) = (user["id"].as_str()?, user["name"].as_str()?, user["username"].as_str()?);
    Some((id.to_owned(), format!("{name} (@{handle})")))
}
