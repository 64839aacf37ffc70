//! How messages are proven, as the cases write it and as the contract's record.

use serde_json::{Value, json};

use super::read::{only, text, texts};
use crate::{Echo, Encoding, Handshake, Hash, Hmac, Inbound, Part, Proof, SignedHandshake, Source};

const HASHES: [(&str, Hash); 3] = [("sha1", Hash::Sha1), ("sha256", Hash::Sha256), ("sha512", Hash::Sha512)];
const ENCODINGS: [(&str, Encoding); 3] =
    [("hex", Encoding::Hex), ("base64", Encoding::Base64), ("base64url", Encoding::Base64url)];

fn named<T: Copy>(names: &[(&str, T)], wanted: &str) -> T {
    names.iter().find(|(name, _)| *name == wanted).unwrap().1
}

pub(super) fn inbound_of(inbound: &Value) -> Inbound {
    only(inbound, &["label", "help", "hmac", "signed_field", "jws", "echo", "signed"]);
    let label = inbound["label"].as_str().unwrap();
    let mut made = match (&texts(inbound, "signed_field")[..], &texts(inbound, "jws")[..]) {
        ([secret, name], _) => Inbound::signed_field(label, secret, name),
        (_, [jwks_url, issuer, audience]) => Inbound::jws(label, jwks_url, issuer, audience),
        _ => Inbound::hmac(label, hmac_of(&inbound["hmac"])),
    };
    if let [challenge, token, secret] = texts(inbound, "echo")[..] {
        made = made.echo(challenge, token, secret);
    }
    if let Some(signed) = inbound.get("signed") {
        made = made.signed(handshake_of(signed));
    }
    text(inbound, "help").map_or(made.clone(), |url| made.help(url))
}

fn handshake_of(signed: &Value) -> SignedHandshake {
    only(signed, &["challenge", "secret", "prefix", "encoding", "answer", "repeat"]);
    let part = |name: &str| signed[name].as_str().unwrap().to_owned();
    SignedHandshake {
        challenge: part("challenge"),
        secret: part("secret"),
        prefix: part("prefix"),
        encoding: named(&ENCODINGS, &part("encoding")),
        answer: part("answer"),
        repeat: text(signed, "repeat").map(str::to_owned),
    }
}

fn hmac_of(hmac: &Value) -> Hmac {
    only(hmac, &["secret", "header", "item", "hash", "prefix", "encoding", "content", "sent_at"]);
    let header = hmac["header"].as_str().unwrap();
    let mut made = Hmac::sha256(hmac["secret"].as_str().unwrap(), header);
    if let Some(item) = text(hmac, "item") {
        made = made.signature(Source::item(header, item));
    }
    if let Some(hash) = text(hmac, "hash") {
        made = made.hash(named(&HASHES, hash));
    }
    if let Some(prefix) = text(hmac, "prefix") {
        made = made.prefix(prefix);
    }
    if let Some(encoding) = text(hmac, "encoding") {
        made = made.encoding(named(&ENCODINGS, encoding));
    }
    if let Some(content) = hmac["content"].as_array() {
        made = made.content(content.iter().map(part_of));
    }
    match &hmac["sent_at"] {
        Value::Array(sent_at) => {
            let tolerance_s = u32::try_from(sent_at[1].as_u64().unwrap()).unwrap();
            made.sent_at(source_of(&sent_at[0]), tolerance_s)
        }
        _ => made,
    }
}

fn source_of(source: &Value) -> Source {
    let part = |index: usize| source[index].as_str();
    match (part(0).unwrap(), part(1)) {
        (header, Some(item)) => Source::item(header, item),
        (header, None) => Source::header(header),
    }
}

fn part_of(part: &Value) -> Part {
    match part.as_str() {
        Some("body") => Part::Body,
        Some("method") => Part::Method,
        Some("url") => Part::Url,
        Some(other) => panic!("no message has a {other}"),
        None => match text(part, "text") {
            Some(text) => Part::Text(text.to_owned()),
            None => Part::Value(source_of(&part["value"])),
        },
    }
}

pub(super) fn inbound_json(inbound: &Inbound) -> Value {
    let proof = match &inbound.proof {
        Proof::Hmac(hmac) => json!({ "hmac": hmac_json(hmac) }),
        Proof::SignedField(field) => json!({ "signed-field": { "secret": field.secret, "name": field.name } }),
        Proof::Jws(jws) => {
            json!({ "jws": { "jwks_url": jws.jwks_url, "issuer": jws.issuer, "audience": jws.audience } })
        }
    };
    let handshake = inbound.handshake.as_ref().map(handshake_json);
    json!({ "label": inbound.label, "proof": proof, "handshake": handshake, "help_url": inbound.help_url })
}

fn handshake_json(handshake: &Handshake) -> Value {
    match handshake {
        Handshake::Echo(Echo { challenge, token, secret }) => {
            json!({ "echo": { "challenge": challenge, "token": token, "secret": secret } })
        }
        Handshake::Signed(signed) => json!({ "signed": {
            "challenge": signed.challenge, "secret": signed.secret, "prefix": signed.prefix,
            "encoding": name_of(&ENCODINGS, signed.encoding), "answer": signed.answer, "repeat": signed.repeat,
        } }),
    }
}

fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], wanted: T) -> &'static str {
    names.iter().find(|(_, case)| *case == wanted).unwrap().0
}

fn hmac_json(hmac: &Hmac) -> Value {
    let content: Vec<Value> = hmac.content.iter().map(part_json).collect();
    let sent_at = hmac.sent_at.as_ref().map(|sent_at| {
        json!({
            "source": source_json(&sent_at.source), "milliseconds": sent_at.milliseconds,
            "tolerance_s": sent_at.tolerance_s,
        })
    });
    json!({
        "secret": hmac.secret, "hash": name_of(&HASHES, hmac.hash), "signature": source_json(&hmac.signature),
        "prefix": hmac.prefix, "encoding": name_of(&ENCODINGS, hmac.encoding), "content": content, "sent_at": sent_at,
    })
}

fn source_json(source: &Source) -> Value {
    match source {
        Source::Header(header) => json!({ "header": header }),
        Source::HeaderItem(item) => json!({ "header-item": { "header": item.header, "item": item.item } }),
    }
}

fn part_json(part: &Part) -> Value {
    match part {
        Part::Body => json!("body"),
        Part::Method => json!("method"),
        Part::Url => json!("url"),
        Part::Value(source) => json!({ "value": source_json(source) }),
        Part::Text(text) => json!({ "text": text }),
    }
}
