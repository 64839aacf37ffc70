//! What goes between host and plugin while data is fetched.

use serde::{Deserialize, Serialize};

use super::Field;
use crate::time::{Day, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    pub now: Timestamp,
    pub seed: Vec<u8>,
    pub config: String,
    pub auth_method: String,
    pub account: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    Probe,
    Identify,
    Accounts,
    Sync(Slice),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slice {
    pub dataset: String,
    pub window: Option<Window>,
}

/// Both days are included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    pub since: Day,
    pub until: Day,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Start(Operation),
    Answered(Response),
    Unanswered(TransportFailure),
    Woken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepOut {
    pub state: Vec<u8>,
    pub found: Vec<Found>,
    pub throttle: Option<Throttle>,
    pub next: Next,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Rows of a dataset as JSON Lines.
    Rows {
        dataset: String,
        rows: String,
    },
    Identity(Identity),
    Account(Account),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub subject: String,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: String,
    pub label: String,
    pub kind: Option<String>,
    pub parent: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttle {
    pub budget: String,
    pub remaining: Option<u64>,
    pub resets_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    Send(Request),
    Receive,
    WaitMs(u64),
    Done,
    Failed(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub method: String,
    pub url: String,
    pub headers: Vec<Field>,
    pub body: Option<Vec<u8>>,
    pub credential: Option<String>,
    pub deliver: Delivery,
    pub timeout_ms: Option<u32>,
    pub idempotent: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    Whole(u32),
    Chunks { framing: Framing, max_bytes: u32 },
    Discard,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    Lines,
    Csv(Csv),
    JsonItems(String),
    Raw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Csv {
    pub delimiter: char,
    pub header: bool,
    pub skip_lines: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<Field>,
    pub body: Vec<u8>,
    pub more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransportFailure {
    pub kind: TransportKind,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransportKind {
    Dns,
    Connect,
    Tls,
    Timeout,
    Reset,
    TooLarge,
    Blocked,
    Other,
}
