use relink_core::plugin::{Csv, Framing, TransportKind};

use super::*;

/// Cuts `body` into chunks of at most `max` bytes, fed in pieces of every size; all must agree.
fn cut(framing: &Framing, max: usize, body: &str) -> Result<Vec<String>, TransportKind> {
    let whole = cut_pieces(framing, max, body, body.len().max(1));
    for size in 1..body.len() {
        assert_eq!(cut_pieces(framing, max, body, size), whole, "pieces of {size}");
    }
    whole
}

fn cut_pieces(framing: &Framing, max: usize, body: &str, size: usize) -> Result<Vec<String>, TransportKind> {
    let mut cutter = Cutter::new(framing, max).map_err(|failure| failure.kind)?;
    let mut chunks = Vec::new();
    for piece in body.as_bytes().chunks(size) {
        cutter.push(piece).map_err(|failure| failure.kind)?;
        chunks.extend(std::iter::from_fn(|| cutter.take()));
    }
    cutter.finish().map_err(|failure| failure.kind)?;
    chunks.extend(std::iter::from_fn(|| cutter.take()));
    Ok(chunks.into_iter().map(|chunk| String::from_utf8(chunk).unwrap()).collect())
}

fn check(framing: &Framing, max: usize, body: &str, expected: &[&str]) {
    assert_eq!(cut(framing, max, body), Ok(expected.iter().map(|chunk| (*chunk).to_owned()).collect()));
}

fn csv(header: bool, skip_lines: u32) -> Framing {
    Framing::Csv(Csv { delimiter: ',', header, skip_lines })
}

fn items(pointer: &str) -> Framing {
    Framing::JsonItems(pointer.to_owned())
}

#[test]
fn raw_is_cut_anywhere() {
    check(&Framing::Raw, 4, "abcdefghij", &["abcd", "efgh", "ij"]);
    check(&Framing::Raw, 4, "abcd", &["abcd"]);
    check(&Framing::Raw, 4, "", &[]);
}

#[test]
fn lines_stay_whole() {
    check(&Framing::Lines, 8, "aaa\nbbb\ncc\n\ndddd", &["aaa\nbbb\n", "cc\n\ndddd"]);
    check(&Framing::Lines, 100, "a\r\nb\r\n", &["a\r\nb\r\n"]);
    check(&Framing::Lines, 8, "", &[]);
    assert_eq!(cut(&Framing::Lines, 8, "a\nlonger than eight\n"), Err(TransportKind::TooLarge));
    assert_eq!(cut(&Framing::Lines, 8, "longer than eight"), Err(TransportKind::TooLarge));
}

#[test]
fn csv_rows_stay_whole_and_each_chunk_has_the_header() {
    check(&csv(true, 0), 10, "a,b\n1,2\n3,4\n", &["a,b\n1,2\n", "a,b\n3,4\n"]);
    check(&csv(false, 0), 8, "1,2\n3,4\n5,6", &["1,2\n3,4\n", "5,6"]);
    check(&csv(true, 2), 99, "Report\n\"2024\na,b\n1,2\n", &["a,b\n1,2\n"]);
    check(&csv(true, 0), 99, "a,b\n", &["a,b\n"]);
    check(&csv(true, 0), 99, "", &[]);
}

#[test]
fn line_feeds_between_quotes_do_not_end_a_row() {
    check(&csv(false, 0), 14, "1,\"x\ny\"\n2,z\n", &["1,\"x\ny\"\n2,z\n"]);
    check(&csv(false, 0), 11, "1,\"x\ny\"\n2,z\n", &["1,\"x\ny\"\n", "2,z\n"]);
    check(&csv(false, 0), 11, "\"a\"\"\nb\"\nc\n", &["\"a\"\"\nb\"\nc\n"]);
    check(&csv(false, 0), 6, "5\",x\ny\n", &["5\",x\n", "y\n"]);
}

#[test]
fn json_items_come_as_arrays() {
    check(&items("/data"), 12, r#"{"x":[9],"data":[{"a":1},{"b":2}, 3 ],"y":1}"#, &[r#"[{"a":1}]"#, r#"[{"b":2},3]"#]);
    check(&items(""), 99, " [1, \"a,]\\\"b\" ,[2,[3]],{}] ", &[r#"[1,"a,]\"b",[2,[3]],{}]"#]);
    check(&items("/0/results"), 99, r#"[{"results":[1]},{"results":[2]}]"#, &["[1]"]);
    check(&items("/1/results"), 99, r#"[{"results":[1]},{"results":[2]}]"#, &["[2]"]);
    check(&items("/a~1b/c~0d"), 99, r#"{"c~d":[0],"a\u002fb":{"x":{"c~d":[1]},"c~d":[2]}}"#, &["[2]"]);
    check(&items("/data"), 99, r#"{"data":[]}"#, &["[]"]);
    check(&items("/data"), 99, r#"{"note":"data","other":{"data":[1]},"data":[2]}"#, &["[2]"]);
}

#[test]
fn a_document_without_the_array_comes_itself() {
    let error = r#"{"error":{"code":190,"data":[1]}}"#;
    check(&items("/data"), 99, error, &[error]);
    check(&items("/data"), 5, error, &[r#"{"err"#]);
    check(&items("/data"), 99, r#"{"data":{"x":[1]},"more":1}"#, &[r#"{"data":{"x":[1]},"more":1}"#]);
    check(&items("/data"), 99, r#"{"data":"[1]"}"#, &[r#"{"data":"[1]"}"#]);
    check(&items("/data"), 99, "<html>oops</html>", &["<html>oops</html>"]);
    check(&items("/data"), 99, "", &[]);
}

#[test]
fn a_list_that_breaks_off_is_a_failure() {
    assert_eq!(cut(&items("/data"), 99, r#"{"data":[1,2"#), Err(TransportKind::Reset));
    assert_eq!(cut(&items("/data"), 9, r#"{"data":["0123456789"]}"#), Err(TransportKind::TooLarge));
}
