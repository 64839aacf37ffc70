//! An answer of a server, and the forms in it, filled as a browser fills them.

use reqwest::header::{HeaderMap, LOCATION};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use url::Url;

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Page {
    pub url: Url,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

/// A form with the values that it would be sent with.
#[derive(Clone, Debug)]
pub struct Form {
    pub(crate) action: Url,
    pub(crate) fields: Vec<(String, String)>,
}

impl Page {
    /// Where the answer sends the browser to.
    #[track_caller]
    pub fn location(&self) -> Url {
        let value = self.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let value = value.unwrap_or_else(|| panic!("{} is no redirect: {} {}", self.url, self.status, self.body));
        self.url.join(value).expect("a redirect leads to a URL")
    }

    pub fn is_redirect(&self) -> bool {
        self.headers.contains_key(LOCATION)
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{}: {error}: {}", self.url, self.body))
    }

    /// The words of the page without its markup, with single spaces.
    pub fn text(&self) -> String {
        self.text_of("main").unwrap_or_default()
    }

    /// The words of the first element that `selector` names.
    pub fn text_of(&self, selector: &str) -> Option<String> {
        self.texts_of(selector).into_iter().next()
    }

    /// The words of every element that `selector` names.
    pub fn texts_of(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        html.select(&parse(selector)).map(words).collect()
    }

    /// Whether there is an element that `selector` names.
    pub fn has(&self, selector: &str) -> bool {
        Html::parse_document(&self.body).select(&parse(selector)).next().is_some()
    }

    /// An attribute of the first element that `selector` names.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let html = Html::parse_document(&self.body);
        html.select(&parse(selector)).next()?.attr(name).map(str::to_owned)
    }

    /// The first form that `selector` names, as it stands.
    #[track_caller]
    pub fn form(&self, selector: &str) -> Form {
        let html = Html::parse_document(&self.body);
        let form = html.select(&parse(selector)).next();
        let form = form.unwrap_or_else(|| panic!("{} ({}) has no {selector}: {}", self.url, self.status, self.text()));
        self.filled(form)
    }

    /// The form that the first button that `selector` names would send, with the button's own value.
    #[track_caller]
    pub fn press(&self, selector: &str) -> Form {
        let html = Html::parse_document(&self.body);
        let button = html.select(&parse(selector)).next();
        let button =
            button.unwrap_or_else(|| panic!("{} ({}) has no {selector}: {}", self.url, self.status, self.text()));
        let form = match button.attr("form") {
            Some(id) => html.select(&parse(&format!("form#{id}"))).next(),
            None => button.ancestors().filter_map(ElementRef::wrap).find(|element| element.value().name() == "form"),
        };
        let mut filled = self.filled(form.unwrap_or_else(|| panic!("{selector} belongs to no form")));
        if let Some(action) = button.attr("formaction") {
            filled.action = self.url.join(action).expect("a form leads to a URL");
        }
        if let Some(name) = button.attr("name") {
            filled.fields.push((name.to_owned(), button.attr("value").unwrap_or_default().to_owned()));
        }
        filled
    }

    fn filled(&self, form: ElementRef<'_>) -> Form {
        let action = form.attr("action").unwrap_or_default();
        // A form without an action goes to the page's own address, query included.
        let action = if action.is_empty() { Ok(self.url.clone()) } else { self.url.join(action) };
        let (inputs, selects) = (parse("input[name]"), parse("select[name]"));
        let sent = form.select(&inputs).filter(|input| is_sent(*input));
        let mut fields: Vec<(String, String)> = sent.map(|input| pair(input, input)).collect();
        let (chosen, first) = (parse("option[selected]"), parse("option"));
        for select in form.select(&selects) {
            let option = select.select(&chosen).next().or_else(|| select.select(&first).next());
            fields.extend(option.map(|option| pair(select, option)));
        }
        Form { action: action.expect("a form leads to a URL"), fields }
    }
}

impl Form {
    /// Types or chooses a value in the place of what the field holds.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.add(name, value)
    }

    /// Ticks a box beside those that are ticked.
    #[must_use]
    pub fn add(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes the tick from a box.
    #[must_use]
    pub fn untick(mut self, name: &str, value: &str) -> Self {
        let before = self.fields.len();
        self.fields.retain(|(known, ticked)| known != name || ticked != value);
        assert!(self.fields.len() < before, "{name}={value} was not ticked");
        self
    }

    /// The same values for another address of the same server.
    #[must_use]
    pub fn to(mut self, path: &str) -> Self {
        self.action = self.action.join(path).expect("a path of the server makes a URL");
        self
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn parse(selector: &str) -> Selector {
    Selector::parse(selector).unwrap_or_else(|error| panic!("{selector} is no CSS selector: {error}"))
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_sent(input: ElementRef<'_>) -> bool {
    match input.attr("type") {
        Some("checkbox" | "radio") => input.attr("checked").is_some(),
        Some("submit" | "button") => false,
        _ => true,
    }
}

fn pair(named: ElementRef<'_>, valued: ElementRef<'_>) -> (String, String) {
    let value = valued.attr("value").unwrap_or_default();
    (named.attr("name").unwrap_or_default().to_owned(), value.to_owned())
}
