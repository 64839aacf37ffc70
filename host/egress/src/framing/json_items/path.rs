//! Walks through a JSON document byte by byte to the array that a JSON pointer names.

use super::Text;

pub(super) struct PathScanner {
    /// The reference tokens of the pointer (RFC 6901), unescaped.
    tokens: Vec<String>,
    text: Text,
    /// Containers that are open here.
    depth: usize,
    /// How many of them, from the root on, lie on the way to the array.
    on_path: usize,
    /// The innermost of those, while no other is open inside it.
    container: Container,
    /// The next value is the one that the pointer means here.
    wanted: bool,
}

enum Container {
    Object { key: Vec<u8>, at: ObjectPart },
    Array { index: usize },
}

#[derive(PartialEq, Eq)]
enum ObjectPart {
    Key,
    Value,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Searching,
    /// This byte opened the array.
    Found,
    /// After this byte it is sure that there is no such array.
    Absent,
}

/// Longer keys are not what any pointer means; they are read, not kept.
const MAX_KEY_BYTES: usize = 1024;

impl PathScanner {
    pub(super) fn new(pointer: &str) -> Self {
        let tokens = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
        Self {
            tokens: tokens.collect(),
            text: Text::default(),
            depth: 0,
            on_path: 0,
            container: Container::Array { index: 0 },
            wanted: true,
        }
    }

    pub(super) fn step(&mut self, byte: u8) -> Step {
        let in_text = self.text.step(byte);
        if in_text {
            self.note_key(byte);
            return Step::Searching;
        }
        match byte {
            b'{' | b'[' => self.open(byte),
            b'}' | b']' => self.close(),
            b':' if self.is_on_path() => self.begin_value(),
            b',' if self.is_on_path() => self.begin_next(),
            _ => Step::Searching,
        }
    }

    fn is_on_path(&self) -> bool {
        self.depth == self.on_path && self.depth > 0
    }

    fn open(&mut self, byte: u8) -> Step {
        if !self.wanted {
            self.depth += 1;
            return Step::Searching;
        }
        let Some(token) = self.tokens.get(self.on_path) else {
            return if byte == b'[' { Step::Found } else { Step::Absent };
        };
        self.wanted = byte == b'[' && token == "0";
        self.container = if byte == b'[' {
            Container::Array { index: 0 }
        } else {
            Container::Object { key: Vec::new(), at: ObjectPart::Key }
        };
        self.depth += 1;
        self.on_path += 1;
        Step::Searching
    }

    fn close(&mut self) -> Step {
        self.depth = self.depth.saturating_sub(1);
        if self.depth < self.on_path { Step::Absent } else { Step::Searching }
    }

    fn begin_value(&mut self) -> Step {
        if let Container::Object { key, at } = &mut self.container {
            *at = ObjectPart::Value;
            let token = &self.tokens[self.on_path - 1];
            self.wanted = serde_json::from_slice::<String>(key).is_ok_and(|key| key == *token);
        }
        Step::Searching
    }

    fn begin_next(&mut self) -> Step {
        match &mut self.container {
            Container::Object { key, at } => {
                key.clear();
                *at = ObjectPart::Key;
                self.wanted = false;
            }
            Container::Array { index } => {
                *index += 1;
                self.wanted = self.tokens[self.on_path - 1] == index.to_string();
            }
        }
        Step::Searching
    }

    fn note_key(&mut self, byte: u8) {
        if !self.is_on_path() {
            return;
        }
        if let Container::Object { key, at: ObjectPart::Key } = &mut self.container
            && key.len() < MAX_KEY_BYTES
        {
            key.push(byte);
        }
    }
}
