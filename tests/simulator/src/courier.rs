//! Posts what providers say by themselves, a few times if nobody takes it, as they do.

use std::time::Duration;

use axum::http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time};
use url::Url;

use crate::news::Letter;

const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const ANSWER: Duration = Duration::from_secs(10);

/// Posts the letters, in their order.
pub(crate) async fn deliver(letters: Vec<Letter>) {
    for letter in letters {
        let mut pause = FIRST_PAUSE;
        for _ in 0..ATTEMPTS {
            match time::timeout(ANSWER, post(&letter)).await {
                Ok(Ok(status)) if status.is_success() => break,
                Ok(Ok(status)) => eprintln!("{} answered {status}", letter.url),
                Ok(Err(error)) => eprintln!("{}: {error}", letter.url),
                Err(_) => eprintln!("{} did not answer", letter.url),
            }
            time::sleep(pause).await;
            pause *= 2;
        }
    }
}

/// Over plain HTTP, since it goes to this machine.
async fn post(letter: &Letter) -> anyhow::Result<StatusCode> {
    let url = Url::parse(&letter.url)?;
    let stream = TcpStream::connect(&*url.socket_addrs(|| None)?).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = Request::post(&url[url::Position::BeforePath..]).header(header::HOST, url.authority());
    for (name, value) in &letter.headers {
        request = request.header(*name, value);
    }
    let answer = sender.send_request(request.body(Full::new(Bytes::from(letter.body.clone())))?).await?;
    Ok(answer.status())
}
