//! Tells a component from the many other files that are called `.wasm`.

use crate::refusal::{Gate, Refusal};

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const CORE_MODULE: &[u8] = b"\0asm\x01\0\0\0";

const COMPONENTIZE: &str = "build the plugin with `relink plugin build`, and give the file that it writes";

pub(super) fn check(bytes: &[u8], limit: usize) -> Result<(), Refusal> {
    if bytes.len() > limit {
        return Err(Refusal::new(
            Gate::File,
            format!("the file has {} bytes", bytes.len()),
            format!("at most {limit} bytes"),
            "build in release mode and strip debug information, or ask the operator to raise the limit",
        ));
    }
    if bytes.starts_with(COMPONENT) {
        return Ok(());
    }
    let (found, fix) = recognize(bytes);
    Err(Refusal::new(Gate::Format, found, "a WebAssembly component in its binary form", fix))
}

fn recognize(bytes: &[u8]) -> (String, &'static str) {
    let text_start = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]).trim_start().to_lowercase();
    let (found, fix) = if bytes.is_empty() {
        ("the file is empty", "copy it again: the build or the copy did not finish")
    } else if bytes.starts_with(CORE_MODULE) {
        ("the file is a core WebAssembly module, not a component", COMPONENTIZE)
    } else if COMPONENT.starts_with(bytes) || CORE_MODULE.starts_with(bytes) {
        ("the file ends within its first eight bytes", "copy it again: it ends too early")
    } else if bytes.starts_with(b"\0asm") {
        ("the file is a component in an unknown binary version", "build it with a current toolchain")
    } else if bytes.starts_with(b"\x7fELF") {
        (
            "the file is compiled machine code (`.cwasm`), which is never accepted since it cannot be checked",
            "give the `.wasm` component that it was compiled from: the host compiles it itself",
        )
    } else if text_start.starts_with("(component") || text_start.starts_with("(module") {
        ("the file is WebAssembly text", "turn it into its binary form with `wasm-tools parse`")
    } else if text_start.starts_with('<') {
        ("the file is a web page", "download it again: the address answered with a page, maybe a login page")
    } else if is_archive(bytes) {
        ("the file is an archive, and none is ever unpacked here", "unpack it, and give the `.wasm` file inside")
    } else {
        let start = bytes[..bytes.len().min(8)].escape_ascii();
        return (format!("the file is not WebAssembly: it starts with \"{start}\""), COMPONENTIZE);
    };
    (found.to_owned(), fix)
}

/// Whether the bytes are of zip, gzip, zstd, xz, bzip2, 7z or tar, which has its mark in the first entry.
fn is_archive(bytes: &[u8]) -> bool {
    const STARTS: [&[u8]; 6] = [b"PK", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh", b"7z\xbc\xaf"];
    const TAR: (usize, &[u8]) = (257, b"ustar");
    let has_tar_mark = bytes.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1));
    has_tar_mark || STARTS.iter().any(|start| bytes.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_are_told_by_name() {
        let cases: [(&[u8], &str); 8] = [
            (b"", "is empty"),
            (b"\0asm\x01\0\0\0\x01", "core WebAssembly module"),
            (b"\0asm\x0d", "first eight bytes"),
            (b"\0asm\x0e\0\x01\0", "unknown binary version"),
            (b"\x7fELF\x02", "machine code"),
            (b"  (component)", "WebAssembly text"),
            (b"<!DOCTYPE html>", "web page"),
            (b"MZ\x90", "starts with \"MZ\\x90\""),
        ];
        for (bytes, expected) in cases {
            let refusal = check(bytes, 1_000).unwrap_err();
            assert_eq!(refusal.gate, Gate::Format);
            assert!(refusal.found.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn no_archive_is_unpacked() {
        let mut tar = b"acme.wasm".to_vec();
        tar.resize(257, 0);
        tar.extend_from_slice(b"ustar\x0000");
        let others: [&[u8]; 6] =
            [b"PK\x03\x04", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd\x04", b"\xfd7zXZ\0", b"BZh9", b"7z\xbc\xaf\x27\x1c"];
        for bytes in others.into_iter().chain([tar.as_slice()]) {
            let refusal = check(bytes, 1_000).unwrap_err();
            assert!(refusal.found.contains("is an archive"), "{refusal}");
        }
    }

    #[test]
    fn the_size_is_judged_first() {
        assert_eq!(check(&[0; 11], 10).unwrap_err().gate, Gate::File);
    }
}
