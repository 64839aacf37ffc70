//! Acme: the plugin from which others start.
//!
//! Acme does not exist. Replace it part by part; `plugins/README.md` says in which order.

use relink_sdk::{
    Account, AuthMethod, BudgetKey, Column, Context, Descriptor, ErrorTable, Fetch, Flow, Identity, Items, Oauth2,
    Pages, Provider, Reason, Remedy, Request, Rotation, Slice, Table, rule,
};

const API: &str = "https://api.acme.example/v1";

static CLICKS: Table = Table::new(
    "clicks",
    "Clicks and spend per campaign and day",
    &[
        Column::text("campaign_id", "/campaign/id").key(),
        Column::day("day", "/date").key(),
        Column::integer("clicks", "/clicks"),
        Column::number("spend", "/spend_micros").times(1e-6),
    ],
)
.daily("day")
.window_days(31)
.restated_days(3);

/// The Acme plugin.
pub struct Acme;

relink_sdk::register!(Acme);

impl Provider for Acme {
    fn describe() -> Descriptor {
        let oauth = Oauth2::new("https://login.acme.example/authorize", "https://login.acme.example/token")
            .scope("reports.read", "See your reports")
            .refreshed(Rotation::StaysValid);
        Descriptor::new("acme", "Acme", env!("CARGO_PKG_VERSION"))
            .host("api.acme.example")
            .host("login.acme.example")
            .auth(AuthMethod::oauth2(oauth))
            .table(&CLICKS)
            .budget("requests", 60, 60_000, BudgetKey::Authorization)
    }

    fn errors() -> ErrorTable {
        ErrorTable::new(
            "acme",
            "Acme",
            [rule("plan-too-small", Reason::ProviderSpecific)
                .api()
                .json("/error/code", ["PLAN_LIMIT"])
                .remedy(Remedy::FixBilling)
                .message("Your Acme plan does not include reports. An admin of the Acme account must upgrade it.")],
        )
    }

    fn probe(_: &Context) -> Flow {
        Fetch::probe(Request::get(format!("{API}/me"))).into()
    }

    fn identify(_: &Context) -> Flow {
        Fetch::identity(Request::get(format!("{API}/me")), |me| {
            Some(Identity { subject: me["id"].as_str()?.to_owned(), label: me["email"].as_str()?.to_owned() })
        })
        .into()
    }

    fn accounts(_: &Context) -> Flow {
        Fetch::accounts(Request::get(format!("{API}/accounts")), Items::at("/data"), |account| {
            Some(Account::new(account["id"].as_str()?, account["name"].as_str()?))
        })
        .into()
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        let (since, until) = slice.days();
        match slice.dataset.as_str() {
            "clicks" => {
                let request = Request::get(format!("{API}/accounts/{}/clicks", context.account()))
                    .query("since", since)
                    .query("until", until);
                Fetch::rows(&CLICKS, request, Items::at("/data")).pages(Pages::token("/next").in_query("cursor")).into()
            }
            _ => Flow::unknown_dataset(slice),
        }
    }
}
