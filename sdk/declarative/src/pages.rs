//! How one page leads to the next.

use relink_sdk::Pages as Paging;
use serde::Deserialize;

use crate::values::Pointer;

/// One way of paging, and where its value goes.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Pages {
    /// The answer holds the token of the next page there.
    pub(crate) token: Option<Pointer>,
    /// The answer holds the address of the next page there.
    pub(crate) next_url: Option<Pointer>,
    /// Pages are numbered; a short one is the last.
    pub(crate) number: Option<Numbered>,
    /// The next page starts behind so many items; a short one is the last.
    pub(crate) offset: Option<Sized>,
    /// There is but one page; for a dataset that is not paged as the others are.
    #[serde(default)]
    pub(crate) complete: bool,
    /// The `Link` header names the next page (RFC 8288).
    #[serde(default)]
    pub(crate) link_header: bool,
    /// The next page begins behind the last item, whose id lies there in it.
    pub(crate) last_item: Option<Pointer>,
    /// The parameter that takes the token, number, offset or id.
    pub(crate) in_query: Option<String>,
    /// Where it goes in the JSON body, in place of a parameter.
    pub(crate) in_body: Option<Pointer>,
    /// There is a next page only if something stands there.
    pub(crate) only_if: Option<Pointer>,
    /// How many items there are in all.
    pub(crate) total: Option<Pointer>,
}

/// Pages by number.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Numbered {
    #[serde(default = "one")]
    pub(crate) first: u64,
    pub(crate) size: u64,
}

/// Pages by the number of items before them.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Sized {
    pub(crate) size: u64,
}

fn one() -> u64 {
    1
}

impl Pages {
    /// How many ways are named, of which there must be one.
    pub(crate) fn ways(&self) -> usize {
        let named = [
            self.token.is_some(),
            self.next_url.is_some(),
            self.number.is_some(),
            self.offset.is_some(),
            self.link_header,
            self.last_item.is_some(),
            self.complete,
        ];
        named.into_iter().filter(|is_named| *is_named).count()
    }

    pub(crate) fn lowered(&self) -> Paging {
        let mut paging = match self {
            Self { token: Some(pointer), .. } => Paging::token(pointer.as_str()),
            Self { next_url: Some(pointer), .. } => Paging::next_url(pointer.as_str()),
            Self { number: Some(numbered), .. } => Paging::number(numbered.first, numbered.size),
            Self { offset: Some(sized), .. } => Paging::offset(sized.size),
            Self { link_header: true, .. } => Paging::link_header(),
            Self { last_item: Some(pointer), .. } => Paging::last_item(pointer.as_str()),
            _ => Paging::one(),
        };
        if let Some(parameter) = &self.in_query {
            paging = paging.in_query(parameter);
        }
        if let Some(pointer) = &self.in_body {
            paging = paging.in_body(pointer.as_str());
        }
        if let Some(pointer) = &self.only_if {
            paging = paging.only_if(pointer.as_str());
        }
        match &self.total {
            Some(pointer) => paging.total(pointer.as_str()),
            None => paging,
        }
    }
}
