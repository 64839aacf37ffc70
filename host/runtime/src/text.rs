//! Texts that a plugin wrote, made safe to show.
//!
//! A plugin's words end up in terminals, logs, pages and e-mails. Control characters could forge a
//! log line or move a cursor, and bidirectional overrides could make a host name read backwards.

/// One line of at most `limit` characters, without control and bidi characters.
///
/// White space of any kind becomes a single space; what is cut off is marked with an ellipsis.
pub(crate) fn line(raw: &str, limit: usize) -> String {
    let mut cleaned = String::with_capacity(raw.len().min(4 * limit));
    let mut length = 0;
    let mut is_between_words = false;
    for c in raw.chars() {
        if c.is_whitespace() || c.is_control() {
            is_between_words = length > 0;
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        if std::mem::take(&mut is_between_words) {
            cleaned.push(' ');
            length += 1;
        }
        cleaned.push(c);
        length += 1;
        if length > limit {
            return cleaned.chars().take(limit.saturating_sub(1)).chain(['…']).collect();
        }
    }
    cleaned
}

/// Whether a text would come out of [`line`] as it went in: what an identifier must satisfy, since
/// cleaning could make two of them equal.
pub(crate) fn is_clean(text: &str, limit: usize) -> bool {
    text.chars().count() <= limit && !text.chars().any(|c| c.is_control() || is_invisible(c))
}

/// Characters that change how others are shown, or that show nothing at all.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{061C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_one_visible_line() {
        let cases = [
            ("Your key was deleted.", "Your key was deleted."),
            ("  two\r\nlines\tand more ", "two lines and more"),
            ("\u{1b}[31mred\u{1b}[0m", "[31mred [0m"),
            ("moc.\u{202e}elgoog", "moc.elgoog"),
            ("nul\0byte", "nul byte"),
            ("zero\u{200b}width", "zerowidth"),
            ("", ""),
        ];
        for (raw, expected) in cases {
            assert_eq!(line(raw, 100), expected);
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(line("ääää", 3), "ää…");
        assert_eq!(line(&"x".repeat(1_000_000), 10).chars().count(), 10);
    }

    #[test]
    fn identifiers_are_judged_and_not_changed() {
        assert!(is_clean("act_123/Ümlaut 5", 20));
        for dirty in ["a\nb", "a\u{202e}b", "a\0", "twenty-one characters"] {
            assert!(!is_clean(dirty, 20), "{dirty:?}");
        }
    }
}
