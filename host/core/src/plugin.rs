//! The plugin contract as the host sees it: the newest WIT version in plain Rust.
//!
//! The runtime converts every version it can load into these types; nothing else in the host knows
//! that plugins are WebAssembly. The meaning of each field is written once, in `wit/`.

mod addresses;
mod descriptor;
mod exchange;
mod failure;
mod inbound;
mod settings;

pub use descriptor::{
    AuthKind, AuthMethod, BodyFormat, Budget, BudgetKey, CredentialUse, Daily, Dataset, Descriptor, Field, KeptFrom,
    KeptValue, OAuth1, OAuth2, Place, Placement, Refresh, Rotation, Scope, SecretSlot, Signer, SyncMode, TokenAuth,
};
pub use exchange::{
    Account, Context, Csv, Delivery, Event, Found, Framing, Identity, Next, Operation, Request, Response, Slice,
    StepOut, Throttle, TransportFailure, TransportKind, Window,
};
pub use failure::{Facts, Failure, Phase};
pub use inbound::{
    About, Echo, Encoding, Handshake, Hash, Hmac, Inbound, Jws, Message, Part, Proof, SentAt, Signal, SignalEvent,
    SignedField, SignedHandshake, Source,
};
pub use settings::{Choice, Setting, SettingsSchema, Unusable};
