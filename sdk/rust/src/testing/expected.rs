//! What a fixture expects to come out.

use serde::Deserialize;
use serde_json::{Value, json};

use super::diff::differences;
use crate::{Diagnosis, Found as Finding};

/// What a diagnosis has to say; what is not named may be anything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Diagnosed {
    reason: String,
    pub(super) code: Option<String>,
    cause: Option<String>,
    certainty: Option<String>,
    blast: Option<String>,
    actor: Option<String>,
    remedy: Option<String>,
    retry_after_ms: Option<u64>,
    message_contains: Option<String>,
    help_url: Option<String>,
}

/// What a flow has to find.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    #[serde(default)]
    rows: Vec<Value>,
    identity: Option<Value>,
    #[serde(default)]
    accounts: Vec<Value>,
}

impl Diagnosed {
    pub(super) fn differences(&self, found: &Diagnosis) -> Vec<String> {
        let named = [
            ("reason", Some(&self.reason), Some(found.reason.name())),
            ("code", self.code.as_ref(), Some(found.code.as_str())),
            ("cause", self.cause.as_ref(), found.cause.as_deref()),
            ("certainty", self.certainty.as_ref(), Some(found.certainty.name())),
            ("blast", self.blast.as_ref(), Some(found.blast.name())),
            ("actor", self.actor.as_ref(), Some(found.actor.name())),
            ("remedy", self.remedy.as_ref(), Some(found.remedy.name())),
            ("help_url", self.help_url.as_ref(), found.help_url.as_deref()),
        ];
        let mut wrong: Vec<String> = named
            .into_iter()
            .filter_map(|(what, expected, found)| {
                let expected = expected?;
                (Some(expected.as_str()) != found).then(|| format!("{what}: expected {expected:?}, found {found:?}"))
            })
            .collect();
        if self.retry_after_ms.is_some() && self.retry_after_ms != found.retry_after_ms {
            let (expected, found) = (self.retry_after_ms, found.retry_after_ms);
            wrong.push(format!("retry_after_ms: expected {expected:?}, found {found:?}"));
        }
        if let Some(part) = &self.message_contains
            && !found.message.contains(part)
        {
            wrong.push(format!("message: expected {part:?} in {:?}", found.message));
        }
        wrong
    }
}

impl Found {
    pub(super) fn differences(&self, findings: &[Finding]) -> Vec<String> {
        let (mut rows, mut identity, mut accounts) = (Vec::new(), Value::Null, Vec::new());
        for finding in findings {
            match finding {
                Finding::Rows(found) => rows.extend(found.rows.lines().map(parse_line)),
                Finding::Identity(found) => {
                    identity = json!({ "subject": found.subject, "label": found.label });
                }
                Finding::Account(found) => accounts.push(json!({
                    "id": found.id, "label": found.label, "kind": found.kind, "parent": found.parent,
                })),
            }
        }
        let mut wrong = differences("rows", &json!(self.rows), &json!(rows));
        let expected_identity = self.identity.clone().unwrap_or_default();
        wrong.extend(differences("identity", &expected_identity, &identity));
        wrong.extend(differences("accounts", &json!(self.accounts), &json!(accounts)));
        wrong
    }
}

fn parse_line(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|_| json!({ "no JSON": line }))
}
