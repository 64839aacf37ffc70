//! Answers that are made to hurt: endless, exploding, trickling, broken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::stream;
use relink_core::plugin::{Delivery, Framing, Request, TransportKind};
use relink_egress::{Egress, EgressConfig};
use tokio::io::AsyncWriteExt;

use crate::answers::gzip;
use crate::support::{Provider, Seen, get, kind, send, write};

fn deliveries() -> [Request; 4] {
    let items = Framing::JsonItems("/data".to_owned());
    let chunks = |framing| Delivery::Chunks { framing, max_bytes: 1 << 20 };
    [Delivery::Whole(1 << 20), chunks(Framing::Lines), chunks(items), chunks(Framing::Raw)]
        .map(|deliver| Request { deliver, ..get("/") })
}

/// Receives all of an answer and gives back how it failed.
async fn failure(egress: &Egress, request: &Request) -> TransportKind {
    let mut answer = match send(egress, request).await {
        Ok(answer) => answer,
        failed => return kind(failed),
    };
    loop {
        match answer.next_part().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the answer ended well"),
            Err(failure) => return failure.kind,
        }
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_cap() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let endless = move |_: &Seen| -> Response {
        let counted = Arc::clone(&counted);
        let chunks = stream::repeat_with(move || {
            counted.fetch_add(64 << 10, Ordering::Relaxed);
            Ok::<_, std::io::Error>(vec![b' '; 64 << 10])
        });
        Body::from_stream(chunks).into_response()
    };
    let provider = Provider::answering(endless).await;
    let config = EgressConfig { max_body: 1 << 20, max_download: 4 << 20, ..provider.config() };
    let egress = Egress::new(config).unwrap();
    for request in deliveries() {
        sent.store(0, Ordering::Relaxed);
        assert_eq!(failure(&egress, &request).await, TransportKind::TooLarge);
        let taken = sent.load(Ordering::Relaxed);
        assert!(taken < 32 << 20, "{taken} bytes were taken of {:?}", request.deliver);
    }
}

#[tokio::test]
async fn a_compressed_bomb_is_cut_at_the_cap() {
    let bomb = gzip(&vec![b'\n'; 64 << 20]);
    let exploding =
        move |_: &Seen| -> Response { ([(header::CONTENT_ENCODING, "gzip")], bomb.clone()).into_response() };
    let provider = Provider::answering(exploding).await;
    let config = EgressConfig { max_download: 4 << 20, ..provider.config() };
    let egress = Egress::new(config).unwrap();
    for request in deliveries() {
        assert_eq!(failure(&egress, &request).await, TransportKind::TooLarge);
    }
}

#[tokio::test]
async fn a_bomb_within_a_bomb_is_cut_at_the_cap() {
    let bomb = gzip(&gzip(&vec![b'\n'; 64 << 20]));
    let exploding =
        move |_: &Seen| -> Response { ([(header::CONTENT_ENCODING, "gzip")], bomb.clone()).into_response() };
    let provider = Provider::answering(exploding).await;
    let egress = Egress::new(EgressConfig { max_download: 4 << 20, ..provider.config() }).unwrap();
    let deliver = Delivery::Chunks { framing: Framing::Lines, max_bytes: 1 << 20 };
    assert_eq!(failure(&egress, &Request { deliver, ..get("/") }).await, TransportKind::TooLarge);
}

#[tokio::test]
async fn a_body_that_trickles_is_given_up() {
    let trickling = Provider::writing(|mut socket| async move {
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        loop {
            socket.write_all(b"x").await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let trickling = trickling.await;
    let stall_timeout = Duration::from_millis(100);
    let egress = Egress::new(EgressConfig { stall_timeout, ..trickling.config() }).unwrap();
    for request in deliveries() {
        assert_eq!(failure(&egress, &request).await, TransportKind::Timeout);
    }
}

#[tokio::test]
async fn a_flood_of_headers_is_refused() {
    let flooding = Provider::writing(|mut socket| async move {
        socket.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        for number in 0..1_000_000 {
            socket.write_all(format!("x-{number}: x\r\n").as_bytes()).await?;
        }
        Ok(())
    });
    assert_eq!(kind(flooding.await.send(&get("/")).await), TransportKind::TooLarge);
    let long = Provider::writing(|mut socket| async move {
        socket.write_all(b"HTTP/1.1 200 OK\r\nx-long: ").await?;
        loop {
            socket.write_all(&[b'x'; 4096]).await?;
        }
    });
    assert_eq!(kind(long.await.send(&get("/")).await), TransportKind::TooLarge);
    let large = Provider::answering(|_| [("x-large", "x".repeat(70_000))]).await;
    assert_eq!(kind(large.send(&get("/")).await), TransportKind::TooLarge);
}

#[tokio::test]
async fn broken_answers_are_failures_and_not_data() {
    let cut = Provider::writing(|socket| write(socket, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")).await;
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n";
    let chunked = Provider::writing(move |socket| write(socket, chunked)).await;
    for provider in [cut, chunked] {
        for request in deliveries() {
            assert_eq!(failure(&provider.egress(), &request).await, TransportKind::Reset);
        }
    }
    let no_http = Provider::writing(|socket| write(socket, "220 mail ready\r\n")).await;
    assert_eq!(kind(no_http.send(&get("/")).await), TransportKind::Reset);
    let brotli = Provider::answering(|_| ([(header::CONTENT_ENCODING, "br")], "x")).await;
    assert_eq!(kind(brotli.send(&get("/")).await), TransportKind::Other);
}
