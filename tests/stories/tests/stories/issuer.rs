//! A provider that says in its answers which one it is (RFC 9207) is held to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use relink_stories::{Agency, Database, Page, story};
use tokio::net::TcpListener;
use url::Url;

const ISSUER: &str = "https://login.oidc.example";

story!(an_answer_that_another_provider_may_have_given_is_not_exchanged);
async fn an_answer_that_another_provider_may_have_given_is_not_exchanged(database: Database) {
    let provider = Silent::listen().await;
    let agency = Agency::start_with(database, |config| {
        config.plugins.insert("oidc".to_owned(), config.plugins["google"].clone());
        config.egress.routes.insert("login.oidc.example".to_owned(), provider.url.clone());
    })
    .await;
    for other in [None, Some(""), Some("https://login.evil.example"), Some("https://login.oidc.example/")] {
        let answer = come_back(&agency, "code", other).await;
        assert_eq!(answer.status, 400, "{other:?}: {}", answer.text());
        assert!(answer.text().contains("This answer is not from OpenID Connect"), "{other:?}: {}", answer.text());
        assert!(answer.text().contains("nothing was sent on"), "{other:?}: {}", answer.text());
    }
    let refusal = come_back(&agency, "error", None).await;
    assert!(refusal.text().contains("This answer is not from OpenID Connect"), "{}", refusal.text());
    assert_eq!(provider.asked(), 0, "a code was exchanged that another provider may have given");

    let answer = come_back(&agency, "code", Some(ISSUER)).await;
    assert!(!answer.text().contains("is not from"), "{}", answer.text());
    assert_eq!(provider.asked(), 1, "the answer of the provider itself is exchanged");
}

/// Begins to sign in, and comes back at once with an answer that says that it is of `issuer`.
async fn come_back(agency: &Agency, parameter: &str, issuer: Option<&str>) -> Page {
    let page = agency.owner.visit("/connect?plugin=oidc").await;
    let form = page.press("form[action='/connect'] button[value=oauth]").set("setting.tenant", "login");
    let to_provider = agency.owner.submit(&form).await.location();
    let sent = |wanted: &str| to_provider.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
    let mut callback = Url::parse(&sent("redirect_uri")).unwrap();
    callback.query_pairs_mut().append_pair("state", &sent("state")).append_pair(parameter, "some-text");
    if let Some(issuer) = issuer {
        callback.query_pairs_mut().append_pair("iss", issuer);
    }
    agency.owner.browser.get(&callback).await
}

/// A provider that hangs up on everybody, and counts them.
struct Silent {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Silent {
    async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}
