//! `/login` and `/welcome/{token}`: the pages before there is a session.

use askama::Template;

use crate::ui::icon;

#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct Login {
    pub(crate) csrf: String,
    /// What was typed before.
    pub(crate) email: String,
    pub(crate) return_to: String,
    /// "The e-mail address or the password does not match."
    pub(crate) error: Option<String>,
    /// Says why the person is here: "You have signed out."
    pub(crate) notice: Option<String>,
    pub(crate) support_url: String,
}

/// The first person of a workspace makes an account, with a link that works once.
#[derive(Template)]
#[template(path = "welcome.html")]
pub(crate) struct Welcome {
    pub(crate) csrf: String,
    pub(crate) token: String,
    pub(crate) workspace: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) name_error: Option<String>,
    pub(crate) email_error: Option<String>,
    pub(crate) password_error: Option<String>,
    pub(crate) password_min_length: usize,
    pub(crate) support_url: String,
}
