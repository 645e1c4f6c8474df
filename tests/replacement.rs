//! The process replaces itself: nobody who connects is refused, nothing but the socket is handed on, the daemon goes on.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::location::Location;
use evenkeel::simulator::exchange::{Exchange, ExchangeConfig};
use evenkeel::simulator::source::SourceKind;
use socket2::{Domain, Socket, Type};
use tempfile::tempdir;

mod common;
use common::SOON;
use common::client::{Poller, ask, get, parse};
use common::exchange::slow_down_the_constituents;
use common::house::House;
use common::program::{Running, evenkeel};

const DEMO: [&str; 5] = ["demo", "--port", "0", "--log-format", "text"];

/// The bit of `O_CLOEXEC` in `/proc/PID/fdinfo`.
const CLOSED_AT_EXEC: u32 = 0o2_000_000;

/// Replaces the process for the `count`th time, and waits until the next image works.
async fn replace(demo: &mut Running, count: usize) {
    demo.signal("USR2");
    demo.says_times(SOON, "(inherited)", count).await;
    demo.says_after(SOON, "(inherited)", "refreshed 16 of 16 indices").await;
}

/// The open descriptors of a process.
fn descriptors(pid: u32) -> Vec<u32> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().parse().unwrap()).collect()
}

/// What those descriptors of a process lead to that the next image of it would have too, but the standard streams.
fn inheritable(pid: u32) -> BTreeSet<PathBuf> {
    let stays = |number: &u32| {
        // One that is closed meanwhile is closed.
        let about = fs::read_to_string(format!("/proc/{pid}/fdinfo/{number}")).unwrap_or_default();
        let flags = about.lines().find_map(|line| line.strip_prefix("flags:"));
        flags.is_some_and(|flags| u32::from_str_radix(flags.trim(), 8).unwrap() & CLOSED_AT_EXEC == 0)
    };
    let numbers = descriptors(pid).into_iter().filter(|number| *number > 2).filter(stays);
    numbers.filter_map(|number| fs::read_link(format!("/proc/{pid}/fd/{number}")).ok()).collect()
}

/// The variables by which a socket is handed over, as the process was started with them.
fn handed(pid: u32) -> Vec<String> {
    let variables = fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
    let handed = variables.split_terminator('\0').filter(|variable| variable.starts_with("LISTEN"));
    let mut handed: Vec<String> = handed.map(str::to_owned).collect();
    handed.sort();
    handed
}

#[actix_rt::test]
async fn nobody_who_connects_is_refused_while_the_process_is_replaced_again_and_again() {
    let directory = tempdir().unwrap();
    let mut demo = Running::start(evenkeel(directory.path()).args(DEMO));
    let address = demo.address().await;
    let poller = Poller::start(address, "/health");
    let mut held = Vec::new();
    for count in 1..=3 {
        poller.asks(30).await;
        replace(&mut demo, count).await;
        let pid = demo.pid();
        assert_eq!(handed(pid), ["LISTEN_FDS=1".to_owned(), format!("LISTEN_PID={pid}")]);
        held.push(descriptors(pid).len());
    }
    poller.asks(30).await;
    let seen = poller.stop();
    println!("{seen}; descriptors: {held:?}");
    let log = demo.log();
    assert!(seen.failures.is_empty() && seen.answers > 120, "{seen}\n{log}");
    assert_eq!(log.matches("the process is replaced: SIGUSR2").count(), 3, "{log}");
    assert_eq!(log.matches(&format!("listening on http://{address} (inherited)")).count(), 3, "{log}");
    assert!(!log.contains("ERROR"), "{log}");
}

#[actix_rt::test]
async fn a_client_that_asks_for_the_indices_does_not_notice_either() {
    let directory = tempdir().unwrap();
    let mut demo = Running::start(evenkeel(directory.path()).args(DEMO));
    let address = demo.address().await;
    let poller = Poller::start(address, "/api/v1/market/indices");
    poller.asks(30).await;
    replace(&mut demo, 1).await;
    poller.asks(30).await;
    let seen = poller.stop();
    println!("{seen}");
    assert!(seen.failures.is_empty() && seen.answers > 60, "{seen}\n{}", demo.log());
}

#[actix_rt::test]
async fn no_descriptor_but_the_standard_streams_outlives_the_program() {
    let directory = tempdir().unwrap();
    let mut demo = Running::start(evenkeel(directory.path()).args(DEMO));
    demo.address().await;
    // What whoever runs the tests has left open is none of ours.
    let given = inheritable(std::process::id());
    for count in 0..=2 {
        if count > 0 {
            replace(&mut demo, count).await;
        }
        let own: Vec<PathBuf> = inheritable(demo.pid()).difference(&given).cloned().collect();
        assert!(own.is_empty(), "after {count} replacements: {own:?}");
        assert!(descriptors(demo.pid()).len() > 20, "the check sees what is open");
    }
}

