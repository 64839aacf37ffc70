//! Shapes that providers give to their secrets, so that people and tools recognize them.

/// How a secret begins, and how much of it follows at least.
struct Shape {
    what: &'static str,
    prefix: &'static str,
    at_least: usize,
}

const fn shape(prefix: &'static str, at_least: usize, what: &'static str) -> Shape {
    Shape { what, prefix, at_least }
}

const SHAPES: [Shape; 20] = [
    shape("-----BEGIN PRIVATE KEY-----", 0, "a private key"),
    shape("-----BEGIN RSA PRIVATE KEY-----", 0, "a private key"),
    shape("AIza", 35, "a key of Google"),
    shape("AKIA", 16, "a key of AWS"),
    shape("EAA", 80, "an access token of Meta"),
    shape("GOCSPX-", 20, "a client secret of Google"),
    shape("SG.", 40, "a key of SendGrid"),
    shape("eyJ", 100, "a JSON Web Token"),
    shape("ghp_", 36, "a token of GitHub"),
    shape("gho_", 36, "a token of GitHub"),
    shape("ghs_", 36, "a token of GitHub"),
    shape("github_pat_", 40, "a token of GitHub"),
    shape("glpat-", 20, "a token of GitLab"),
    shape("pat-na1-", 32, "a token of HubSpot"),
    shape("rk_live_", 16, "a key of Stripe"),
    shape("shpat_", 32, "a token of Shopify"),
    shape("sk_live_", 16, "a key of Stripe"),
    shape("xoxb-", 20, "a token of Slack"),
    shape("xoxp-", 20, "a token of Slack"),
    shape("ya29.", 30, "an access token of Google"),
];

/// Says what secret a line seems to hold.
pub(super) fn recognize(line: &str) -> Option<&'static str> {
    SHAPES.iter().find(|shape| shape.is_in(line)).map(|shape| shape.what)
}

impl Shape {
    fn is_in(&self, line: &str) -> bool {
        line.match_indices(self.prefix).any(|(start, prefix)| {
            let begins_a_word = !line[..start].ends_with(|before: char| before.is_ascii_alphanumeric());
            begins_a_word && self.is_followed_by(&line[start + prefix.len()..])
        })
    }

    /// What is random has figures and letters in it; a row of stars or of one letter is an example.
    fn is_followed_by(&self, rest: &str) -> bool {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.'));
        let rest = &rest[..end.unwrap_or(rest.len())];
        let is_random = rest.contains(|c: char| c.is_ascii_digit()) && rest.contains(|c: char| c.is_ascii_alphabetic());
        self.at_least == 0 || (rest.len() >= self.at_least && is_random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_recognized_by_their_shape() {
        // Put together here, so that no scanner takes this file for a leak.
        let stripe = format!(r#"{{ "message": "Invalid key: {}{}" }}"#, "sk_live_", "51H8xYz2Ab3Cd4Ef5");
        assert_eq!(recognize(&stripe), Some("a key of Stripe"));
        assert_eq!(recognize("-----BEGIN PRIVATE KEY-----\\nMII"), Some("a private key"));
    }

    #[test]
    fn examples_and_ordinary_words_are_not() {
        for line in [
            "rk_live_********abcd",
            "sk_live_example",
            "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
            "task_live_51H8xYz2Ab3Cd4Ef5",
        ] {
            assert_eq!(recognize(line), None, "{line}");
        }
    }
}
