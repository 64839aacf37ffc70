//! The spellings in which a provider may echo a secret, all in lower case: the search ignores it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A shorter value cannot be told from ordinary data: replacing it would ruin answers and hide
/// nothing.
const SHORTEST: usize = 4;

/// The same for values behind an encoding that leaves few characters of them.
const SHORTEST_ENCODED: usize = 8;

const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Characters that serializers escape in JSON though they need not: none, those of Gson, those of
/// .NET, and all that any does.
const ESCAPED_IN_JSON: [&str; 4] = ["", "&'<=>", "&'+<>", "&'+/<=>"];

pub(super) fn of(secret: &str) -> Vec<Vec<u8>> {
    if secret.len() < SHORTEST {
        return Vec::new();
    }
    let mut variants = vec![secret.to_owned()];
    // An address in the query of another one is encoded twice.
    let encoded = percent_encoded(secret);
    variants.extend(encoded.iter().flat_map(|once| percent_encoded(once)));
    variants.extend(encoded);
    variants.extend(json_escaped(secret));
    variants.extend(html_escaped(secret));
    variants.extend(inside_base64(secret).into_iter().filter(|encoded| encoded.len() >= SHORTEST_ENCODED));
    variants.push(hex(secret));
    variants.into_iter().map(|variant| variant.to_ascii_lowercase().into_bytes()).collect()
}

fn percent_encoded(secret: &str) -> [String; 3] {
    [
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(secret, &UNRESERVED).to_string(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ]
}

fn json_escaped(secret: &str) -> impl Iterator<Item = String> {
    let quoted = serde_json::Value::from(secret).to_string();
    let plain = quoted[1..quoted.len() - 1].to_owned();
    ESCAPED_IN_JSON.into_iter().flat_map(move |escaped| {
        let text = with_unicode_escapes(&plain, escaped);
        [plain.replace('/', "\\/"), text.replace('/', "\\/"), text]
    })
}

fn with_unicode_escapes(text: &str, escaped: &str) -> String {
    text.chars().fold(String::new(), |mut text, character| {
        if character.is_ascii() && !escaped.contains(character) {
            text.push(character);
            return text;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(text, "\\u{unit:04x}").expect("a string takes any text");
        }
        text
    })
}

fn html_escaped(secret: &str) -> [String; 2] {
    let named = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let numbered = named.replace('\'', "&#x27;").replace('/', "&#x2F;").replace('=', "&#x3D;");
    [named.replace('\'', "&#39;"), numbered]
}

/// The characters that stand for the secret, and for nothing beside it, in base64 of a text that
/// contains it: so `Basic dXNlcjpwYXNz` is found by the password alone. There are three, since
/// base64 works in groups of three bytes.
fn inside_base64(secret: &str) -> Vec<String> {
    let mut cores = Vec::new();
    for offset in 0..3 {
        let mut padded = vec![0; offset];
        padded.extend_from_slice(secret.as_bytes());
        let first = (offset * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        for encoded in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            cores.push(encoded[first..last].to_owned());
        }
    }
    cores
}

fn hex(secret: &str) -> String {
    secret.bytes().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes any text");
        text
    })
}
