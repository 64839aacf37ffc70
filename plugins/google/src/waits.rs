//! How long Google wants to be left alone, where no header says it.

use relink_sdk::Failure;

/// What stands before a wait, in lower case: `google.rpc.RetryInfo` and the quota details of Google
/// Ads, texts of Google Ads, of Gmail ("Retry after" a moment) and of Google's error page.
const INTRODUCTIONS: [&str; 4] = ["\"retrydelay\":", "retry in ", "retry after ", "try again in "];

/// The wait that the body states, in milliseconds.
pub(crate) fn stated_ms(failure: &Failure) -> Option<u64> {
    let text = failure.text().to_ascii_lowercase();
    INTRODUCTIONS.iter().find_map(|introduction| {
        let (_, rest) = text.split_once(introduction)?;
        let word: String = rest
            .trim_start_matches([' ', '"'])
            .chars()
            .take_while(|character| character.is_ascii_alphanumeric() || "-:.+".contains(*character))
            .collect();
        // A moment may end the sentence too.
        as_retry_after(word.trim_end_matches('.'), failure)
    })
}

/// Seconds, `30s` and moments are read as if they stood in a `Retry-After` header.
fn as_retry_after(value: &str, failure: &Failure) -> Option<u64> {
    let mut as_header = Failure::new(failure.phase).answered(429, &[("retry-after", value)], "");
    as_header.now = failure.now;
    as_header.retry_after_ms()
}
