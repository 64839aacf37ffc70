//! Small closed sets of words, stored as their stable codes.

/// Makes an enum whose variants are codes in the database and in JSON.
macro_rules! code_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable code, as in the API and the database.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }

        impl From<$name> for crate::value::Value {
            fn from(value: $name) -> Self {
                value.code().into()
            }
        }

        impl crate::row::Column for $name {
            type Stored = String;

            fn from_stored(code: String) -> crate::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Self::from_code(&code).ok_or_else(|| format!("{code:?} is not a known code").into())
            }
        }
    };
}

pub(crate) use code_enum;
