//! Where a provider sends messages by itself, for the operator who enters it there.

#[derive(Clone, Debug)]
pub(crate) struct WebhookAddress {
    /// What the provider's console calls it.
    pub(crate) label: String,
    pub(crate) address: String,
    /// Where it is entered.
    pub(crate) help_url: Option<String>,
}
