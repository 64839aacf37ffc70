//! The room for the table within the component: found by its mark, filled once, read at each call.
//!
//! The table replaces bytes that are there already, so nothing in the component moves and the same
//! table always gives the same component.

use std::fmt;
use std::hint::black_box;

/// The largest table, as JSON without spaces. It is part of the memory of every instance, so it is no larger
/// than ever seemed useful: that of a big CRM takes a tenth of it.
pub const CAPACITY: usize = 64 * 1024;

const MARK: [u8; 32] = *b"relink: here lies a table, v1 =>";
const LENGTH_BYTES: usize = size_of::<u32>();

/// Mark, length and bytes, one behind the other.
#[repr(C)]
struct Room {
    mark: [u8; MARK.len()],
    length: [u8; LENGTH_BYTES],
    table: [u8; CAPACITY],
}

static ROOM: Room = Room { mark: MARK, length: [0; LENGTH_BYTES], table: [0; CAPACITY] };

/// Why a table was not put into a component.
#[derive(Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The component keeps no room for a table, or more than one.
    NoRoom,
    TooLarge {
        bytes: usize,
    },
}

/// Puts a table into an empty component.
pub fn fill(component: &mut [u8], table: &[u8]) -> Result<(), Misfit> {
    if table.len() > CAPACITY {
        return Err(Misfit::TooLarge { bytes: table.len() });
    }
    let start = only_mark(component).ok_or(Misfit::NoRoom)? + MARK.len();
    let end = start + LENGTH_BYTES + CAPACITY;
    let room = component.get_mut(start..end).ok_or(Misfit::NoRoom)?;
    let (length, bytes) = room.split_at_mut(LENGTH_BYTES);
    let count = u32::try_from(table.len()).expect("the capacity is far below 4 GiB");
    length.copy_from_slice(&count.to_le_bytes());
    let (used, unused) = bytes.split_at_mut(table.len());
    used.copy_from_slice(table);
    unused.fill(0);
    Ok(())
}

/// The table of this very component; empty if nobody has put one in.
pub(crate) fn contents() -> &'static [u8] {
    // The compiler must not take for granted what it sees here: the bytes change after it is done.
    let room = black_box(&ROOM);
    let length = u32::from_le_bytes(room.length) as usize;
    if room.mark == MARK { room.table.get(..length).unwrap_or_default() } else { &[] }
}

fn only_mark(component: &[u8]) -> Option<usize> {
    let mut places = component.windows(MARK.len()).enumerate().filter(|(_, bytes)| *bytes == MARK);
    let (place, _) = places.next()?;
    places.next().is_none().then_some(place)
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoom => write!(formatter, "the interpreter has no room for a table, so it is not the right file"),
            Self::TooLarge { bytes } => write!(
                formatter,
                "the table takes {bytes} bytes, but a component has room for {CAPACITY}: leave out columns that nobody \
                 needs, shorten messages, or write this provider in code"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty_component() -> Vec<u8> {
        [b"before".as_slice(), &MARK, &vec![0; LENGTH_BYTES + CAPACITY], b"after"].concat()
    }

    #[test]
    fn a_table_takes_the_room_and_nothing_else_changes() {
        let mut component = empty_component();
        fill(&mut component, br#"{"id":"a table that is long"}"#).unwrap();
        fill(&mut component, br#"{"id":"x"}"#).unwrap();
        let (head, rest) = component.split_at(6 + MARK.len());
        assert_eq!(head, [b"before".as_slice(), &MARK].concat());
        assert_eq!(rest[..LENGTH_BYTES], 10_u32.to_le_bytes());
        assert_eq!(&rest[LENGTH_BYTES..LENGTH_BYTES + 12], b"{\"id\":\"x\"}\0\0");
        assert_eq!(&component[component.len() - 6..], b"\0after");
    }

    #[test]
    fn a_table_that_is_too_large_is_refused_with_what_is_possible() {
        let misfit = fill(&mut empty_component(), &vec![b' '; CAPACITY + 1]).unwrap_err();
        assert_eq!(misfit, Misfit::TooLarge { bytes: CAPACITY + 1 });
        assert!(misfit.to_string().contains("room for 65536"), "{misfit}");
        assert_eq!(fill(&mut empty_component(), &vec![b' '; CAPACITY]), Ok(()));
    }

    #[test]
    fn a_file_without_room_or_with_two_is_not_touched() {
        let mut twice = [empty_component(), empty_component()].concat();
        for component in [&mut Vec::from(*b"\0asm"), &mut twice, &mut empty_component()[..99].to_vec()] {
            let before = component.clone();
            assert_eq!(fill(component, b"{}"), Err(Misfit::NoRoom));
            assert_eq!(*component, before);
        }
    }

    #[test]
    fn an_interpreter_that_was_not_filled_has_no_table() {
        assert!(contents().is_empty());
    }
}
