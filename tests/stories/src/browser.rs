//! A browser without a screen: it keeps cookies, follows redirects only when told to, and sends forms
//! with the headers that browsers send.

use std::sync::Once;
use std::time::Duration;

use reqwest::header::ORIGIN;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use url::Url;

use crate::page::{Form, Page};

/// Redirects in a row before it is taken for a loop.
const MOST_REDIRECTS: usize = 10;
/// Longer than any answer takes, even on a machine that is busy with other things.
const TIMEOUT: Duration = Duration::from_secs(50);

pub struct Browser {
    pub(crate) http: Client,
}

impl Browser {
    /// A browser that nobody has used yet.
    pub fn new() -> Self {
        static CRYPTO: Once = Once::new();
        // The client is built without a provider of its own; if there is one already, it serves.
        CRYPTO.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let client = Client::builder().cookie_store(true).redirect(Policy::none()).no_proxy().timeout(TIMEOUT);
        Self { http: client.build().expect("the client needs nothing from outside") }
    }

    pub async fn get(&self, url: &Url) -> Page {
        self.send(self.http.get(url.clone())).await
    }

    /// Sends a form of the page that it leads to; browsers say which website it was on.
    pub async fn submit(&self, form: &Form) -> Page {
        self.submit_from(form, &form.action.origin().ascii_serialization()).await
    }

    /// Sends a form that is on a page of the website `origin`.
    pub async fn submit_from(&self, form: &Form, origin: &str) -> Page {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&form.fields);
        let request = self
            .http
            .post(form.action.clone())
            .header(ORIGIN, origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.finish());
        self.send(request).await
    }

    /// Goes where an answer leads, until it leads nowhere else.
    pub async fn follow(&self, mut page: Page) -> Page {
        for _ in 0..MOST_REDIRECTS {
            if !page.is_redirect() {
                return page;
            }
            page = self.get(&page.location()).await;
        }
        panic!("{} redirects for ever", page.url);
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Page {
        let response = request.send().await.expect("the server answers");
        let (url, status) = (response.url().clone(), response.status().as_u16());
        let headers = response.headers().clone();
        let body = response.text().await.expect("the answer arrives whole");
        Page { url, status, headers, body }
    }
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}
