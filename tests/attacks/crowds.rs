//! Clients in great number that say nothing, say half of it, or never listen: nobody else is kept waiting, and memory
//! does not grow with them. The daemon is a process of its own here, so that what is measured is the daemon.

use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tempfile::{TempDir, tempdir};

use crate::blocking;
use crate::common::client::{self, Poller};
use crate::common::house::{client_from_elsewhere, reqwest_client};
use crate::common::program::{Running, evenkeel};
use crate::common::{SOON, eventually, raw};

/// What a thousand connections may cost, with all that a debug build keeps for each.
const DEAR: u64 = 64 << 20;

/// How long somebody may wait at a door before which thousands stand who come faster than a debug build lets them in: a SYN
/// that finds no room is sent again after one second, then after two, then after four. Without anybody dismissed it would be
/// a minute and more.
const PATIENT: Duration = Duration::from_secs(20);

/// Long enough for those who stand still to be cut.
const STILL_CUT: Duration = Duration::from_secs(150);

struct Demo {
    running: Running,
    address: SocketAddr,
    _directory: TempDir,
}

impl Demo {
    async fn start() -> Self {
        raw::open_files();
        let directory = tempdir().unwrap();
        let mut running =
            Running::start(evenkeel(directory.path()).args(["demo", "--port", "0", "--log-format", "text"]));
        let address = running.address().await;
        Self { running, address, _directory: directory }
    }

    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.running.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Sockets that the daemon has open.
    fn sockets(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.running.pid())).unwrap();
        let is_socket = |path: &std::path::Path| {
            fs::read_link(path).is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
        };
        files.filter(|file| file.as_ref().is_ok_and(|file| is_socket(&file.path()))).count()
    }

    async fn status(&self, path: &str) -> u16 {
        let url = format!("http://{}{path}", self.address);
        reqwest_client().get(url).send().await.unwrap().status().as_u16()
    }
}

/// Opens so many connections, each of which says `words`.
async fn crowd(address: SocketAddr, size: usize, words: &'static [u8]) -> Vec<TcpStream> {
    blocking(move || {
        let come = |_| {
            let mut stream = raw::connect(address);
            // It may have been dismissed already.
            let _ = stream.write_all(words);
            stream
        };
        (0..size).map(come).collect()
    })
    .await
}

#[actix_rt::test]
async fn thousands_who_say_nothing_or_half_of_it_keep_nobody_waiting() {
    let mut demo = Demo::start().await;
    let most = usize::try_from(raw::open_files()).unwrap_or(usize::MAX).saturating_sub(1000);
    let size = most.min(10_000);
    assert!(size >= 2_000, "the limit of open files is too low for this test: {most}");
    demo.status("/").await;
    let before = demo.resident();
    for (what, words) in [("nothing", &b""[..]), ("half a head", b"GET / HTTP/1.1\r\nHost: loc")] {
        let poller = Poller::start(demo.address, "/health");
        let crowd = crowd(demo.address, size, words).await;
        poller.asks(100).await;
        let (seen, sockets, during) =
            (blocking(move || poller.stop()).await, demo.sockets(), demo.resident());
        println!(
            "{size} who say {what}: {seen}; {sockets} sockets, {} KiB more",
            during.saturating_sub(before) >> 10
        );
        assert!(seen.failures.is_empty() && seen.answers >= 100, "{what}: {seen}");
        assert!(seen.longest < PATIENT, "{what}: {seen}");
        assert!(sockets < 1200, "{what}: {sockets} sockets");
        assert!(during < before + DEAR, "{what}: {before} bytes before, {during} now");
        assert_eq!(demo.status("/?lang=en").await, 200, "{what}");
        drop(crowd);
    }
    demo.running.says(SOON, "connections that have not asked for anything make room").await;
    let log = demo.running.log();
    assert!(log.lines().count() < 500, "one line is enough for all of them: {log}");
}

/// Waits until the first byte of an answer is there; it is left where it is. Who has been cut already was inside as well.
fn has_been_answered(reader: &TcpStream) {
    reader.set_read_timeout(Some(SOON)).unwrap();
    match reader.peek(&mut [0]) {
        Ok(bytes) => assert_eq!(bytes, 1, "closed without an answer"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
}

#[actix_rt::test]
async fn who_does_not_listen_is_cut_and_slows_nobody() {
    let demo = Demo::start().await;
    let url = format!("http://{}/api/v1/reports/latest", demo.address);
    let latest =
        async || reqwest_client().get(&url).send().await.unwrap().status().is_success().then_some(());
    eventually(SOON, "a report", latest).await;
    demo.status("/").await;
    let (before, sockets) = (demo.resident(), demo.sockets());
    let address = demo.address;
    let readers: Vec<TcpStream> = blocking(move || {
        let ask = |_| client::ask(raw::narrow(address), "/reports/1").unwrap();
        (0..200).map(ask).collect()
    })
    .await;
    let readers = blocking(move || {
        readers.iter().for_each(has_been_answered);
        readers
    })
    .await;
    let poller = Poller::start(demo.address, "/api/v1/market/indices");
    poller.asks(100).await;
    let during = demo.resident();
    let seen = blocking(move || poller.stop()).await;
    println!("200 who do not listen: {seen}; {} KiB more", during.saturating_sub(before) >> 10);
    assert!(seen.failures.is_empty() && seen.longest < PATIENT, "{seen}");
    assert!(during < before + DEAR, "{before} bytes before, {during} now");
    let cut = async || (demo.sockets() <= sockets + 20).then_some(());
    eventually(STILL_CUT, "they are cut", cut).await;
    drop(readers);
}

#[actix_rt::test]
async fn watchers_that_do_not_listen_do_not_keep_their_places() {
    let demo = Demo::start().await;
    let address = demo.address;
    let watchers: Vec<TcpStream> = blocking(move || {
        let ask = |_| client::ask(raw::narrow(address), "/live?lang=en").unwrap();
        (0..64).map(ask).collect()
    })
    .await;
    let all = async || (demo.status("/live").await == 503).then_some(());
    eventually(SOON, "every place that one address may have is taken", all).await;
    let other = client_from_elsewhere().get(format!("http://{address}/live")).send().await.unwrap();
    assert_eq!(other.status(), 200, "one address has not all of them");
    assert_eq!(demo.status("/?lang=en").await, 200, "the page can be read");
    let free = async || (demo.status("/live").await == 200).then_some(());
    eventually(STILL_CUT, "the places are free again", free).await;
    drop(watchers);
}
