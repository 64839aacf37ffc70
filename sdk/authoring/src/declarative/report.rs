//! Shows mistakes as a compiler does: file, line, column, what is wrong, and how to mend it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anyhow::{Error, anyhow};
use relink_declarative::Mistake;

use super::span;

/// A file and what stands in it.
pub(crate) struct Source<'a> {
    pub(crate) path: String,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// The file is no TOML, or a value in it cannot be what it should.
    pub(crate) fn unreadable(&self, error: &toml::de::Error) -> Error {
        match error.span() {
            Some(span) => anyhow!(self.shown(error.message(), None, span)),
            None => anyhow!("{}: {}", self.path, error.message()),
        }
    }

    /// The parts of the file do not fit together.
    pub(crate) fn contradictions(&self, mistakes: &[Mistake]) -> String {
        let shown = mistakes.iter().map(|mistake| {
            let span = span::find(self.text, &mistake.place);
            self.shown(&mistake.what, Some(&mistake.fix), span)
        });
        shown.collect::<Vec<_>>().join("\n\n")
    }

    /// A mistake under the line in which it stands.
    pub(crate) fn shown(&self, what: &str, fix: Option<&str>, span: Range<usize>) -> String {
        let path = self.path.trim_start_matches("./");
        let place = Snippet::source(self.text).path(path).annotation(AnnotationKind::Primary.span(span));
        let mut group = Level::ERROR.no_name().primary_title(what).element(place);
        if let Some(fix) = fix {
            group = group.element(Level::HELP.with_name("fix").message(fix));
        }
        Renderer::plain().render(&[group])
    }
}
