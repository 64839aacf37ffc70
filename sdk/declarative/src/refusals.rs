//! Errors inside an answer whose status says success.

use std::collections::BTreeMap;

use relink_sdk::Response;
use serde::Deserialize;

use crate::list::List;
use crate::values::{Pointer, Scalar};

/// What shows that such an answer is an error; all of it must hold. What the error means, the error table says.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Refusal {
    #[serde(default)]
    pub(crate) json: BTreeMap<Pointer, List<Scalar>>,
    /// There is something there.
    #[serde(default)]
    pub(crate) present: List<Pointer>,
    /// The body contains one of these; case does not count.
    #[serde(default)]
    pub(crate) contains: List<String>,
}

impl Refusal {
    pub(crate) fn is_empty(&self) -> bool {
        self.json.is_empty() && self.present.is_empty() && self.contains.is_empty()
    }

    pub(crate) fn is_in(&self, answer: &Response) -> bool {
        let document = answer.json().unwrap_or_default();
        let holds = |(pointer, values): (&Pointer, &List<Scalar>)| {
            let found = pointer.text_in(&document);
            found.is_some_and(|found| values.iter().any(|value| value.0.eq_ignore_ascii_case(&found)))
        };
        let is_there = |pointer: &Pointer| document.pointer(pointer.as_str()).is_some_and(|found| !found.is_null());
        self.json.iter().all(holds) && self.present.iter().all(is_there) && self.body_contains(answer)
    }

    fn body_contains(&self, answer: &Response) -> bool {
        let body = answer.text().to_lowercase();
        self.contains.is_empty() || self.contains.iter().any(|part| body.contains(&part.to_lowercase()))
    }
}
