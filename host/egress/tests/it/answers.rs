use std::io::Write;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use relink_core::plugin::{Delivery, Field, Framing, Request, TransportKind};
use relink_egress::Answer;

use crate::support::{Provider, Seen, get, kind, write};

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deliver(deliver: Delivery) -> Request {
    Request { deliver, ..get("/") }
}

fn chunks(framing: Framing, max_bytes: u32) -> Request {
    deliver(Delivery::Chunks { framing, max_bytes })
}

/// All parts of an answer as text.
async fn parts(mut answer: Answer) -> Vec<String> {
    let mut parts = vec![String::from_utf8(answer.response.body.clone()).unwrap()];
    let mut more = answer.response.more;
    while let Some(response) = answer.next_part().await.unwrap() {
        assert!(more, "a part came though no more was promised");
        assert_eq!(response.headers, answer.response.headers);
        more = response.more;
        parts.push(String::from_utf8(response.body).unwrap());
    }
    assert!(!more, "more was promised and did not come");
    parts
}

#[tokio::test]
async fn a_whole_body_may_have_as_many_bytes_as_asked_for() {
    let provider = Provider::answering(|_| "0123456789").await;
    let fits = provider.send(&deliver(Delivery::Whole(10))).await.unwrap();
    assert_eq!(parts(fits).await, ["0123456789"]);
    assert_eq!(kind(provider.send(&deliver(Delivery::Whole(9))).await), TransportKind::TooLarge);
}

#[tokio::test]
async fn discard_gives_status_and_headers_only() {
    let provider = Provider::answering(|_| (StatusCode::CREATED, [("x-id", "7")], "body")).await;
    let answer = provider.send(&deliver(Delivery::Discard)).await.unwrap();
    assert_eq!((answer.response.status, answer.response.body.len()), (201, 0));
    assert!(answer.response.headers.contains(&Field::new("x-id", "7")));
}

#[tokio::test]
async fn an_error_keeps_its_status_however_large_its_page_is() {
    let provider = Provider::answering(|_| (StatusCode::BAD_GATEWAY, "x".repeat(1 << 20))).await;
    for request in [deliver(Delivery::Whole(10)), chunks(Framing::JsonItems("/data".to_owned()), 10)] {
        let answer = provider.send(&request).await.unwrap();
        assert_eq!((answer.response.status, answer.response.more), (502, false));
        assert_eq!(answer.response.body.len(), 64 * 1024);
    }
}

#[tokio::test]
async fn a_download_comes_in_parts_of_whole_records() {
    let provider = Provider::answering(|_| "aaa\nbbb\nccc\nddd\n").await;
    let answer = provider.send(&chunks(Framing::Lines, 8)).await.unwrap();
    assert_eq!(parts(answer).await, ["aaa\nbbb\n", "ccc\nddd\n"]);

    let provider = Provider::answering(|_| r#"{"data":[{"a":1},{"a":2},{"a":3}]}"#).await;
    let answer = provider.send(&chunks(Framing::JsonItems("/data".to_owned()), 17)).await.unwrap();
    assert_eq!(parts(answer).await, [r#"[{"a":1},{"a":2}]"#, r#"[{"a":3}]"#]);

    let provider = Provider::answering(|_| "").await;
    let answer = provider.send(&chunks(Framing::Lines, 8)).await.unwrap();
    assert_eq!(parts(answer).await, [""]);
}

#[tokio::test]
async fn the_parts_before_a_failure_are_delivered() {
    let provider = Provider::answering(|_| "aaa\nbbb\nmuch too long a line\n").await;
    let mut answer = provider.send(&chunks(Framing::Lines, 4)).await.unwrap();
    assert_eq!(answer.response.body, b"aaa\n");
    assert_eq!(answer.next_part().await.unwrap().unwrap().body, b"bbb\n");
    assert_eq!(answer.next_part().await.unwrap_err().kind, TransportKind::TooLarge);
    assert_eq!(answer.next_part().await, Ok(None));
}

#[tokio::test]
async fn gzip_is_undone() {
    let text = "row\n".repeat(10_000);
    let expected = text.clone();
    let encoded =
        move |_: &Seen| -> Response { ([(header::CONTENT_ENCODING, "gzip")], gzip(text.as_bytes())).into_response() };
    let provider = Provider::answering(encoded).await;
    let answer = provider.send(&get("/")).await.unwrap();
    assert!(!answer.response.headers.iter().any(|header| header.name == "content-encoding"));
    assert_eq!(parts(answer).await, [expected.as_str()]);

    let provider = Provider::answering(|_| gzip(b"a,b\n1,2\n")).await;
    let answer = provider.send(&chunks(Framing::Lines, 100)).await.unwrap();
    assert_eq!(parts(answer).await, ["a,b\n1,2\n"]);
    let answer = provider.send(&chunks(Framing::Raw, 100)).await.unwrap();
    assert_eq!(answer.response.body, gzip(b"a,b\n1,2\n"));
}

#[tokio::test]
async fn header_names_are_lower_case_and_cookies_are_dropped() {
    let provider = Provider::writing(|socket| {
        write(socket, "HTTP/1.1 200 OK\r\nX-Mixed-Case: A\r\nSet-Cookie: session=1\r\ncontent-length: 0\r\n\r\n")
    });
    let answer = provider.await.send(&get("/")).await.unwrap();
    assert_eq!(answer.response.headers, [Field::new("x-mixed-case", "A")]);
}
