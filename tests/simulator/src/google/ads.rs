//! Google Ads REST: `listAccessibleCustomers`, `googleAds:search` and `googleAds:searchStream`.

mod report;

use axum::response::Response;
use serde_json::{Value, json};

use super::{
    ADS_SCOPE,
    errors::{self, AdsError},
    gaql, visible,
};
use crate::{
    Provider, answer,
    call::Call,
    dispatch::Visit,
    fault::Fault,
    ledger::{Ledger, Visitor},
    world::{Account, Kind},
};

/// The real page holds 10,000 rows; a small one makes paging happen in every test.
const PAGE_ROWS: usize = 50;

pub(super) fn answer(call: &Call, visit: &Visit, visitor: &Visitor, ledger: &Ledger) -> Response {
    respond(call, visit, visitor, ledger).unwrap_or_else(|error| errors::ads(&error))
}

fn respond(call: &Call, visit: &Visit, visitor: &Visitor, ledger: &Ledger) -> Result<Response, AdsError> {
    if !visitor.may_any(&[ADS_SCOPE]) {
        return Ok(errors::missing_scope(ADS_SCOPE));
    }
    // Without a developer token it is an app whose access hangs on its Cloud project, but never an empty one.
    if call.header("developer-token").is_some_and(str::is_empty) {
        return Err(AdsError::request("DEVELOPER_TOKEN_PARAMETER_MISSING", "The developer-token is empty."));
    }
    refuse_for_login(visitor, ledger)?;
    let reachable = Reachable::of(visitor, ledger);
    let action = call.path.rsplit(':').next().unwrap_or_default();
    if action == "listAccessibleCustomers" {
        let names: Vec<String> = reachable.direct.iter().map(|account| format!("customers/{}", account.id)).collect();
        return Ok(answer::json(200, &json!({"resourceNames": names})));
    }
    let customer = visit.account.as_deref().unwrap_or_default();
    let customer = reachable.open(customer, call.header("login-customer-id"))?;
    refuse_for_account(visitor, customer, ledger)?;
    let body = call.json().unwrap_or(Value::Null);
    let query = body["query"].as_str().unwrap_or_default();
    let query = gaql::parse(query)?;
    let rows = report::run(&query, customer, &reachable.clients_of(customer))?;
    let field_mask = query.fields.join(",");
    match action {
        "searchStream" => Ok(stream(&rows, &field_mask)),
        "search" => page(&rows, &field_mask, body["pageToken"].as_str()),
        _ => Ok(errors::not_found(&call.path)),
    }
}

/// The customers that a person has a role in: some directly, some through a manager account.
struct Reachable {
    direct: Vec<&'static Account>,
    through_manager: Vec<&'static Account>,
}

impl Reachable {
    fn of(visitor: &Visitor, ledger: &Ledger) -> Self {
        let managers = visible(visitor, Kind::AdsManager, ledger);
        let (through_manager, mut direct): (Vec<_>, Vec<_>) = visible(visitor, Kind::AdsCustomer, ledger)
            .into_iter()
            .partition(|customer| managers.iter().any(|manager| customer.parent == Some(manager.id)));
        direct.extend(managers);
        Self { direct, through_manager }
    }

    /// A client account is reached only with its manager's id in `login-customer-id`.
    fn open(&self, id: &str, login_customer_id: Option<&str>) -> Result<&'static Account, AdsError> {
        if let Some(customer) = self.direct.iter().find(|customer| customer.id == id)
            && login_customer_id.is_none_or(|login| login == id)
        {
            return Ok(customer);
        }
        let client = self.through_manager.iter().find(|customer| customer.id == id);
        if let Some(customer) = client
            && login_customer_id == customer.parent
        {
            return Ok(customer);
        }
        Err(AdsError::authorization(
            "USER_PERMISSION_DENIED",
            "User doesn't have permission to access customer. Note: If you're accessing a client \
             customer, the manager's customer id must be set in the 'login-customer-id' header. See \
             https://developers.google.com/google-ads/api/docs/concepts/call-structure#cid",
        ))
    }

    fn clients_of(&self, manager: &Account) -> Vec<&'static Account> {
        let is_client = |account: &&&Account| account.parent == Some(manager.id);
        self.through_manager.iter().filter(is_client).copied().collect()
    }
}

fn refuse_for_login(visitor: &Visitor, ledger: &Ledger) -> Result<(), AdsError> {
    let is_asked = ledger.suffers(Provider::Google, Some(&visitor.login), None, &Fault::MfaRequired);
    if is_asked { Err(second_factor_missing()) } else { Ok(()) }
}

fn second_factor_missing() -> AdsError {
    AdsError {
        http: 401,
        kind: "authenticationError",
        code: "TWO_STEP_VERIFICATION_NOT_ENROLLED",
        message: "An account administrator changed this account's authentication settings. To access \
                  this Google Ads account, enable 2-Step Verification in your Google account at \
                  https://www.google.com/landing/2step."
            .to_owned(),
    }
}

fn refuse_for_account(visitor: &Visitor, customer: &Account, ledger: &Ledger) -> Result<(), AdsError> {
    let suffers = |fault: &Fault| ledger.suffers(Provider::Google, Some(&visitor.login), Some(customer.id), fault);
    if suffers(&Fault::Suspended) {
        return Err(AdsError::authorization(
            "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT",
            "The user does not have permission to perform this action on the resource or method \
             because the Google Ads account is suspended.",
        ));
    }
    if suffers(&Fault::MfaRequired) {
        return Err(second_factor_missing());
    }
    // An account whose terms are not accepted is not enabled; Google Ads has no word of its own for it.
    if suffers(&Fault::TermsChanged) {
        return Err(AdsError::authorization(
            "CUSTOMER_NOT_ENABLED",
            "The customer account can't be accessed because it is not yet enabled or has been \
             deactivated.",
        ));
    }
    Ok(())
}

/// One JSON array, a batch per element.
fn stream(rows: &[Value], field_mask: &str) -> Response {
    let batches: Vec<Value> = rows
        .chunks(PAGE_ROWS)
        .map(|batch| json!({"results": batch, "fieldMask": field_mask, "requestId": "Uv8zIYj4qvPZ6uC2Ruc_Zg"}))
        .collect();
    answer::json(200, &Value::Array(batches))
}

fn page(rows: &[Value], field_mask: &str, token: Option<&str>) -> Result<Response, AdsError> {
    let start = match token.unwrap_or_default() {
        "" => 0,
        token => token
            .strip_prefix("CAE")
            .and_then(|offset| offset.parse().ok())
            .filter(|offset| *offset < rows.len())
            .ok_or_else(|| AdsError::request("INVALID_PAGE_TOKEN", "Page token is invalid."))?,
    };
    let end = rows.len().min(start + PAGE_ROWS);
    let mut body = json!({"results": &rows[start..end], "fieldMask": field_mask});
    if end < rows.len() {
        body["nextPageToken"] = json!(format!("CAE{end}"));
    }
    Ok(answer::json(200, &body))
}
