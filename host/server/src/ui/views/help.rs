//! `/help/reasons/{code}`: what a reason means and how to resolve it.

use askama::Template;

use crate::ui::icon;
use crate::ui::views::shell::Shell;
use crate::ui::words::help::ReasonHelp;

#[derive(Template)]
#[template(path = "help_reason.html")]
pub(crate) struct HelpReason {
    pub(crate) shell: Shell,
    pub(crate) help: &'static ReasonHelp,
    /// The other reasons: code and title.
    pub(crate) others: Vec<(&'static str, &'static str)>,
}
