//! What requests and answers of all resources have in common.

use std::str::FromStr;

use relink_core::time::Timestamp;
use relink_store::{Cursor, Page};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Identity;
use crate::web::trouble::Trouble;

const USUAL_LIMIT: usize = 50;
const HIGHEST_LIMIT: usize = 500;
pub(super) const LONGEST_NAME: usize = 200;

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// The `next` of the page before.
    pub(super) after: Option<String>,
    /// How many at most: 1 to 500, 50 if it is not said.
    pub(super) limit: Option<usize>,
}

impl Paging {
    pub(super) fn limit(&self) -> usize {
        self.limit.unwrap_or(USUAL_LIMIT).clamp(1, HIGHEST_LIMIT)
    }

    pub(super) fn after(&self) -> Result<Option<Cursor>, Trouble> {
        Ok(self.after.as_deref().map(Cursor::from_str).transpose()?)
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listed<T> {
    items: Vec<T>,
    /// Where the next page starts; null on the last one.
    next: Option<String>,
}

impl<T> Listed<T> {
    pub(super) fn of<S>(page: Page<S>, shape: impl FnMut(S) -> T) -> Self {
        Self { items: page.items.into_iter().map(shape).collect(), next: page.next.map(|cursor| cursor.to_string()) }
    }

    pub(super) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// RFC 3339 in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    at.to_string()
}

/// An id of the address. What is no id names nothing, like an id of somebody else.
pub(super) fn id<T: FromStr>(text: &str) -> Result<T, Trouble> {
    text.parse().map_err(|_| Trouble::not_found())
}

/// A name as people write it: one line, not empty, not too long.
pub(super) fn name(field: &str, text: &str) -> Result<String, Trouble> {
    let text = text.trim();
    let is_good = !text.is_empty() && text.chars().count() <= LONGEST_NAME && !text.chars().any(char::is_control);
    if is_good {
        return Ok(text.to_owned());
    }
    Err(Trouble::unprocessable(
        field.to_owned(),
        format!("Give a {field} of 1 to {LONGEST_NAME} characters in one line."),
    ))
}

const NO_OPERATOR: &str = "Only who operates this host may change plugins, since they serve every workspace. \
    An operator can make you one, or whoever runs the host, with `relink user operator`.";

pub(crate) fn operators_only(caller: &Identity) -> Result<(), Trouble> {
    if caller.may_operate() {
        return Ok(());
    }
    Err(Trouble::forbidden(NO_OPERATOR))
}

pub(super) fn admins_only(caller: &Identity) -> Result<(), Trouble> {
    if caller.may_administer() {
        return Ok(());
    }
    Err(Trouble::forbidden("Only owners and admins may do this."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_tidy_line() {
        assert_eq!(name("name", " Acme ").unwrap(), "Acme");
        for text in ["", "   ", "a\nb", "a\0b", &"x".repeat(201)] {
            assert!(name("name", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn limits_are_kept() {
        let limit = |limit| Paging { after: None, limit }.limit();
        assert_eq!((limit(None), limit(Some(0)), limit(Some(usize::MAX))), (50, 1, 500));
        assert!(Paging { after: Some("x".to_owned()), limit: None }.after().is_err());
    }
}
