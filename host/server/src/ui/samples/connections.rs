//! The page of one data source in every state.

use relink_core::plugin::{Choice, Setting};

use super::parts::{NOW, ago, ahrefs, client, days, google, lapsed, reconnect, shell, withdrawn};
use super::{Sample, sample};
use crate::ui::views::connection::{
    ConnectionPage, HealedSource, IncidentDetail, Outcome, Run, SignIn, Stored, UnhealedSource,
};
use crate::ui::views::health::{DataState, Health};
use crate::ui::views::key_form::{KeyField, KeyForm};
use crate::ui::views::notices::Resolved;
use crate::ui::views::repair::{Repair, SignInKind};
use crate::ui::views::settings_form::{SettingField, SettingsForm};
use crate::ui::views::shell::{Section, Tone};
use crate::ui::when::When;

pub(super) fn connections() -> Vec<Sample> {
    let mut healed = connection();
    healed.health = Health::Connected;
    healed.data = DataState::CatchingUp { done: 5, of: 11 };
    healed.coverage = days("xxxxxxxxxxxxxxllfffffmmmmxxx");
    healed.next_run = Some(When::from_now(NOW.plus_seconds(720), NOW));
    healed.result = Some(Outcome {
        healed: sign_in(SignInKind::OAuth).used_by,
        not_healed: vec![UnhealedSource {
            connection_id: "conn_9".to_owned(),
            name: "Delta Foods · 555-010-9090".to_owned(),
            why: "This login no longer sees the account. Ask an admin at Google Ads to share it.".to_owned(),
        }],
    });
    if let Some(incident) = &mut healed.incident {
        incident.resolved = Some(Resolved { how: "Reconnected by Tom Reyes".to_owned(), at: ago(29) });
    }
    let mut key = connection();
    key.provider = ahrefs();
    key.health = Health::NeedsAction;
    key.repair = Repair::CheckAgain { connection_id: key.id.clone() };
    key.in_progress = Some("Ana Diaz is updating the key.".to_owned());
    key.incident = key.incident.map(|incident| IncidentDetail {
        words: lapsed(),
        reason_code: "provider-specific".to_owned(),
        code: "ahrefs.subscription-lapsed".to_owned(),
        ..incident
    });
    key.sign_in = SignIn { used_by: Vec::new(), key_form: Some(key_form(true)), ..sign_in(SignInKind::Key) };
    let mut stopped = connection();
    stopped.health = Health::Stopped;
    stopped.data = DataState::Resting { as_of: Some(ago(9_000)) };
    stopped.incident = None;
    stopped.runs.clear();
    stopped.coverage = days("");
    stopped.takes_too_long = true;
    let held_back = ConnectionPage {
        health: Health::Delayed,
        data: DataState::Delayed { as_of: Some(ago(90)) },
        incident: None,
        repair: Repair::Nothing,
        held_back: Some("Many Google Ads connections fail at once; it is being looked into".to_owned()),
        ..connection()
    };
    vec![
        sample("connection-held-back", &held_back),
        sample("connection-broken", &connection()),
        sample("connection-healed", &healed),
        sample("connection-key", &key),
        sample("connection-stopped", &stopped),
    ]
}

fn connection() -> ConnectionPage {
    ConnectionPage {
        shell: shell(Section::DataSources),
        id: "conn_1".to_owned(),
        provider: google(),
        account: "123-456-7890 · Search".to_owned(),
        client: client("Acme Outdoor"),
        connected_at: ago(500_000),
        health: Health::NeedsReconnect,
        data: DataState::Stopped { missing_days: 4 },
        next_run: None,
        coverage: days("xxxxxxxxxxxxxxllxxxxxxxxmmmm"),
        incident: Some(IncidentDetail {
            words: withdrawn(),
            reason_code: "invalid-refresh-token".to_owned(),
            code: "google.revoked".to_owned(),
            opened_at: ago(4_068),
            resolved: None,
            provider_answer: Some("{\n  \"error\": \"invalid_grant\",\n  \"error_description\": \"Token has been expired or revoked.\"\n}".to_owned()),
            help_url: Some("https://developers.google.com/identity/protocols/oauth2".to_owned()),
        }),
        repair: reconnect(),
        sign_in: sign_in(SignInKind::OAuth),
        result: None,
        held_back: None,
        takes_too_long: false,
        in_progress: None,
        runs: runs(),
        stored: Stored { days: 412, rows: 12_402 },
        can_delete: true,
    }
}

fn sign_in(kind: SignInKind) -> SignIn {
    let sources = ["Acme Outdoor · 123-456-7890", "Bluebird Cafe · 555-010-2233", "Cobalt Systems · 555-010-7781"];
    SignIn {
        authorization_id: "auth_1".to_owned(),
        kind,
        label: "ana@northside.example".to_owned(),
        authorized_at: ago(29),
        authorized_by: Some("Tom Reyes".to_owned()),
        may_read: vec!["See your campaigns and their results".to_owned()],
        renew_by: None,
        used_by: sources.map(|name| HealedSource { connection_id: "conn_1".to_owned(), name: name.to_owned() }).into(),
        key_form: None,
    }
}

fn runs() -> Vec<Run> {
    let run = |minutes, tone, outcome: &str, rows, message: Option<&str>| Run {
        started_at: ago(minutes),
        took: "4 seconds".to_owned(),
        tone,
        outcome: outcome.to_owned(),
        rows,
        message: message.map(str::to_owned),
    };
    vec![
        run(4_068, Tone::Bad, "Access was withdrawn", 0, Some("Confirmed by a second attempt.")),
        run(4_128, Tone::Wait, "Waiting for Google Ads", 0, Some("The provider's limit is reached.")),
        run(4_188, Tone::Ok, "Complete", 382, None),
    ]
}

pub(super) fn key_form(is_refused: bool) -> KeyForm {
    let field = |name: &str, label: &str, value: &str, is_public| KeyField {
        name: name.to_owned(),
        label: label.to_owned(),
        value: value.to_owned(),
        is_public,
        is_optional: false,
        help_url: None,
        error: None,
    };
    let mut fields = vec![
        field("email", "E-mail address of the key's user", "ana@northside.example", true),
        field("api_key", "API key", "", false),
    ];
    fields[1].help_url = Some("https://ahrefs.com/api".to_owned());
    fields[1].error =
        is_refused.then(|| "Ahrefs does not know this key. Copy it again, with all its letters.".to_owned());
    let error = is_refused.then(|| "Nothing was saved; the old key is still in use.".to_owned());
    KeyForm { method: "api-key".to_owned(), fields, settings: settings_form("api-key"), error }
}

pub(super) fn settings_form(id: &str) -> SettingsForm {
    let choice = |(value, label): &(&str, &str)| Choice { value: (*value).to_owned(), label: (*label).to_owned() };
    let field = |name: &str, label: &str, choices: &[(&str, &str)]| SettingField {
        setting: Setting {
            name: name.to_owned(),
            label: label.to_owned(),
            description: choices.is_empty().then(|| "What stands before .example.com in your browser.".to_owned()),
            default: None,
            choices: choices.iter().map(choice).collect(),
            is_required: choices.is_empty(),
        },
        value: String::new(),
        error: choices.is_empty().then(|| "Enter the Subdomain.".to_owned()),
    };
    let fields = vec![
        field("subdomain", "Subdomain", &[]),
        field("region", "Region", &[("eu", "Europe"), ("us", "United States")]),
    ];
    SettingsForm { id: id.to_owned(), fields, error: None }
}
