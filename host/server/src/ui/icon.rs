//! Icons of the sprite, as values that a template prints.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::ui::assets;

/// One symbol of `assets/icons.svg`. It is decoration: the word beside it carries the meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Icon(&'static str);

/// Prints the icon with this name of the sprite.
pub(crate) const fn of(name: &'static str) -> Icon {
    Icon(name)
}

impl HtmlSafe for Icon {}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sprite = assets::url("icons.svg");
        write!(f, r#"<svg class="icon" aria-hidden="true"><use href="{sprite}#{}"/></svg>"#, self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_points_into_the_sprite() {
        let html = of("bell").to_string();
        assert!(html.contains("/icons.svg#bell"), "{html}");
    }
}
