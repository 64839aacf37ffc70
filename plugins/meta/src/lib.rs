//! Meta: the campaigns of Facebook and Instagram ads, through the Marketing API.
//!
//! There are no refresh tokens. A living token is exchanged for one of sixty days, again and again;
//! once it is dead, only a person can help.

mod accounts;
mod deauthorized;
mod envelope;
mod errors;
mod insights;
mod usage;

use relink_sdk::{
    AuthMethod, BudgetKey, Context, Descriptor, Diagnosis, ErrorTable, Failure, Fetch, Flow, Grant, Identity, Message,
    Oauth2, Pages, Provider, Reason, Request, Response, Signal, Slice, Throttle,
};

use crate::insights::CAMPAIGN_INSIGHTS;

/// Meta ends a version about two years after its release, all apps at the same time.
const API: &str = "https://graph.facebook.com/v24.0";
/// Where a person sees and withdraws what apps may do.
const BUSINESS_INTEGRATIONS: &str = "https://www.facebook.com/settings/?tab=business_tools";

/// The Meta plugin.
pub struct Meta;

relink_sdk::register!(Meta);

impl Provider for Meta {
    fn describe() -> Descriptor {
        Descriptor::new("meta", "Meta", env!("CARGO_PKG_VERSION"))
            .alias("facebook")
            .alias("meta-ads")
            .alias("facebook-ads")
            .alias("instagram")
            .alias("facebook-marketing")
            .host("graph.facebook.com")
            .host("www.facebook.com")
            .auth(AuthMethod::oauth2(facebook_login()))
            .table(&CAMPAIGN_INSIGHTS)
            .budget(usage::BUDGET, usage::CALLS_PER_HOUR, usage::HOUR_MS, BudgetKey::Connection)
            .inbound(deauthorized::callback())
            .help(BUSINESS_INTEGRATIONS)
    }

    fn errors() -> ErrorTable {
        errors::table()
    }

    fn probe(_: &Context) -> Flow {
        Fetch::probe(get("me").query("fields", "id")).into()
    }

    /// The e-mail address is there only if the person has one and shares it.
    fn identify(_: &Context) -> Flow {
        Fetch::identity(get("me").query("fields", "id,name,email"), |me| {
            let label = me["email"].as_str().or(me["name"].as_str())?;
            Some(Identity { subject: me["id"].as_str()?.to_owned(), label: label.to_owned() })
        })
        .into()
    }

    fn accounts(_: &Context) -> Flow {
        accounts::all()
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        match slice.dataset.as_str() {
            "campaign_insights" => insights::per_day(context, slice),
            _ => Flow::unknown_dataset(slice),
        }
    }

    fn refusal(answer: &Response) -> Option<String> {
        envelope::refusal(&answer.body)
    }

    fn throttle(answer: &Response) -> Option<Throttle> {
        usage::throttle(answer)
    }

    fn receive(message: &Message) -> Vec<Signal> {
        deauthorized::signal(message).into_iter().collect()
    }

    fn classify(failure: &Failure) -> Diagnosis {
        let failure = envelope::in_usual_form(failure);
        let grant = Grant::of(&Self::describe(), &failure);
        let mut diagnosis = Self::errors().diagnose(&failure, grant);
        if diagnosis.reason == Reason::RateLimited {
            diagnosis.retry_after_ms = usage::wait_ms(&failure).or(diagnosis.retry_after_ms);
        }
        diagnosis
    }
}

/// See <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow> and
/// <https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived>.
fn facebook_login() -> Oauth2 {
    const SIXTY_DAYS_S: u64 = 60 * 86_400;
    Oauth2::new("https://www.facebook.com/v24.0/dialog/oauth", "https://graph.facebook.com/v24.0/oauth/access_token")
        .scope("ads_read", "Access your Facebook ads and related stats")
        .scope("business_management", "Manage your business")
        // The dialog drops the challenge, and then the exchange refuses the verifier:
        // https://github.com/better-auth/better-auth/issues/186
        .without_pkce()
        .extended()
        .refresh_params(&[("grant_type", "fb_exchange_token"), ("fb_exchange_token", "{access_token}")])
        .assumed_lifetime_s(SIXTY_DAYS_S)
        // Otherwise the dialog does not ask again for what was declined before.
        .reconnect_params(&[("auth_type", "rerequest")])
}

fn get(path: &str) -> Request {
    Request::get(format!("{API}/{path}"))
}

/// Every list of the Graph API has cursors; only `next` tells whether another page follows.
fn cursors() -> Pages {
    Pages::token("/paging/cursors/after").in_query("after").only_if("/paging/next")
}
