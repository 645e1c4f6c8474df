//! Clients that open a connection for each request, from threads of their own, and read to its end.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use evenkeel::clock::Clock;

use super::{SOON, eventually};

/// Longer than any wait that a test allows for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub took: Duration,
}

/// Asks and reads the answer to its end; an answer that is cut is an error.
pub fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    let stopwatch = Clock::system().stopwatch();
    let mut stream = ask(TcpStream::connect(address)?, path)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let (status, body) = parse(&bytes)?;
    Ok(Answer { status, body, took: stopwatch.elapsed() })
}

/// Sends a request and reads nothing yet.
pub fn ask(mut stream: TcpStream, path: &str) -> io::Result<TcpStream> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())?;
    Ok(stream)
}

/// The status and the body of a whole answer.
pub fn parse(bytes: &[u8]) -> io::Result<(u16, Vec<u8>)> {
    let cut = || io::Error::new(io::ErrorKind::UnexpectedEof, format!("cut after {} bytes", bytes.len()));
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or_else(cut)?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
    let body = bytes[end + 4..].to_vec();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let whole = match length {
        Some(length) => length.parse() == Ok(body.len()),
        None => body.ends_with(b"\r\n0\r\n\r\n"),
    };
    if whole { Ok((status, body)) } else { Err(cut()) }
}

/// Asks every 10 ms, whether or not the answers before have come, each time with a new connection.
pub struct Poller {
    stop: Sender<()>,
    asked: Arc<AtomicUsize>,
    asking: JoinHandle<Seen>,
}

/// What a poller has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Whole answers with status 200.
    pub answers: usize,
    /// Whatever else there was.
    pub failures: Vec<String>,
    /// The longest time from the attempt to connect to the last byte.
    pub longest: Duration,
}

impl Poller {
    pub fn start(address: SocketAddr, path: &'static str) -> Self {
        let (stop, stopped) = channel();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let asking = std::thread::spawn(move || {
            let mut answers = Vec::new();
            while stopped.recv_timeout(Duration::from_millis(10)) == Err(RecvTimeoutError::Timeout) {
                answers.push(std::thread::spawn(move || get(address, path)));
                count.fetch_add(1, Ordering::Relaxed);
            }
            let mut seen = Seen::default();
            answers.into_iter().for_each(|answer| seen.note(answer.join().unwrap()));
            seen
        });
        Self { stop, asked, asking }
    }

    /// Waits until it has asked `more` times from now on.
    pub async fn asks(&self, more: usize) {
        let enough = self.asked.load(Ordering::Relaxed) + more;
        let asked = async || (self.asked.load(Ordering::Relaxed) >= enough).then_some(());
        eventually(SOON, "the poller asks", asked).await;
    }

    /// Asks no more and waits for the answers that are still to come.
    pub fn stop(self) -> Seen {
        self.stop.send(()).unwrap();
        self.asking.join().unwrap()
    }
}

impl Seen {
    fn note(&mut self, answer: io::Result<Answer>) {
        match answer {
            Ok(Answer { status: 200, took, .. }) => {
                self.answers += 1;
                self.longest = self.longest.max(took);
            }
            Ok(Answer { status, .. }) => self.failures.push(format!("status {status}")),
            Err(error) => self.failures.push(format!("{:?}: {error}", error.kind())),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answers, failures, longest } = self;
        write!(f, "{answers} answers, the longest after {longest:?}; {} failures", failures.len())?;
        failures.first().map_or(Ok(()), |first| write!(f, ", the first: {first}"))
    }
}
