//! Somebody with an account in Relink, at a browser.

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::browser::Browser;
use crate::consent::Consent;
use crate::page::{Form, Page};

/// The header with which scripts prove that they run on a page of Relink.
const CSRF_HEADER: &str = "x-csrf-token";
/// Sets the fields of a form with files apart, as browsers make it up.
const BOUNDARY: &str = "----RelinkStoriesFormBoundary";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub struct Person {
    pub browser: Browser,
    pub email: String,
    base: Url,
    csrf: String,
}

impl Person {
    /// Opens the link for the first person and makes the owner's account.
    pub(crate) async fn create_owner(base: &Url, welcome: &Url, email: &str) -> Self {
        let browser = Browser::new();
        let page = browser.get(welcome).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let form = page.form("main form").set("name", "Olivia Stone").set("email", email).set("password", PASSWORD);
        let made = browser.submit(&form).await;
        assert!(made.is_redirect(), "{}", made.body);
        Self::at(browser, base, email).await
    }

    pub(crate) async fn sign_in(base: &Url, email: &str) -> Self {
        let browser = Browser::new();
        let page = browser.get(&join(base, "/login")).await;
        let signed_in = browser.submit(&page.form("main form").set("email", email).set("password", PASSWORD)).await;
        assert!(signed_in.is_redirect(), "{}", signed_in.body);
        Self::at(browser, base, email).await
    }

    async fn at(browser: Browser, base: &Url, email: &str) -> Self {
        let home = browser.get(&join(base, "/data-sources")).await;
        assert_eq!(home.status, 200, "{}", home.body);
        let csrf = home.form("form#act").value("csrf").expect("every page has the token").to_owned();
        Self { browser, email: email.to_owned(), base: base.clone(), csrf }
    }

    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// Looks at a page.
    pub async fn visit(&self, path: &str) -> Page {
        self.browser.get(&join(&self.base, path)).await
    }

    pub async fn submit(&self, form: &Form) -> Page {
        self.browser.submit(form).await
    }

    /// Presses a button and looks at what comes of it.
    pub async fn press(&self, page: &Page, button: &str) -> Page {
        let answer = self.submit(&page.press(button)).await;
        self.browser.follow(answer).await
    }

    /// Presses a button that leads to a provider, and answers there; gives Relink's own answer.
    pub async fn press_and_consent(&self, page: &Page, button: &str, consent: &Consent) -> Page {
        let to_provider = self.submit(&page.press(button)).await;
        let back = consent.give(&self.browser, &to_provider).await;
        self.browser.get(&back.location()).await
    }

    /// Presses "Reconnect" on the page of a data source, and answers at the provider.
    pub async fn reconnect(&self, connection_id: &str, consent: &Consent) -> Page {
        let page = self.visit(&format!("/connections/{connection_id}")).await;
        self.press_and_consent(&page, "main button[form=reconnect]", consent).await
    }

    /// Asks the API, as the scripts on the pages do.
    pub async fn api(&self, method: Method, path: &str, body: Option<&Value>) -> Page {
        let url = join(&self.base, &format!("/api/v1{path}"));
        let mut request = self.browser.http.request(method, url).header(CSRF_HEADER, &self.csrf);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.browser.send(request).await
    }

    /// Uploads a plugin.
    pub async fn upload(&self, component: Vec<u8>) -> Page {
        let url = join(&self.base, "/api/v1/plugins");
        let request = self.browser.http.post(url).header(CSRF_HEADER, &self.csrf);
        self.browser.send(request.header("content-type", "application/wasm").body(component)).await
    }

    /// Sends a form with the file that was chosen in it.
    pub async fn send_file(&self, form: &Form, component: Vec<u8>) -> Page {
        let mut body = Vec::new();
        for (name, value) in form.fields.iter().filter(|(name, _)| name == "csrf") {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = "Content-Disposition: form-data; name=\"component\"; filename=\"plugin.wasm\"";
        body.extend(format!("--{BOUNDARY}\r\n{head}\r\nContent-Type: application/wasm\r\n\r\n").into_bytes());
        body.extend(component);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        let request = self.browser.http.post(form.action.clone());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.browser.send(request.header("content-type", kind).body(body)).await
    }

    /// Asks the API with the cookie alone, as another website could make a browser do.
    pub async fn api_without_token(&self, method: Method, path: &str) -> Page {
        self.browser.send(self.browser.http.request(method, join(&self.base, &format!("/api/v1{path}")))).await
    }

    /// Reads something from the API that must be there.
    #[track_caller]
    pub fn read(&self, path: &str) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        async move {
            let answer = self.api(Method::GET, path, None).await;
            assert_eq!(answer.status, 200, "{place}: {path}: {}", answer.body);
            answer.json()
        }
    }

    /// Reads every item of a list, page by page.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.read(&format!("{path}{separator}limit=500{after}")).await;
            items.extend(page["items"].as_array().expect("lists have items").iter().cloned());
            let Some(next) = page["next"].as_str() else { return items };
            let escaped: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            after = format!("&after={escaped}");
        }
    }

    /// Makes something through the API that must succeed.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.api(Method::POST, path, Some(body)).await;
        assert!((200..300).contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// Does something to a connection that must succeed: check, pause, resume or stop.
    pub async fn control(&self, connection_id: &str, action: &str) {
        let answer = self.api(Method::POST, &format!("/connections/{connection_id}/{action}"), None).await;
        assert!((200..300).contains(&answer.status), "{action}: {} {}", answer.status, answer.body);
    }

    pub async fn connection(&self, id: &str) -> Value {
        self.read(&format!("/connections/{id}")).await
    }

    pub async fn open_incidents(&self) -> Vec<Value> {
        self.list("/incidents?open=true").await
    }

    pub async fn notices(&self) -> Vec<Value> {
        let notices = self.read("/notices").await;
        notices["items"].as_array().expect("notices have items").clone()
    }

    pub async fn records(&self, connection_id: &str, dataset: &str) -> Vec<Value> {
        self.list(&format!("/connections/{connection_id}/records?dataset={dataset}")).await
    }
}

pub(crate) fn join(base: &Url, path: &str) -> Url {
    base.join(path).expect("a path of the server makes a URL")
}
