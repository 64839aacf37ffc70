//! A program that asks the API with a token: without cookies, and without what pages prove themselves with.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use url::Url;

use crate::browser::Browser;
use crate::page::Page;
use crate::person::{Person, join};

pub struct Program {
    http: Browser,
    base: Url,
    token: String,
}

impl Person {
    /// Makes a token, and hands it to a program that then acts for this person.
    pub async fn program(&self) -> Program {
        let made = self.post("/tokens", &json!({ "name": "deployment" })).await;
        let token = made["token"].as_str().expect("a token is shown when it is made").to_owned();
        Program { http: Browser::new(), base: self.base().clone(), token }
    }
}

impl Program {
    pub async fn api(&self, method: Method, path: &str) -> Page {
        self.http.send(self.request(method, path)).await
    }

    /// Sends a plugin, with the text of its signature if there is one; `path` may carry wishes in a query.
    pub async fn upload(&self, path: &str, component: Vec<u8>, signature: Option<&str>) -> Page {
        let request = self.request(Method::POST, path).header("content-type", "application/wasm").body(component);
        let encoded = signature.map(|signature| BASE64_STANDARD.encode(signature));
        let signed = encoded.iter().fold(request, |request, text| request.header("relink-signature", text));
        self.http.send(signed).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = join(&self.base, &format!("/api/v1{path}"));
        self.http.http.request(method, url).bearer_auth(&self.token)
    }
}
