//! A mail server that accepts everything and keeps it, at once or when it is told to, speaking SMTP (RFC 5321) as far as a client needs.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A mail as it was handed over.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    pub to: Vec<String>,
    /// Headers and body.
    pub content: String,
}

pub struct Mailbox {
    address: SocketAddr,
    letters: Arc<Mutex<Vec<Letter>>>,
    manner: watch::Sender<Manner>,
    server: JoinHandle<()>,
}

/// Whether letters are kept from being accepted, and whether one waits for that now.
#[derive(Clone, Copy, Default)]
struct Manner {
    hesitates: bool,
    has_one_waiting: bool,
}

impl Mailbox {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let letters = Arc::default();
        let manner = watch::Sender::new(Manner::default());
        let server = tokio::spawn(accept(listener, Arc::clone(&letters), manner.clone()));
        Self { address, letters, manner, server }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Lets whoever hands a letter over wait for the answer until this is called again.
    pub fn hesitate(&self, hesitates: bool) {
        self.manner.send_replace(Manner { hesitates, has_one_waiting: false });
    }

    pub fn is_hesitating(&self) -> bool {
        self.manner.borrow().has_one_waiting
    }

    /// What has come so far, oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn letters_to(&self, email: &str) -> Vec<Letter> {
        self.letters().into_iter().filter(|letter| letter.to.iter().any(|to| to == email)).collect()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Letter {
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.content.split("\r\n\r\n").next().unwrap_or_default();
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub fn subject(&self) -> &str {
        self.header("subject").unwrap_or_default()
    }
}

async fn accept(listener: TcpListener, letters: Arc<Mutex<Vec<Letter>>>, manner: watch::Sender<Manner>) {
    while let Ok((stream, _)) = listener.accept().await {
        // A client that hangs up in the middle has sent no letter.
        tokio::spawn(converse(stream, Arc::clone(&letters), manner.clone()));
    }
}

async fn converse(
    stream: TcpStream,
    letters: Arc<Mutex<Vec<Letter>>>,
    manner: watch::Sender<Manner>,
) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut letter = Letter::default();
    writer.write_all(b"220 mailbox ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => "250-mailbox\r\n250 8BITMIME\r\n",
            "HELO" | "MAIL" | "RSET" | "NOOP" => "250 fine\r\n",
            "RCPT" => {
                letter.to.extend(address_of(&line));
                "250 fine\r\n"
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                letter.content = content(&mut lines).await?;
                manner.send_if_modified(|manner| std::mem::replace(&mut manner.has_one_waiting, manner.hesitates));
                // Only the mailbox itself ends the wait, or it is gone.
                let _ = manner.subscribe().wait_for(|manner| !manner.hesitates).await;
                letters.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut letter));
                "250 kept\r\n"
            }
            "QUIT" => return writer.write_all(b"221 bye\r\n").await,
            _ => "500 what?\r\n",
        };
        writer.write_all(reply.as_bytes()).await?;
    }
    Ok(())
}

fn address_of(line: &str) -> Option<String> {
    Some(line.split_once('<')?.1.split_once('>')?.0.to_owned())
}

/// Reads up to the dot that stands alone; other lines that begin with a dot have one too many.
async fn content(lines: &mut tokio::io::Lines<BufReader<tokio::net::tcp::OwnedReadHalf>>) -> std::io::Result<String> {
    let mut content = String::new();
    while let Some(line) = lines.next_line().await? {
        if line == "." {
            break;
        }
        content.push_str(line.strip_prefix('.').unwrap_or(&line));
        content.push_str("\r\n");
    }
    Ok(content)
}
