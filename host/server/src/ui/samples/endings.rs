//! Every way in which a reconnection can fail.

use super::parts::{CSRF, SUPPORT, ago, google};
use super::{Sample, sample};
use crate::ui::views::reconnection::{Ending, Reconnection, Retry};

pub(super) fn endings() -> Vec<Sample> {
    let (expected, got) = ("ana@northside.example".to_owned(), "tom@gmail.example".to_owned());
    let boxes = vec!["See your campaigns and their results".to_owned()];
    let refused = "Google Ads says that this app is blocked by the admin of northside.example.".to_owned();
    let foreign = "Google says in each answer that it is its own, and this one does not.".to_owned();
    [
        ("reconnection-cancelled", Ending::Cancelled),
        ("reconnection-unknown", Ending::UnknownLink),
        ("reconnection-too-late", Ending::TooLate),
        ("reconnection-used", Ending::AlreadyUsed),
        ("reconnection-other-session", Ending::OtherSession),
        ("reconnection-foreign-issuer", Ending::ForeignIssuer { message: foreign }),
        ("reconnection-wrong-account", Ending::WrongAccount { expected, got }),
        ("reconnection-missing-permission", Ending::MissingPermission { boxes }),
        (
            "reconnection-no-access",
            Ending::StillNoAccess { message: "The login sees none of the accounts.".to_owned() },
        ),
        ("reconnection-refused", Ending::ProviderError { message: refused, code: "google.admin-policy".to_owned() }),
        ("reconnection-unreachable", Ending::ProviderUnreachable),
        ("reconnection-already", Ending::AlreadyHealed { by: Some("Ana Diaz".to_owned()), at: ago(2) }),
    ]
    .into_iter()
    .map(|(name, ending)| {
        let retry = Retry {
            csrf: CSRF.to_owned(),
            authorization_id: "auth_1".to_owned(),
            return_to: "/connections/conn_1".to_owned(),
        };
        let page = Reconnection {
            provider: google(),
            retry: (name != "reconnection-unknown").then_some(retry),
            back_to: "/connections/conn_1".to_owned(),
            support_url: SUPPORT.to_owned(),
            attempt_id: Some("rec_01JD".to_owned()),
            ending,
        };
        sample(name, &page)
    })
    .collect()
}
