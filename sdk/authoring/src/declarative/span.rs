//! Finds the bytes of a file that a mistake is about.

use std::ops::Range;

use relink_declarative::Step;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The value at a place. Where there is none, the innermost table on the way that is there; and of a table its
/// name, since a whole table under a line would underline half the file.
pub(super) fn find(text: &str, place: &[Step]) -> Range<usize> {
    let Ok(document) = DeTable::parse(text) else { return 0..0 };
    let Some((Step::Key(first), rest)) = place.split_first() else { return 0..0 };
    let Some((name, mut value)) = member(document.get_ref(), first) else { return 0..0 };
    let mut span = span_of(name, value);
    for step in rest {
        let inner = match (step, value.get_ref()) {
            (Step::Key(key), DeValue::Table(table)) => {
                member(table, key).map(|(name, inner)| (span_of(name, inner), inner))
            }
            (Step::Index(index), DeValue::Array(list)) => list.get(*index).map(|inner| (inner.span(), inner)),
            // One value that stands in place of a list.
            (Step::Index(0), _) => continue,
            _ => None,
        };
        let Some((inner_span, inner)) = inner else { break };
        (span, value) = (inner_span, inner);
    }
    span
}

type Name<'a> = Spanned<std::borrow::Cow<'a, str>>;

fn member<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<(&'t Name<'i>, &'t Spanned<DeValue<'i>>)> {
    table.iter().find(|(name, _)| name.get_ref() == key)
}

fn span_of(name: &Name<'_>, value: &Spanned<DeValue<'_>>) -> Range<usize> {
    match value.get_ref() {
        DeValue::Table(_) => name.span(),
        DeValue::Array(list) if list.iter().any(|item| item.get_ref().is_table()) => name.span(),
        _ => value.span(),
    }
}
