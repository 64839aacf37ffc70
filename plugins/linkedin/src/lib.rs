//! LinkedIn: campaigns and their results, through the Marketing API.
//!
//! Access lasts sixty days and cannot be renewed without the person: refresh tokens are for approved
//! partners only. See
//! <https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow>.

mod analytics;
mod campaigns;
mod errors;

use relink_sdk::{
    Account, AuthMethod, Context, Descriptor, ErrorTable, Fetch, Flow, Identity, Items, Oauth2, Pages, Provider,
    Request, Slice,
};

use crate::analytics::CAMPAIGN_ANALYTICS;
use crate::campaigns::CAMPAIGNS;

const API: &str = "https://api.linkedin.com";
/// A month; LinkedIn ends each version about a year later, for all apps at the same time. See
/// <https://learn.microsoft.com/en-us/linkedin/marketing/versioning>.
const VERSION: &str = "202606";
const ACCESS_DAYS: u32 = 60;
/// Where a member sees and withdraws what apps may do.
const PERMITTED_SERVICES: &str = "https://www.linkedin.com/psettings/permitted-services";

/// The LinkedIn plugin.
pub struct LinkedIn;

relink_sdk::register!(LinkedIn);

impl Provider for LinkedIn {
    fn describe() -> Descriptor {
        Descriptor::new("linkedin", "LinkedIn", env!("CARGO_PKG_VERSION"))
            .alias("linkedin-ads")
            .host("api.linkedin.com")
            .host("www.linkedin.com")
            .auth(AuthMethod::oauth2(oauth()))
            .table(&CAMPAIGN_ANALYTICS)
            .table(&CAMPAIGNS)
            .help(PERMITTED_SERVICES)
    }

    fn errors() -> ErrorTable {
        errors::table()
    }

    fn probe(_: &Context) -> Flow {
        Fetch::probe(user_info()).into()
    }

    fn identify(_: &Context) -> Flow {
        Fetch::identity(user_info(), |member| {
            let label = member["email"].as_str().or(member["name"].as_str())?;
            Some(Identity { subject: member["sub"].as_str()?.to_owned(), label: label.to_owned() })
        })
        .into()
    }

    fn accounts(_: &Context) -> Flow {
        const PAGE_SIZE: u32 = 100;
        let search = rest("adAccounts").query("q", "search").query("pageSize", PAGE_SIZE);
        Fetch::accounts(search, Items::at("/elements"), |account| {
            let id = account["id"].as_u64()?.to_string();
            Some(Account {
                label: account["name"].as_str().unwrap_or(&id).to_owned(),
                id,
                kind: Some("ad-account".to_owned()),
                parent: None,
            })
        })
        .pages(page_tokens())
        .into()
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        match slice.dataset.as_str() {
            "campaign_analytics" => analytics::per_day(context, slice),
            "campaigns" => campaigns::all(context),
            _ => Flow::unknown_dataset(slice),
        }
    }
}

/// The labels are the lines of LinkedIn's consent page. Its scopes come all together: the page has no
/// tick boxes.
fn oauth() -> Oauth2 {
    const ACCESS_S: u64 = ACCESS_DAYS as u64 * 86_400;
    Oauth2::new("https://www.linkedin.com/oauth/v2/authorization", "https://www.linkedin.com/oauth/v2/accessToken")
        .scope("r_ads", "Retrieve your advertising accounts")
        .scope("r_ads_reporting", "Retrieve reporting for your advertising accounts")
        .scope("openid", "Use your name and photo")
        .scope("profile", "Use your name and photo")
        .scope("email", "Use the primary email address associated with your LinkedIn account")
        // Only native clients have PKCE, at another address; here the exchange refuses a verifier:
        // https://github.com/teamhanko/hanko/pull/2405
        .without_pkce()
        .assumed_lifetime_s(ACCESS_S)
        .reauthorize_days(ACCESS_DAYS)
}

/// OpenID Connect, and so without a version.
fn user_info() -> Request {
    Request::get(format!("{API}/v2/userinfo"))
}

fn rest(path: &str) -> Request {
    Request::get(format!("{API}/rest/{path}"))
        .header("linkedin-version", VERSION)
        .header("x-restli-protocol-version", "2.0.0")
}

fn page_tokens() -> Pages {
    Pages::token("/metadata/nextPageToken").in_query("pageToken")
}
