//! Saying how the provider proves its messages, and reading them.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    About, Echo, Encoding, Handshake, Hash, HeaderItem, Hmac, Inbound, Jws, Message, Part, Proof, SentAt, Signal,
    SignalEvent, SignedField, SignedHandshake, Source, answer,
};

impl Inbound {
    /// Messages with a keyed hash. The label is what the provider's console calls the address.
    ///
    /// ```
    /// use relink_sdk::{Hmac, Inbound};
    ///
    /// let inbound = Inbound::hmac("Webhook URL", Hmac::sha256("client_secret", "x-hub-signature-256").prefix("sha256="))
    ///     .echo("hub.challenge", "hub.verify_token", "verify_token");
    /// assert_eq!(inbound.label, "Webhook URL");
    /// ```
    pub fn hmac(label: &str, hmac: Hmac) -> Self {
        Self::new(label, Proof::Hmac(hmac))
    }

    /// Forms with a field that holds `<MAC>.<payload>`, as Meta's `signed_request`.
    ///
    /// ```
    /// let inbound = relink_sdk::Inbound::signed_field("Deauthorize callback URL", "client_secret", "signed_request");
    /// assert!(inbound.handshake.is_none());
    /// ```
    pub fn signed_field(label: &str, secret: &str, name: &str) -> Self {
        Self::new(label, Proof::SignedField(SignedField { secret: secret.to_owned(), name: name.to_owned() }))
    }

    /// Security event tokens (RFC 8417), signed with a key of the set at `jwks_url`, sent by `issuer`, and
    /// meant for the app secret `audience`.
    ///
    /// ```
    /// let keys = "https://acme.example/keys";
    /// relink_sdk::Inbound::jws("Receiver endpoint", keys, "https://acme.example", "client_id");
    /// ```
    pub fn jws(label: &str, jwks_url: &str, issuer: &str, audience: &str) -> Self {
        let (jwks_url, issuer, audience) = (jwks_url.to_owned(), issuer.to_owned(), audience.to_owned());
        Self::new(label, Proof::Jws(Jws { jwks_url, issuer, audience }))
    }

    fn new(label: &str, proof: Proof) -> Self {
        Self { label: label.to_owned(), proof, handshake: None, help_url: None }
    }

    /// Before the first message the provider asks with a GET for its challenge back, and shows the token
    /// that the operator chose: both are parameters of the query, the token's value is an app secret.
    pub fn echo(mut self, challenge: &str, token: &str, secret: &str) -> Self {
        let (challenge, token, secret) = (challenge.to_owned(), token.to_owned(), secret.to_owned());
        self.handshake = Some(Handshake::Echo(Echo { challenge, token, secret }));
        self
    }

    /// Before the first message the provider asks with a GET for a hash of its challenge.
    pub fn signed(mut self, handshake: SignedHandshake) -> Self {
        self.handshake = Some(Handshake::Signed(handshake));
        self
    }

    /// Where the operator enters the address.
    pub fn help(mut self, url: &str) -> Self {
        self.help_url = Some(url.to_owned());
        self
    }
}

impl Hmac {
    /// HMAC-SHA256 of the body in hex, in a header of its own: what most providers do.
    ///
    /// ```
    /// use relink_sdk::{Hmac, Part, Source};
    ///
    /// // `stripe-signature: t=1700000000,v1=9f86d0…` over `1700000000.{body}`
    /// let sent_at = Source::item("stripe-signature", "t");
    /// let hmac = Hmac::sha256("webhook_secret", "stripe-signature")
    ///     .signature(Source::item("stripe-signature", "v1"))
    ///     .content([Part::Value(sent_at.clone()), Part::Text(".".into()), Part::Body])
    ///     .sent_at(sent_at, 300);
    /// assert_eq!(hmac.content.len(), 3);
    /// ```
    pub fn sha256(secret: &str, header: &str) -> Self {
        Self {
            secret: secret.to_owned(),
            hash: Hash::Sha256,
            signature: Source::header(header),
            prefix: String::new(),
            encoding: Encoding::Hex,
            content: vec![Part::Body],
            sent_at: None,
        }
    }

    /// Another hash than SHA-256.
    pub fn hash(mut self, hash: Hash) -> Self {
        self.hash = hash;
        self
    }

    /// The hash stands elsewhere than in a header of its own.
    pub fn signature(mut self, source: Source) -> Self {
        self.signature = source;
        self
    }

    /// What stands before the hash: `sha256=`.
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// The hash is not in hex.
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// More than the body is hashed: these parts, one after the other.
    pub fn content(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.content = parts.into_iter().collect();
        self
    }

    /// The message says when it was sent, in seconds since 1970, and is worth nothing after so many more.
    /// The source must be among what is hashed.
    pub fn sent_at(mut self, source: Source, tolerance_s: u32) -> Self {
        self.sent_at = Some(SentAt { source, milliseconds: false, tolerance_s });
        self
    }
}

impl Source {
    /// A header.
    pub fn header(name: &str) -> Self {
        Self::Header(name.to_owned())
    }

    /// One item of a header such as `t=1700000000,v1=9f86d0`.
    pub fn item(header: &str, item: &str) -> Self {
        Self::HeaderItem(HeaderItem { header: header.to_owned(), item: item.to_owned() })
    }
}

impl Message {
    /// The body as a JSON document.
    ///
    /// ```
    /// use relink_sdk::Message;
    ///
    /// let message = Message { now: 0, headers: vec![], query: vec![], body: br#"{"user_id":"42"}"#.to_vec() };
    /// assert_eq!(message.json().unwrap()["user_id"], "42");
    /// ```
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text; bytes that are no text become `�`.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The first header of this name, in whatever case it was written.
    pub fn header(&self, name: &str) -> Option<&str> {
        answer::header(&self.headers, name)
    }
}

impl Signal {
    /// Access ended: the host asks `classify` what the message means.
    ///
    /// ```
    /// use relink_sdk::{About, Signal};
    ///
    /// let signal = Signal::failed(About::Subject("42".into())).at(1_700_000_000_000);
    /// assert_eq!(signal.at, Some(1_700_000_000_000));
    /// ```
    pub fn failed(about: About) -> Self {
        Self { about, event: SignalEvent::Failed, at: None }
    }

    /// Something changed for the better: the host looks at once.
    pub fn restored(about: About) -> Self {
        Self { about, event: SignalEvent::Restored, at: None }
    }

    /// When it happened, in milliseconds since 1970.
    pub fn at(mut self, ms: u64) -> Self {
        self.at = Some(ms);
        self
    }

    /// When it happened, in seconds since 1970, if the message says so.
    pub fn at_second(mut self, second: Option<u64>) -> Self {
        self.at = second.map(|second| second.saturating_mul(1000));
        self
    }

    /// When it happened, as RFC 3339 writes it; what cannot be read is left out.
    ///
    /// ```
    /// use relink_sdk::{About, Signal};
    ///
    /// let signal = Signal::failed(About::Subject("42".into())).at_time("2018-05-24T09:48:12+00:00");
    /// assert_eq!(signal.at, Some(1_527_155_292_000));
    /// ```
    pub fn at_time(mut self, text: &str) -> Self {
        let moment: Option<jiff::Timestamp> = text.parse().ok();
        self.at = moment.and_then(|moment| u64::try_from(moment.as_millisecond()).ok());
        self
    }
}
