//! What a person does on a provider's own page.

use crate::browser::Browser;
use crate::page::Page;

/// An answer to "Allow this app to use your account?".
#[derive(Clone, Debug)]
pub enum Consent {
    /// Signs in as somebody and leaves the boxes ticked.
    Allow {
        login: String,
    },
    /// The same, with one box not ticked.
    AllowWithout {
        login: String,
        scope: String,
    },
    Cancel,
}

impl Consent {
    pub fn of(login: &str) -> Self {
        Self::Allow { login: login.to_owned() }
    }

    pub fn without(login: &str, scope: &str) -> Self {
        Self::AllowWithout { login: login.to_owned(), scope: scope.to_owned() }
    }

    /// Answers the page of the provider that `redirect` leads to; gives the way back to Relink.
    pub async fn give(&self, browser: &Browser, redirect: &Page) -> Page {
        let page = browser.get(&redirect.location()).await;
        let form = match self {
            Self::Allow { login } => page.press("#allow").set("login", login),
            Self::AllowWithout { login, scope } => page.press("#allow").set("login", login).untick("scope", scope),
            Self::Cancel => page.press("#cancel"),
        };
        browser.submit(&form).await
    }
}
