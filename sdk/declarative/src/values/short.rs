//! Values that have a short form, a text, and a long one, a table.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// Reads either form. The long one is read as the type `L`.
pub(crate) fn short_or_long<'de, T, L, D>(deserializer: D, expected: &'static str) -> Result<T, D::Error>
where
    T: FromStr<Err = String> + From<L>,
    L: Deserialize<'de>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(Either { expected, types: PhantomData::<(T, L)> })
}

struct Either<T, L> {
    expected: &'static str,
    types: PhantomData<(T, L)>,
}

impl<'de, T, L> Visitor<'de> for Either<T, L>
where
    T: FromStr<Err = String> + From<L>,
    L: Deserialize<'de>,
{
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        L::deserialize(MapAccessDeserializer::new(map)).map(T::from)
    }
}
