//! What no single value shows: that the parts of a table fit together.
//!
//! Each mistake says where it is, so that the file's author is led to the line. What a host checks of every
//! plugin anyway, such as the form of an id, is left to it.

mod access;
mod addresses;
mod datasets;
mod errors;
mod requests;

use crate::plugin::Plugin;

/// A contradiction in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The way through the document to the value, or to the table that lacks one.
    pub place: Vec<Step>,
    pub what: String,
    pub fix: String,
}

/// One step into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(String),
    /// Of a list; the first member is 0. A table that stands in place of a list of one is its own first member.
    Index(usize),
}

impl Plugin {
    /// Finds all contradictions, in the order of the schema.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        access::check(self, &mut found);
        requests::check(self, &mut found);
        datasets::check(self, &mut found);
        errors::check(self, &mut found);
        found
    }
}

/// A place in the document, while checks descend into it.
#[derive(Clone, Debug, Default)]
struct Place(Vec<Step>);

impl Place {
    fn of(key: &str) -> Self {
        Self::default().key(key)
    }

    fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_owned()))
    }

    fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    fn step(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    fn mistake(&self, what: impl Into<String>, fix: impl Into<String>) -> Mistake {
        Mistake { place: self.0.clone(), what: what.into(), fix: fix.into() }
    }
}

/// The names that there are, for a person who took another.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() { "there is none".to_owned() } else { format!("there are: {}", names.join(", ")) }
}

#[cfg(test)]
mod tests;
