//! The items of one array inside a JSON document, without holding the document.

mod path;

use relink_core::plugin::{TransportFailure, TransportKind};

use super::batch::Batch;
use crate::failure::failure;
use path::{PathScanner, Step};

/// Finds the array at a JSON pointer and gives out its items as they were written.
///
/// If the document has no such array, it is given out itself, as far as one chunk goes: it most
/// likely is an error in an answer with status 200, and the plugin must see it.
pub(super) struct JsonItems {
    state: State,
}

enum State {
    /// Looks for the array, and keeps the start of the document in case there is none.
    Searching {
        path: PathScanner,
        start: Vec<u8>,
    },
    Items(Item),
    /// There is no such array.
    Absent {
        start: Vec<u8>,
    },
    Done,
}

impl JsonItems {
    pub(super) fn new(pointer: &str) -> Self {
        Self { state: State::Searching { path: PathScanner::new(pointer), start: Vec::new() } }
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    pub(super) fn push(&mut self, input: &[u8], batch: &mut Batch) -> Result<(), TransportFailure> {
        for (index, byte) in input.iter().enumerate() {
            match &mut self.state {
                State::Searching { path, start } => match path.step(*byte) {
                    Step::Searching => keep(start, *byte, batch),
                    Step::Found => {
                        batch.set_json_array();
                        self.state = State::Items(Item::default());
                    }
                    Step::Absent => {
                        keep(start, *byte, batch);
                        self.state = State::Absent { start: std::mem::take(start) };
                    }
                },
                State::Items(item) => {
                    if item.step(*byte, batch)? == After::Array {
                        batch.add_empty();
                        self.state = State::Done;
                    }
                }
                State::Absent { start } => {
                    let room = batch.max_bytes() - start.len();
                    start.extend(input[index..].iter().take(room));
                    return Ok(());
                }
                State::Done => return Ok(()),
            }
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, batch: &mut Batch) -> Result<(), TransportFailure> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Searching { start, .. } | State::Absent { start } => batch.add(&start),
            State::Items(_) => Err(failure(TransportKind::Reset, "the answer ended inside its list")),
            State::Done => Ok(()),
        }
    }
}

fn keep(start: &mut Vec<u8>, byte: u8, batch: &Batch) {
    if start.len() < batch.max_bytes() {
        start.push(byte);
    }
}

/// One item of the array while it comes in.
#[derive(Default)]
struct Item {
    bytes: Vec<u8>,
    depth: usize,
    text: Text,
}

#[derive(PartialEq, Eq)]
enum After {
    Byte,
    Array,
}

impl Item {
    fn step(&mut self, byte: u8, batch: &mut Batch) -> Result<After, TransportFailure> {
        let in_text = self.text.step(byte);
        if self.depth == 0 && !in_text {
            match byte {
                b',' => return self.complete(batch).map(|()| After::Byte),
                b']' => return self.complete(batch).map(|()| After::Array),
                b' ' | b'\t' | b'\r' | b'\n' => return Ok(After::Byte),
                _ => {}
            }
        }
        match byte {
            b'{' | b'[' if !in_text => self.depth += 1,
            b'}' | b']' if !in_text => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.bytes.push(byte);
        batch.check_record(self.bytes.len())?;
        Ok(After::Byte)
    }

    fn complete(&mut self, batch: &mut Batch) -> Result<(), TransportFailure> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        batch.add(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

/// Whether the scanner is inside a JSON string.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Outside,
    Inside,
    AfterBackslash,
}

impl Text {
    /// Whether `byte` belongs to a string, its quotes included.
    fn step(&mut self, byte: u8) -> bool {
        let before = *self;
        *self = match (before, byte) {
            (Self::Outside, b'"') => Self::Inside,
            (Self::Inside, b'"') | (Self::Outside, _) => Self::Outside,
            (Self::Inside, b'\\') => Self::AfterBackslash,
            (Self::Inside | Self::AfterBackslash, _) => Self::Inside,
        };
        before != Self::Outside || *self != Self::Outside
    }
}
