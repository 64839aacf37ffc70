//! `/settings`: people and API tokens.

use askama::Template;

use crate::ui::icon;
use crate::ui::views::shell::Shell;
use crate::ui::when::When;

#[derive(Template)]
#[template(path = "settings.html")]
pub(crate) struct Settings {
    pub(crate) shell: Shell,
    pub(crate) people: Vec<PersonRow>,
    pub(crate) tokens: Vec<TokenRow>,
    /// The token that was just made: shown once, never again.
    pub(crate) new_token: Option<String>,
    pub(crate) token_name: String,
    pub(crate) token_error: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct PersonRow {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    /// "All clients", or the names of those that the person may see.
    pub(crate) clients: String,
    pub(crate) is_active: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct TokenRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) created_at: When,
    pub(crate) last_used_at: Option<When>,
}