#[actix_rt::test]
async fn a_report_that_is_being_written_is_absent_and_written_by_the_next_image_and_a_download_is_finished() {
    let directory = tempdir().unwrap();
    let mut demo = Running::start(evenkeel(directory.path()).args(DEMO));
    let address = demo.address().await;
    let line = demo.says(SOON, "simulated exchange listens on").await;
    slow_down_the_constituents(&line).await;
    demo.says(SOON, "a report of edition market is begun").await;
    replace(&mut demo, 1).await;
    let archive =
        Archive::open(&Location::sqlite(&directory.path().join("evenkeel-demo/evenkeel.db"), SOON), 1)
            .unwrap();
    demo.says(SOON, "report-builder was cut short").await;
    demo.says(SOON, "is stored: ").await;
    let log = demo.log();
    assert_eq!(archive.count().unwrap(), 1, "{log}");
    assert_eq!(archive.latest().unwrap().unwrap().artifacts.len(), 5, "{log}");

    // The kernel delivers what the image before has written to the last byte.
    let whole = get(address, "/reports/1").unwrap().body.len();
    let mut reader = ask(narrow(address), "/reports/1").unwrap();
    let mut read = vec![0];
    reader.read_exact(&mut read).unwrap();
    let reading = std::thread::spawn(move || reader.read_to_end(&mut read).map(|_| read));
    replace(&mut demo, 2).await;
    let (status, body) = parse(&reading.join().unwrap().unwrap()).unwrap();
    assert_eq!((status, body.len()), (200, whole));
}

#[actix_rt::test]
async fn a_download_that_goes_on_is_finished_and_one_that_stands_still_is_cut() {
    // More than the kernel takes off the server's hands.
    let house = House::open(|config| config.report.constituents = 4000).await;
    house.report().await.unwrap();
    let address = house.daemon.address.unwrap();
    let whole = tokio::task::spawn_blocking(move || get(address, "/reports/1").unwrap().body.len());
    let whole = whole.await.unwrap();
    let mut reader = ask(narrow(address), "/reports/1").unwrap();
    let mut sleeper = ask(narrow(address), "/reports/1").unwrap();
    let reading = tokio::task::spawn_blocking(move || {
        let mut read = Vec::new();
        reader.read_to_end(&mut read).map(|_| read)
    });
    let begun = tokio::task::spawn_blocking(move || {
        let mut slept = vec![0];
        sleeper.read_exact(&mut slept).map(|()| (sleeper, slept))
    });
    let (mut sleeper, mut slept) = begun.await.unwrap().unwrap();
    let remains = house.daemon.step_aside().await.unwrap();
    let (status, body) = parse(&reading.await.unwrap().unwrap()).unwrap();
    assert_eq!((status, body.len()), (200, whole));
    assert!(remains.report.cut_short.is_empty(), "{remains:?}");
    // Cut, and not in a way that could be taken for the whole.
    let cut = sleeper.read_to_end(&mut slept);
    assert!(cut.is_err() || parse(&slept).is_err(), "{} bytes of {whole}", slept.len());
    // Who comes now waits for whoever gets the socket.
    TcpStream::connect(address).unwrap();
    assert!(remains.listener.unwrap().accept().is_ok());
}

#[actix_rt::test]
async fn somebody_who_has_asked_nothing_holds_nobody_up() {
    let house = House::open(|_| {}).await;
    let address = house.daemon.address.unwrap();
    let mut silent = TcpStream::connect(address).unwrap();
    // Whoever comes later is accepted later.
    let later = tokio::task::spawn_blocking(move || get(address, "/health"));
    assert_eq!(later.await.unwrap().unwrap().status, 200);
    let stopwatch = Clock::system().stopwatch();
    house.daemon.step_aside().await.unwrap();
    assert!(stopwatch.elapsed() < Duration::from_secs(4), "{:?}", stopwatch.elapsed());
    assert_eq!(silent.read(&mut [0]).unwrap(), 0);
}

/// A connection that takes little before it has to be read.
fn narrow(address: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    socket.connect(&address.into()).unwrap();
    socket.into()
}

