//! The standard output of commands.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

/// As in the standard library, but whoever reads along may stop when they have seen enough: the command
/// then goes on to its end. The standard library's panics.
macro_rules! println {
    () => { $crate::print::text(format_args!("\n")) };
    ($($text:tt)*) => { $crate::print::line(format_args!($($text)*)) };
}

/// See [`println`].
macro_rules! print {
    ($($text:tt)*) => { $crate::print::text(format_args!($($text)*)) };
}

pub(crate) fn line(line: Arguments<'_>) {
    text(format_args!("{line}\n"));
}

pub(crate) fn text(text: Arguments<'_>) {
    match io::stdout().write_fmt(text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("the standard output cannot be written: {error}"),
        _ => {}
    }
}
