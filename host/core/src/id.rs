//! Identifiers: a ULID with a prefix that names the kind, such as `conn_01J…`.
//!
//! Each kind is a type of its own, so an authorization can never be passed for a connection.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// Says that a text is not an identifier of the expected kind.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is not an id of the form {prefix}_…")]
pub struct ParseIdError {
    text: String,
    prefix: &'static str,
}

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Makes a new id that sorts by the time of its making.
            #[expect(clippy::new_without_default, reason = "each call gives another value")]
            pub fn new() -> Self {
                Self(format!(concat!($prefix, "_{}"), Ulid::generate()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let ulid = text.strip_prefix(concat!($prefix, "_"));
                match ulid.map(Ulid::from_string) {
                    Some(Ok(_)) => Ok(Self(text.to_owned())),
                    _ => Err(ParseIdError { text: text.chars().take(64).collect(), prefix: $prefix }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseIdError;

            fn try_from(text: String) -> Result<Self, ParseIdError> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

id_types! {
    /// The tenant: one agency or company.
    WorkspaceId = "ws";
    /// A person who signs in.
    UserId = "user";
    /// Whom the data is about.
    ClientId = "client";
    /// One grant or key that a provider gave us.
    AuthorizationId = "auth";
    /// One data source of one client.
    ConnectionId = "conn";
    /// One time during which an authorization, an account or an app was broken.
    IncidentId = "inc";
    /// One entry in a person's tray.
    NoticeId = "note";
    /// One attempt of a person to repair or make an authorization.
    ReconnectionId = "rec";
    /// One sync attempt of one connection.
    RunId = "run";
    /// One message that waits to be delivered.
    OutboxId = "out";
    /// One bearer token for the API.
    ApiTokenId = "tok";
    /// One message that a provider sent by itself.
    MessageId = "msg";
    /// One line of the audit trail.
    AuditId = "aud";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_refuses_other_kinds() {
        let id = ConnectionId::new();
        assert_eq!(id.as_str().parse::<ConnectionId>().unwrap(), id);
        assert!(id.as_str().parse::<UserId>().is_err());
        assert!("conn_".parse::<ConnectionId>().is_err());
        assert!("conn_x'; DROP TABLE".parse::<ConnectionId>().is_err());
    }

    #[test]
    fn json_of_another_kind_is_refused() {
        let json = serde_json::to_string(&ClientId::new()).unwrap();
        assert!(serde_json::from_str::<ClientId>(&json).is_ok());
        assert!(serde_json::from_str::<UserId>(&json).is_err());
    }
}
