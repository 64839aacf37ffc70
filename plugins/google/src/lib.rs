//! Google: one authorization feeds Google Ads and Google Analytics 4.
//!
//! A person consents once, and all products share the token, so what breaks it breaks them all. What
//! breaks one account (a role, a suspension) leaves the others alone. The errors of Google's other
//! APIs are known too, since they come in the same envelopes.

mod accounts;
mod ads;
mod analytics;
mod errors;
mod events;
mod login;
mod waits;

use relink_sdk::{
    BudgetKey, Context, Descriptor, Diagnosis, ErrorTable, Event, Failure, Fetch, Flow, Grant, Identity, Message,
    Provider, RateBudget, Remedy, Request, Signal, Slice, StepOut,
};

const USERINFO: &str = "https://openidconnect.googleapis.com/v1/userinfo";

/// The Google plugin.
pub struct Google;

relink_sdk::register!(Google);

impl Provider for Google {
    fn describe() -> Descriptor {
        let mut descriptor = Descriptor::new("google", "Google", env!("CARGO_PKG_VERSION"))
            .alias("google-oauth")
            .alias("google-ads")
            .alias("adwords")
            .alias("google-analytics")
            .alias("ga4")
            .alias("google-apis")
            .alias("google-search-console")
            .alias("youtube")
            .host("accounts.google.com")
            .host("oauth2.googleapis.com")
            .host("openidconnect.googleapis.com")
            .host("www.googleapis.com")
            .host(ads::HOST)
            .host(analytics::ADMIN_HOST)
            .host(analytics::DATA_HOST)
            .auth(login::method())
            .table(&ads::CAMPAIGN_PERFORMANCE)
            .table(&analytics::CHANNEL_TRAFFIC)
            .inbound(events::receiver())
            .help("https://support.google.com/accounts/answer/13533235");
        descriptor.budgets = budgets();
        descriptor
    }

    fn errors() -> ErrorTable {
        errors::table()
    }

    /// Costs no quota of any product, and fails as soon as the token is dead.
    fn probe(_: &Context) -> Flow {
        Fetch::probe(Request::get(USERINFO)).into()
    }

    /// The address may change, `sub` does not.
    fn identify(_: &Context) -> Flow {
        Fetch::identity(Request::get(USERINFO), |person| {
            let subject = person["sub"].as_str()?;
            let label = person["email"].as_str().unwrap_or(subject);
            Some(Identity { subject: subject.to_owned(), label: label.to_owned() })
        })
        .into()
    }

    fn accounts(_: &Context) -> Flow {
        Flow::sequence([ads::accounts(), analytics::accounts()])
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        match slice.dataset.as_str() {
            "campaign_performance" => ads::campaign_performance(context, slice),
            "channel_traffic" => analytics::channel_traffic(context, slice),
            _ => Flow::unknown_dataset(slice),
        }
    }

    fn receive(message: &Message) -> Vec<Signal> {
        events::signals(message)
    }

    /// Google says how long to wait in many ways, few of them headers.
    fn classify(failure: &Failure) -> Diagnosis {
        let grant = Grant::of(&Self::describe(), failure);
        let mut diagnosis = Self::errors().diagnose(failure, grant);
        if diagnosis.remedy == Remedy::Wait && diagnosis.retry_after_ms.is_none() {
            diagnosis.retry_after_ms = waits::stated_ms(failure);
        }
        diagnosis
    }

    /// Flows change with the minor version. What a patch of it left in the middle of a long report is as
    /// good as its own.
    fn migrate(version: &str, state: &[u8]) -> Option<Vec<u8>> {
        let own = Self::describe().version;
        let minor = |version: &str| version.rsplit_once('.').map(|(minor, _)| minor.to_owned());
        (minor(version) == minor(&own)).then(|| state.to_vec())
    }

    fn step(context: &Context, state: &[u8], event: Event) -> StepOut {
        accounts::Flows::step(context, state, accounts::past_partial_refusals(context, event))
    }
}

/// The limits that are numbers. Google Ads meters by load and says so when it is too much; a report of
/// Analytics takes about 10 of the 14,000 tokens that a project has per property and hour.
/// See <https://developers.google.com/analytics/devguides/reporting/data/v1/quotas>.
fn budgets() -> Vec<RateBudget> {
    const MINUTE_MS: u64 = 60_000;
    let budget = |name: &str, host: &str, calls, per_ms, key| RateBudget {
        name: name.to_owned(),
        calls,
        per_ms,
        hosts: vec![host.to_owned()],
        key,
    };
    vec![
        budget("analytics-reports", analytics::DATA_HOST, 1_400, 60 * MINUTE_MS, BudgetKey::Connection),
        budget("analytics-admin", analytics::ADMIN_HOST, 600, MINUTE_MS, BudgetKey::Authorization),
    ]
}
