//! What is packed into the program: the files of which new projects are made.

/// Paths from the root of the repository, and what is in the files, in the order of the paths.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/pack.rs"));

/// The files whose path begins so.
pub(crate) fn below(prefix: &str) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    FILES.iter().copied().filter(move |(path, _)| path.starts_with(prefix))
}

/// One file, which must be there.
pub(crate) fn text(path: &str) -> &'static str {
    let file = FILES.iter().find(|(packed, _)| *packed == path);
    file.and_then(|(_, bytes)| std::str::from_utf8(bytes).ok()).expect("the build script packs it")
}
