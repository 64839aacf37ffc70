use std::time::{Duration, Instant};

use super::*;

const TOKEN: &str = "ya29.a0/Canary+Token==";

#[test]
fn a_secret_is_found_in_every_spelling() {
    let redactor = Redactor::new([TOKEN]);
    let spellings = [
        TOKEN.to_owned(),
        TOKEN.to_uppercase(),
        "ya29.a0%2FCanary%2BToken%3D%3D".to_owned(),
        "ya29.a0%2fcanary%2btoken%3d%3d".to_owned(),
        "ya29%2Ea0%2FCanary%2BToken%3D%3D".to_owned(),
        "ya29.a0\\/Canary+Token==".to_owned(),
        "ya29.a0/Canary+Token\\u003d\\u003d".to_owned(),
        "ya29.a0\\u002FCanary\\u002BToken\\u003D\\u003D".to_owned(),
        "ya29.a0%252FCanary%252BToken%253D%253D".to_owned(),
        "ya29%252Ea0%252fCanary%252bToken%253d%253d".to_owned(),
        "ya29.a0&#x2F;Canary+Token&#x3D;&#x3D;".to_owned(),
        hex(TOKEN),
        hex(TOKEN).to_uppercase(),
    ];
    for spelling in spellings {
        assert_eq!(redactor.text(&format!("<{spelling}>")), "<[redacted]>", "{spelling}");
    }
}

fn hex(text: &str) -> String {
    format!("{:02x?}", text.as_bytes()).replace(['[', ']', ',', ' '], "")
}

#[test]
fn a_secret_is_found_inside_base64_at_every_alignment() {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let redactor = Redactor::new(["canary-password"]);
    for before in ["", "u:", "user:", "someone:", "someone@example.com:"] {
        let pair = format!("{before}canary-password");
        for encoded in [STANDARD.encode(&pair), URL_SAFE_NO_PAD.encode(&pair)] {
            assert!(redactor.text(&format!("Basic {encoded}")).contains("[redacted]"), "{before}");
        }
    }
}

#[test]
fn chunk_borders_hide_nothing() {
    let redactor = Redactor::new([TOKEN, "ya29.a0", "second-secret"]);
    let body = format!("{{\"a\":\"{TOKEN}\",\"b\":\"ya29.a0\",\"c\":\"second-secretsecond-secret\"}}");
    let expected = "{\"a\":\"[redacted]\",\"b\":\"[redacted]\",\"c\":\"[redacted][redacted]\"}";
    for size in 1..body.len() {
        let mut stream = redactor.stream();
        let mut output = Vec::new();
        body.as_bytes().chunks(size).for_each(|chunk| stream.push(chunk, &mut output));
        stream.finish(&mut output);
        assert_eq!(String::from_utf8(output).unwrap(), expected, "chunks of {size}");
    }
}

#[test]
fn what_only_begins_like_a_secret_stays() {
    let redactor = Redactor::new(["canary-token-with-a-long-tail", "canary-tok3n"]);
    for text in ["canary-token-with-a-long-tai", "canary-tok", "canary-token-with-a-long-Xail, canary"] {
        assert_eq!(redactor.text(text), text);
    }
}

#[test]
fn a_secret_inside_another_one_does_not_hide_the_rest() {
    let redactor = Redactor::new(["smith", "johnsmith2024!"]);
    assert_eq!(redactor.text("<johnsmith2024!> <smith> <smithy>"), "<[redacted]> <[redacted]> <[redacted]y>");
}

#[test]
fn two_secrets_may_begin_alike_for_long() {
    let alike = "canary".repeat(100);
    let (short, long) = (format!("{alike}-short"), format!("{alike}-a-longer-end"));
    let redactor = Redactor::new([short.as_str(), long.as_str()]);
    assert_eq!(redactor.text(&format!("<{short}> <{long}>")), "<[redacted]> <[redacted]>");
}

/// A provider chooses its tokens and what it answers later.
#[test]
fn what_begins_like_a_secret_over_and_over_takes_no_longer() {
    let token = format!("{}b", "a".repeat(16_000));
    let redactor = Redactor::new([token.as_str()]);
    let begun = Instant::now();
    redactor.bytes("a".repeat(1 << 20).as_bytes());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn nothing_is_redacted_without_secrets_or_for_one_that_is_too_short() {
    assert_eq!(Redactor::new([]).text("anything"), "anything");
    assert_eq!(Redactor::new(["", "x", "abc"]).text("abc xyz"), "abc xyz");
}
