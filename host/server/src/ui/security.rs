//! The headers that keep a page from doing what we did not write.

/// The content security policy of every page.
///
/// `form_targets` are the origins that "Reconnect" may lead to: browsers apply `form-action` to the
/// redirect that answers the form as well, so the providers must be named.
pub(crate) fn content_security_policy(form_targets: &[String]) -> String {
    let mut policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
        connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
        .to_owned();
    for target in form_targets {
        policy.push(' ');
        policy.push_str(target);
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_providers_may_receive_a_form() {
        let policy = content_security_policy(&["https://accounts.google.com".to_owned()]);
        assert!(policy.starts_with("default-src 'none'"));
        assert!(policy.ends_with("form-action 'self' https://accounts.google.com"), "{policy}");
    }
}
