//! The HTML of the consent page and of the pages that a person never comes back from.

use super::{
    Rules,
    authorize::{Ask, is_skipped},
    identifies,
};
use crate::{
    Provider,
    fault::Fault,
    ledger::Ledger,
    world::{Login, world},
};

pub(super) fn consent(rules: &Rules, ask: &Ask, ledger: &Ledger) -> String {
    let provider = ask.provider.display_name();
    let accounts = accounts(ask, ledger);
    let hint = ask.login_hint.as_deref().unwrap_or_default();
    let scopes: String = ask
        .scopes
        .iter()
        .filter(|scope| !is_skipped(ask, hint, scope, ledger))
        .map(|scope| scope_item(rules, scope))
        .collect();
    let client = escape(&ask.client_id);
    let body = format!(
        r#"<p class="provider">{provider}</p>
<h1>Allow this app to use your {provider} account?</h1>
<p class="client">The app <strong>{client}</strong> asks for access.</p>
<form id="consent-form" method="post">
<fieldset id="accounts"><legend>Choose an account</legend>
{accounts}</fieldset>
<fieldset id="scopes"><legend>It would be allowed to</legend>
<ul>{scopes}</ul></fieldset>
<div class="actions">
<button type="submit" id="allow" name="decision" value="allow" class="primary">Allow</button>
<button type="submit" id="cancel" name="decision" value="cancel" formnovalidate>Cancel</button>
</div>
</form>"#
    );
    document(&format!("Sign in - {provider}"), &body)
}

pub(super) fn refusal(provider: Provider, problem: &str) -> String {
    let provider = provider.display_name();
    let problem = escape(problem);
    let body = format!(
        r#"<p class="provider">{provider}</p>
<h1>Access blocked</h1>
<p id="problem" role="alert">Error 400: {problem}</p>
<p>The app's request is not valid. If you are its developer, see the error above.</p>"#
    );
    document("Access blocked", &body)
}

pub(super) fn suspended(provider: Provider, login: &str) -> String {
    let provider = provider.display_name();
    let login = escape(login);
    let body = format!(
        r#"<p class="provider">{provider}</p>
<h1>Your account is suspended</h1>
<p id="problem" role="alert">{login} cannot sign in. Ask {provider} to review the decision.</p>"#
    );
    document("Account suspended", &body)
}

fn accounts(ask: &Ask, ledger: &Ledger) -> String {
    let people: Vec<&Login> = world().logins.iter().filter(|login| login.provider == ask.provider).collect();
    let hint = ask.login_hint.as_deref();
    let is_stranger = |hint: &&str| !people.iter().any(|person| person.email == *hint || person.subject == *hint);
    let stranger = hint.filter(is_stranger);
    let mut items = String::new();
    for (place, person) in people.iter().enumerate() {
        let hinted = hint.is_some_and(|hint| person.email == hint || person.subject == hint);
        let checked = hinted || (hint.is_none() && place == 0);
        items.push_str(&account_item(ask.provider, person, checked, ledger));
    }
    let checked = if stranger.is_some() { " checked" } else { "" };
    let email = escape(stranger.unwrap_or_default());
    let other = format!(
        r#"<div class="account"><input type="radio" name="login" id="login-other" value="other"{checked}>
<label for="login-other">Sign in as somebody else</label>
<label class="visually-hidden" for="other-email">E-mail address</label>
<input type="email" id="other-email" name="other_email" value="{email}" placeholder="e-mail address"></div>
"#
    );
    items + &other
}

fn account_item(provider: Provider, person: &Login, checked: bool, ledger: &Ledger) -> String {
    let (email, name) = (person.email, person.name);
    let id = email.split('@').next().unwrap_or(email);
    let checked = if checked { " checked" } else { "" };
    let note = note(provider, email, ledger);
    format!(
        r#"<div class="account"><input type="radio" name="login" id="login-{id}" value="{email}"{checked} required>
<label for="login-{id}"><strong>{name}</strong> <span>{email}</span>{note}</label></div>
"#
    )
}

/// What the person has to do beside consenting; pressing Allow does it.
fn note(provider: Provider, email: &str, ledger: &Ledger) -> &'static str {
    let suffers = |fault: &Fault| ledger.suffers(provider, Some(email), None, fault);
    if suffers(&Fault::Suspended) {
        r#" <em class="note">suspended</em>"#
    } else if suffers(&Fault::MfaRequired) {
        r#" <em class="note">will be asked for a second factor</em>"#
    } else if suffers(&Fault::TermsChanged) {
        r#" <em class="note">accepts the new terms by allowing</em>"#
    } else {
        ""
    }
}

fn scope_item(rules: &Rules, scope: &str) -> String {
    let text = escape(&describe(scope));
    if !rules.granular || identifies(scope) {
        return format!("<li>{text}</li>");
    }
    let scope = escape(scope);
    format!(r#"<li><label><input type="checkbox" name="scope" value="{scope}" checked> {text}</label></li>"#)
}

/// The scope in words; one that the simulator does not know is shown as it is.
fn describe(scope: &str) -> String {
    let words = match scope {
        "openid" | "public_profile" | "profile" | "users.read" => "See who you are",
        "email" | "https://www.googleapis.com/auth/userinfo.email" => "See your e-mail address",
        "https://www.googleapis.com/auth/userinfo.profile" => "See your name and picture",
        "https://www.googleapis.com/auth/adwords" => "See and manage your Google Ads accounts",
        "https://www.googleapis.com/auth/analytics.readonly" => "See your Google Analytics data",
        "ads_read" => "See your ads and their results",
        "ads_management" => "Manage your ads",
        "business_management" => "See your businesses",
        "r_ads" => "See your advertising accounts",
        "r_ads_reporting" => "See the results of your advertising",
        "tweet.read" => "See your posts",
        "offline.access" => "Stay connected until you revoke access",
        other => other,
    };
    words.to_owned()
}

fn document(title: &str, body: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/_sim/assets/consent.css">
</head>
<body>
<main>
{body}
</main>
<footer>Simulated provider. Nothing here leaves this machine.</footer>
</body>
</html>
"#
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
