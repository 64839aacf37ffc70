//! The values of a table that have a form of their own. Each says what is wrong with a text that it
//! cannot be.

mod named;
mod pointer;
mod scalar;
mod secret_text;
mod short;
mod status;
mod template;

pub(crate) use named::{Actor, Blast, BudgetKey, Grant, Phases, Reason, Remedy, Unit};
pub(crate) use pointer::Pointer;
pub(crate) use scalar::{Scalar, text_of};
pub(crate) use secret_text::SecretText;
pub(crate) use short::short_or_long;
pub(crate) use status::Statuses;
pub(crate) use template::{Form, Piece, Source, Template};

/// Lets serde read a type from a text with `FromStr`.
macro_rules! from_text {
    ($($kind:ty),+) => {$(
        impl<'de> serde::Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

pub(crate) use from_text;