#[actix_rt::test]
async fn a_demo_lasts_as_long_as_it_was_meant_to_and_its_clock_goes_on() {
    let directory = tempdir().unwrap();
    let mut demo = Running::start(evenkeel(directory.path()).args(DEMO).args(["--for", "12s"]));
    demo.address().await;
    replace(&mut demo, 1).await;
    let arguments = fs::read_to_string(format!("/proc/{}/cmdline", demo.pid())).unwrap();
    let left = arguments.split('\0').find_map(|argument| argument.strip_prefix("--for=")).unwrap();
    let left: u64 = left.strip_suffix("ms").unwrap().parse().unwrap();
    assert!((1..12_000).contains(&left), "{arguments:?}");
    let status = demo.ended(SOON).await;
    let log = demo.log();
    assert_eq!(status.code(), Some(0), "{log}");
    // The rows of a table belong to the line before them.
    let lines = log.lines().filter(|line| !line.starts_with(' '));
    let times: Vec<&str> = lines.filter_map(|line| line.get(..20)).collect();
    assert!(times.is_sorted(), "{log}");
}

#[actix_rt::test]
async fn asked_to_end_while_it_is_replaced_it_ends() {
    let directory = tempdir().unwrap();
    let mut demo = Running::start(evenkeel(directory.path()).args(DEMO));
    let address = demo.address().await;
    // Half a request is waited for, and holds the replacement up.
    let mut asking = TcpStream::connect(address).unwrap();
    asking.write_all(b"GET /health HTTP/1.1\r\n").unwrap();
    assert_eq!(get(address, "/health").unwrap().status, 200);
    demo.signal("USR2");
    demo.says(SOON, "the process is replaced").await;
    demo.signal("TERM");
    let status = demo.ended(SOON).await;
    let log = demo.log();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("ends instead of being replaced") && !log.contains("(inherited)"), "{log}");
}

/// The program as a file of the test's own. Copied by another process: a file that somebody has open for writing
/// cannot be run, and a thread that starts a program may hold it open for a moment.
fn copy_of_the_program(directory: &Path) -> PathBuf {
    let copy = directory.join("evenkeel-of-the-test");
    assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_evenkeel")).arg(&copy).status().unwrap().success());
    copy
}

fn started_from(program: &Path, directory: &Path) -> Running {
    Running::start(Command::new(program).env_clear().current_dir(directory).args(DEMO))
}

#[actix_rt::test]
async fn a_program_that_cannot_be_started_anew_ends_with_code_5() {
    let directory = tempdir().unwrap();
    let program = copy_of_the_program(directory.path());
    let mut demo = started_from(&program, directory.path());
    demo.address().await;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o600)).unwrap();
    demo.signal("USR2");
    let status = demo.ended(SOON).await;
    // The last line may still be on its way.
    demo.says(SOON, "start me again").await;
    let log = demo.log();
    assert_eq!(status.code(), Some(5), "{log}");
    let last = log.lines().last().unwrap();
    assert!(last.contains("cannot start ") && last.ends_with("start me again"), "{log}");
}

#[actix_rt::test]
async fn a_program_whose_file_was_removed_is_replaced_all_the_same() {
    let directory = tempdir().unwrap();
    let program = copy_of_the_program(directory.path());
    let mut demo = started_from(&program, directory.path());
    let address = demo.address().await;
    fs::remove_file(&program).unwrap();
    replace(&mut demo, 1).await;
    assert_eq!(get(address, "/health").unwrap().status, 200);
}

#[actix_rt::test]
async fn a_daemon_goes_on_as_it_is_while_its_configuration_is_wrong() {
    let directory = tempdir().unwrap();
    let exchange = Exchange::start(ExchangeConfig::new(Clock::system())).unwrap();
    let mut right = "[server]\nport = 0\n[report]\nscheduled = false\n[market]\nus = true\n".to_owned();
    for source in SourceKind::ALL {
        let (table, url) = (source.as_str().replace('-', "_"), exchange.url(source));
        right.push_str(&format!("[market.sources.{table}]\nbase_url = \"{url}\"\n"));
    }
    let file = directory.path().join("evenkeel.toml");
    fs::write(&file, &right).unwrap();
    let mut daemon = Running::start(evenkeel(directory.path()).args(["run", "--log-format", "text"]));
    let address = daemon.address().await;
    fs::write(&file, right.replace("port = 0", "port = \"many\"")).unwrap();
    daemon.signal("USR2");
    let line = daemon.says(SOON, "the process is not replaced: ").await;
    assert!(line.contains("ERROR") && line.contains("port") && line.ends_with("goes on as it is"), "{line}");
    assert_eq!(get(address, "/health").unwrap().status, 200);
    fs::write(&file, &right).unwrap();
    replace(&mut daemon, 1).await;
    assert_eq!(get(address, "/health").unwrap().status, 200);
    exchange.stop().await;
}
