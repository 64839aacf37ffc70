//! What the next page says about the last action, carried by a cookie for one page.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use serde::{Deserialize, Serialize};

use crate::auth::cookie::{self, Cookies};
use crate::ui::views::shell::{Banner, Tone};

const NAME: &str = "relink-flash";
const LIFETIME_S: i64 = 60;

#[derive(Deserialize, Serialize)]
struct Flash {
    tone: String,
    title: String,
    text: String,
}

pub(super) fn banner(tone: Tone, title: impl Into<String>, text: impl Into<String>) -> Banner {
    Banner { tone, title: title.into(), text: text.into() }
}

/// Leaves word for the next page.
pub(super) fn leave(cookies: Cookies, banner: &Banner) -> (http::HeaderName, HeaderValue) {
    let flash = Flash { tone: banner.tone.class().to_owned(), title: banner.title.clone(), text: banner.text.clone() };
    let json = serde_json::to_vec(&flash).expect("texts are valid JSON");
    (SET_COOKIE, cookies.set(NAME, &BASE64_URL_SAFE_NO_PAD.encode(json), LIFETIME_S))
}

/// Reads the word that was left. It is shown as text, so a made-up one does no harm.
pub(super) fn find(headers: &HeaderMap) -> Option<Banner> {
    let json = BASE64_URL_SAFE_NO_PAD.decode(cookie::read(headers, NAME)?).ok()?;
    let flash: Flash = serde_json::from_slice(&json).ok()?;
    let tones = [Tone::Ok, Tone::Warn, Tone::Bad, Tone::Wait, Tone::Quiet];
    let tone = tones.into_iter().find(|tone| tone.class() == flash.tone)?;
    Some(Banner { tone, title: flash.title, text: flash.text })
}

pub(super) fn clear(cookies: Cookies) -> (http::HeaderName, HeaderValue) {
    (SET_COOKIE, cookies.set(NAME, "", 0))
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;
    use url::Url;

    use super::*;

    #[test]
    fn the_next_page_finds_what_was_left() {
        let cookies = Cookies::new(&Url::parse("http://localhost").unwrap());
        let (_, value) = leave(cookies, &banner(Tone::Ok, "Reconnected.", "3 data sources; “Äpfel”"));
        let pair = value.to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, pair.parse().unwrap());
        let found = find(&headers).unwrap();
        assert_eq!((found.tone, found.text.as_str()), (Tone::Ok, "3 data sources; “Äpfel”"));
    }
}
