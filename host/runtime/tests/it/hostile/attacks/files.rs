//! Hostile files: what is refused before anything of it runs.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::{LOG, bombs};
use super::{Attack, RESOURCES, load};
use crate::guest::Guest;

pub(super) fn compiling() -> Vec<Attack> {
    const BOUNDS: &str = "4 s of work for each MiB and one more, 1 GiB";
    let bomb = |what, component| load(what, BOUNDS, component, "refused at the gate");
    vec![
        bomb("one function of 7 MB", bombs::long_function()),
        bomb("a branch table with a million targets", bombs::branch_table()),
        load("10 000 functions with 50 000 locals each", "1 000 000 variables", bombs::locals(50_000), RESOURCES),
        bomb("10 000 functions with 100 locals each", bombs::locals(100)),
        bomb("4 000 variables that meet at 4 000 places", bombs::meeting_branches()),
        load("a million functions", "50 000 functions", bombs::many_functions(1_000_000), RESOURCES),
        bomb("50 000 functions", bombs::many_functions(50_000)),
        bomb("28 MB of names", bombs::long_names()),
        bomb("1 000 components within each other", bombs::nested_components(1_000)),
        bomb("50 components within each other", bombs::nested_components(50)),
        bomb("a type with 2^100 fields", bombs::doubling_types()),
        bomb("30 MB of ballast", bombs::ballast()),
    ]
}

/// Powers that other hosts grant to their guests.
const POWERS: [(&str, &str); 7] = [
    ("randomness", "wasi:random/random@0.2.3"),
    ("the time", "wasi:clocks/wall-clock@0.2.3"),
    ("a clock, to spin or to sleep", "wasi:clocks/monotonic-clock@0.2.3"),
    ("environment and arguments", "wasi:cli/environment@0.2.3"),
    ("files", "wasi:filesystem/preopens@0.2.3"),
    ("sockets", "wasi:sockets/tcp@0.2.3"),
    ("HTTP", "wasi:http/outgoing-handler@0.2.3"),
];

pub(super) fn imports() -> Vec<Attack> {
    let asking = |(what, interface)| {
        let component = wat::parse_str(format!("(component (import \"{interface}\" (instance)))")).unwrap();
        load(what, "no import but the log", component, "refused at the gate `imports`")
    };
    let mut beyond = Guest { imports: LOG.replace("\"log\"", "\"read\""), ..Guest::default() };
    beyond.wit = beyond.wit.replace("  log: func(", "  read: func(");
    let beyond = load(
        "a function that the log lacks",
        "no import but the log",
        beyond.component(),
        "refused at the gate `compile`",
    );
    POWERS.into_iter().map(asking).chain([beyond]).collect()
}

pub(super) fn forms() -> Vec<Attack> {
    const FORMAT: &str = "refused at the gate `format`";
    let component = Guest::default().component();
    let other = |what, bytes: &[u8], expected| load(what, "a component in its binary form", bytes.to_vec(), expected);
    let mut large = component.clone();
    large.resize(33 << 20, 0);
    vec![
        other("compiled code (`.cwasm`)", b"\x7fELF\x02\x01\x01", FORMAT),
        other("a core module", b"\0asm\x01\0\0\0", FORMAT),
        other("half of a component", &component[..component.len() / 2], "refused at the gate `validation`"),
        other("a zip archive", b"PK\x03\x04\x14\0", FORMAT),
        other("a gzip archive", &gzip(&component), FORMAT),
        other("a tar archive", &tar(&component), FORMAT),
        other("a zstd archive", b"\x28\xb5\x2f\xfd\x04\x58", FORMAT),
        load("33 MiB", "32 MiB", large, "refused at the gate `file`"),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// An archive whose only file would be written outside of the folder.
fn tar(file: &[u8]) -> Vec<u8> {
    let mut archive = vec![0; 512];
    archive[..15].copy_from_slice(b"../../evil.wasm");
    archive[124..135].copy_from_slice(format!("{:011o}", file.len()).as_bytes());
    archive[257..263].copy_from_slice(b"ustar\0");
    archive.extend_from_slice(file);
    archive
}
