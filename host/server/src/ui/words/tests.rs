use super::*;

const CASE: Case = Case {
    reason: Reason::InvalidRefreshToken,
    cause: None,
    actor: Actor::ConnectingUser,
    remedy: Remedy::Reauthorize,
    provider: "Google Ads",
    login: "ana@northside.example",
    account: None,
    authorized_by: Some("Ana Diaz"),
    opened_on: "Nov 18",
    data_until: Some("Nov 17"),
    message: "",
    reauthorize_days: None,
    uses_key: false,
};

#[test]
fn every_reason_has_all_four_parts_and_each_is_short() {
    for &reason in Reason::ALL {
        for &remedy in Remedy::ALL {
            let words = Words::of(&Case { reason, remedy, ..CASE });
            for text in [&words.title, &words.happened, &words.who, &words.todo, &words.data] {
                let count = text.split_whitespace().count();
                assert!((2..=25).contains(&count), "{reason:?} {remedy:?}: {text}");
            }
            let title = words.title.to_lowercase();
            for word in ["token", "invalid", "error", "sorry", "please"] {
                assert!(!title.contains(word), "{reason:?}: {title}");
            }
        }
    }
}

#[test]
fn an_expired_permission_names_the_days_of_the_provider() {
    let case = Case { reason: Reason::ExpiredToken, provider: "LinkedIn", reauthorize_days: Some(60), ..CASE };
    assert!(Words::of(&case).happened.contains("every 60 days"));
}

#[test]
fn nothing_is_guessed_where_the_cause_is_known() {
    let refused = Case { reason: Reason::InvalidCredentials, ..CASE };
    assert!(Words::of(&refused).happened.contains("probably"));
    let words = Words::of(&Case { cause: Some("revoked-by-user"), ..refused });
    assert!(words.happened.ends_with("removed our access in the account's security settings."), "{}", words.happened);
    assert_eq!(words.short, "Access was withdrawn");
}

#[test]
fn a_lapsed_subscription_asks_for_no_new_key() {
    let case = Case {
        reason: Reason::ProviderSpecific,
        actor: Actor::AccountAdmin,
        remedy: Remedy::FixBilling,
        provider: "Ahrefs",
        message: "Ahrefs gives data only on an active plan",
        uses_key: true,
        ..CASE
    };
    let words = Words::of(&case);
    assert_eq!(words.happened, "Ahrefs gives data only on an active plan.");
    assert_eq!(words.who, "The billing owner at Ahrefs can fix this.");
    assert!(words.todo.ends_with("The key stays the same."));
}

#[test]
fn a_known_cause_is_said_instead_of_a_list() {
    let guess = Words::of(&CASE);
    let known = Words::of(&Case { cause: Some("account-suspended"), ..CASE });
    assert!(guess.causes.len() > 3);
    assert_eq!(known.causes.len(), 1);
    assert!(known.todo.starts_with("Recover the account"), "{}", known.todo);
    let crowded = Words::of(&Case { cause: Some("too-many-grants"), ..CASE });
    assert!(crowded.todo.starts_with("Remove a connection"), "{}", crowded.todo);
}

#[test]
fn what_is_not_known_is_not_invented() {
    let words = Words::of(&Case { reason: Reason::Unknown, ..CASE });
    assert!(words.happened.ends_with("did not say why."));
    assert!(words.todo.starts_with("Reconnect"));
}
