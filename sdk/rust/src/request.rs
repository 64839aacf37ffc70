//! Building requests: each method takes the request and gives it back changed.

use form_urlencoded::Serializer;
use serde_json::Value;

use crate::{Delivery, Field, Request};

/// The name of the credential use that a request takes unless it says otherwise.
pub const DEFAULT_CREDENTIAL: &str = "default";

/// The largest body that is taken whole unless the request says otherwise.
const DEFAULT_MAX_BYTES: u32 = 4 * 1024 * 1024;

impl Request {
    /// Starts a GET request.
    ///
    /// ```
    /// use relink_sdk::Request;
    ///
    /// let request = Request::get("https://api.acme.example/v1/deals").query("limit", 100);
    /// assert_eq!(request.url, "https://api.acme.example/v1/deals?limit=100");
    /// assert_eq!(request.credential.as_deref(), Some("default"));
    /// ```
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url.into(), true)
    }

    /// Starts a POST request, which the host does not send twice unless it is
    /// [`repeatable`](Request::repeatable).
    ///
    /// ```
    /// use relink_sdk::Request;
    /// use serde_json::json;
    ///
    /// let search = Request::post("https://api.acme.example/v1/search")
    ///     .json(&json!({ "page_size": 200 }))
    ///     .repeatable();
    /// assert!(search.idempotent);
    /// ```
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url.into(), false)
    }

    fn new(method: &str, url: String, idempotent: bool) -> Self {
        Self {
            method: method.to_owned(),
            url,
            headers: Vec::new(),
            body: None,
            credential: Some(DEFAULT_CREDENTIAL.to_owned()),
            deliver: Delivery::Whole(DEFAULT_MAX_BYTES),
            timeout_ms: None,
            idempotent,
        }
    }

    /// Sets a parameter of the query, in place of one of the same name.
    ///
    /// ```
    /// let request = relink_sdk::Request::get("https://acme.example/?page=1").query("page", 2);
    /// assert_eq!(request.url, "https://acme.example/?page=2");
    /// ```
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        let (address, old_query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let mut query = Serializer::new(String::new());
        query.extend_pairs(form_urlencoded::parse(old_query.as_bytes()).filter(|(n, _)| n != name));
        query.append_pair(name, &value.to_string());
        self.url = format!("{address}?{}", query.finish());
        self
    }

    /// Adds a header.
    ///
    /// ```
    /// let request = relink_sdk::Request::get("https://acme.example/").header("accept", "text/csv");
    /// assert_eq!(request.headers[0].value, "text/csv");
    /// ```
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(Field { name: name.to_owned(), value: value.into() });
        self
    }

    /// Sends a JSON document.
    ///
    /// ```
    /// let request = relink_sdk::Request::post("https://acme.example/").json(&serde_json::json!([1]));
    /// assert_eq!(request.body.as_deref(), Some(b"[1]".as_slice()));
    /// ```
    pub fn json(self, document: &Value) -> Self {
        self.body("application/json", document.to_string().into_bytes())
    }

    /// Sends the fields of a form.
    ///
    /// ```
    /// let request = relink_sdk::Request::post("https://acme.example/").form(&[("q", "a b")]);
    /// assert_eq!(request.body.as_deref(), Some(b"q=a+b".as_slice()));
    /// ```
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", form.into_bytes())
    }

    /// Sends these bytes.
    ///
    /// ```
    /// let request = relink_sdk::Request::post("https://acme.example/").body("text/plain", b"hi");
    /// assert_eq!(request.headers[0].name, "content-type");
    /// ```
    pub fn body(mut self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.headers.retain(|header| !header.name.eq_ignore_ascii_case("content-type"));
        self.body = Some(bytes.into());
        self.header("content-type", content_type)
    }

    /// Uses another of the credential uses that the descriptor declares.
    ///
    /// ```
    /// let request = relink_sdk::Request::get("https://acme.example/").credential("signed");
    /// assert_eq!(request.credential.as_deref(), Some("signed"));
    /// ```
    pub fn credential(mut self, name: &str) -> Self {
        self.credential = Some(name.to_owned());
        self
    }

    /// Sends nothing secret, as for a download whose address is the secret.
    ///
    /// ```
    /// let request = relink_sdk::Request::get("https://files.example/x").without_credential();
    /// assert_eq!(request.credential, None);
    /// ```
    pub fn without_credential(mut self) -> Self {
        self.credential = None;
        self
    }

    /// Says that sending it twice does no harm, as for a search that happens to be a POST.
    ///
    /// ```
    /// assert!(relink_sdk::Request::post("https://acme.example/").repeatable().idempotent);
    /// ```
    pub fn repeatable(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Takes an answer of at most so many bytes (4 MiB otherwise).
    ///
    /// ```
    /// use relink_sdk::{Delivery, Request};
    ///
    /// let request = Request::get("https://acme.example/").max_bytes(1024);
    /// assert_eq!(request.deliver, Delivery::Whole(1024));
    /// ```
    pub fn max_bytes(mut self, bytes: u32) -> Self {
        self.deliver = Delivery::Whole(bytes);
        self
    }

    /// Sets a value inside the JSON document that the request sends.
    pub(crate) fn body_value(self, pointer: &str, value: Value) -> Self {
        let mut document = self.body.as_deref().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
        crate::decode::set(&mut document, pointer, value);
        self.json(&document)
    }
}
