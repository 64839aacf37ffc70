//! Messages of providers: entering their addresses, and posting them by hand to try what must not pass.

use relink_simulator::{Letter, Provider, Webhook};
use url::Url;

use crate::browser::Browser;
use crate::host::{CLIENT_ID, CLIENT_SECRET, TestHost};
use crate::page::Page;
use crate::person::Person;

impl TestHost {
    /// Enters the address that the plugin's page shows `person` at the provider; gives the address.
    pub async fn register_webhook(&self, provider: Provider, person: &Person) -> Url {
        let address = webhook_address(person, provider).await;
        self.register_webhook_for(provider, &address, CLIENT_ID);
        address
    }

    /// Lets the provider tell another app, but at this address.
    pub fn register_webhook_for(&self, provider: Provider, address: &Url, client_id: &str) {
        let webhook =
            Webhook { url: address.to_string(), client_id: client_id.to_owned(), secret: CLIENT_SECRET.to_owned() };
        self.simulator.set_webhook(provider, webhook);
    }
}

/// The address for messages, as the page of the provider's plugin shows it to `person`.
pub async fn webhook_address(person: &Person, provider: Provider) -> Url {
    let page = person.visit(&format!("/plugins/{}", provider.as_str())).await;
    let addresses = page.texts_of("[data-webhook] code");
    let address = addresses.first().expect("the page shows the address");
    address.parse().expect("it is a URL")
}

/// Posts a letter as it is; gives the answer.
pub async fn post(letter: &Letter) -> Page {
    post_to(&letter.url.parse().expect("a letter has a URL"), letter).await
}

/// Posts a letter to another address.
pub async fn post_to(address: &Url, letter: &Letter) -> Page {
    let browser = Browser::new();
    let mut request = browser.http.post(address.clone());
    for (name, value) in &letter.headers {
        request = request.header(*name, value);
    }
    browser.send(request.body(letter.body.clone())).await
}
