//! What goes into a statement: four kinds of values that both databases can store.

use relink_core::id::{
    ApiTokenId, AuditId, AuthorizationId, ClientId, ConnectionId, IncidentId, MessageId, NoticeId, OutboxId,
    ReconnectionId, RunId, UserId, WorkspaceId,
};
use relink_core::reason::{Actor, Certainty, Reason, Remedy};
use relink_core::time::{Day, Timestamp};

/// Each kind carries its own absence, because PostgreSQL wants to know the type of a NULL.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Bytes(Option<Vec<u8>>),
}

impl From<String> for Value {
    /// Drops NUL characters, which PostgreSQL cannot store in a text and nobody can read.
    fn from(text: String) -> Self {
        let text = if text.contains('\0') { text.replace('\0', "") } else { text };
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Boolean(Some(flag))
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Some(bytes.to_vec()))
    }
}

impl From<&Vec<u8>> for Value {
    fn from(bytes: &Vec<u8>) -> Self {
        Self::Bytes(Some(bytes.clone()))
    }
}

impl From<Timestamp> for Value {
    fn from(moment: Timestamp) -> Self {
        moment.as_ms().into()
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        day.to_string().into()
    }
}

impl From<&[String]> for Value {
    /// A list is one JSON text.
    fn from(list: &[String]) -> Self {
        serde_json::Value::from(list).to_string().into()
    }
}

impl From<&Vec<String>> for Value {
    fn from(list: &Vec<String>) -> Self {
        list.as_slice().into()
    }
}

macro_rules! values_as {
    ($kind:ident: $($type:ty),+) => {$(
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                value.map_or(Self::$kind(None), Self::from)
            }
        }
    )+};
}

macro_rules! ids {
    ($($id:ty),+) => {
        $(impl From<&$id> for Value {
            fn from(id: &$id) -> Self {
                id.as_str().into()
            }
        })+
        values_as!(Text: $(&$id),+);
    };
}

macro_rules! codes {
    ($($code:ty),+) => {$(
        impl From<$code> for Value {
            fn from(value: $code) -> Self {
                value.code().into()
            }
        }
    )+};
}

values_as!(Text: &str, &String, Day, &[String]);
values_as!(Integer: i64, Timestamp);
ids!(
    ApiTokenId,
    AuditId,
    AuthorizationId,
    ClientId,
    ConnectionId,
    IncidentId,
    MessageId,
    NoticeId,
    OutboxId,
    ReconnectionId,
    RunId,
    UserId,
    WorkspaceId
);
codes!(Actor, Certainty, Reason, Remedy);
