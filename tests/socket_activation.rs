//! The program on a socket that somebody else has opened, as a service manager does it.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Command;

use command_fds::{CommandFdExt, FdMapping};
use socket2::{Domain, Socket, Type};
use tempfile::tempdir;

mod common;
use common::SOON;
use common::client::{ask, get, parse};
use common::program::{Running, run, stderr};

const DEMO: &str = "demo --log-format text --port";

/// The program with descriptor 3 and the variables that `assigned` sets; `$$` is its own PID in there.
fn with_descriptor(directory: &Path, descriptor: impl Into<OwnedFd>, assigned: &str, port: u16) -> Command {
    let mut command = Command::new("sh");
    let line = format!("{assigned} exec {} {DEMO} {port}", env!("CARGO_BIN_EXE_evenkeel"));
    command.env_clear().current_dir(directory).args(["-c", &line]);
    let mapping = FdMapping { parent_fd: descriptor.into(), child_fd: 3 };
    command.fd_mappings(vec![mapping]).unwrap();
    command
}

fn listening() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

#[actix_rt::test]
async fn who_connects_before_the_program_runs_is_answered_by_it() {
    let directory = tempdir().unwrap();
    let listener = listening();
    let address = listener.local_addr().unwrap();
    let mut early = ask(std::net::TcpStream::connect(address).unwrap(), "/health").unwrap();
    let variables = "LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=evenkeel.socket";
    let mut demo = Running::start(&mut with_descriptor(directory.path(), listener, variables, 8888));
    let mut answer = Vec::new();
    std::io::Read::read_to_end(&mut early, &mut answer).unwrap();
    assert_eq!(parse(&answer).unwrap().0, 200);
    demo.says(SOON, &format!("listening on http://{address} (inherited)")).await;
    demo.says(SOON, &format!("{address} is the inherited socket's, and holds instead of 127.0.0.1:8888"))
        .await;
    // It can be handed on like a socket of its own.
    demo.signal("USR2");
    demo.says_times(SOON, "(inherited)", 2).await;
    assert_eq!(get(address, "/health").unwrap().status, 200);
    let variables = std::fs::read_to_string(format!("/proc/{}/environ", demo.pid())).unwrap();
    assert!(variables.contains("LISTEN_FDS=1") && !variables.contains("LISTEN_FDNAMES"), "{variables:?}");
}

#[test]
fn what_cannot_be_listened_on_is_refused_with_the_reason() {
    let bound = || Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let datagrams = || std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let file = || std::fs::File::open("Cargo.toml").unwrap();
    for (descriptor, variables, expected) in [
        (
            OwnedFd::from(listening()),
            "LISTEN_FDS=2",
            "LISTEN_FDS = \"2\": there is use for one listening socket",
        ),
        (listening().into(), "LISTEN_FDS=1 LISTEN_FDS_FIRST_FD=4", "LISTEN_FDS_FIRST_FD = \"4\""),
        (listening().into(), "LISTEN_FDS=many", "LISTEN_FDS = \"many\""),
        (bound().into(), "LISTEN_FDS=1", "descriptor 3 does not listen"),
        (datagrams().into(), "LISTEN_FDS=1", "fd 3 is not a valid tcp socket"),
        (file().into(), "LISTEN_FDS=1", "fd 3 is not a socket"),
    ] {
        let directory = tempdir().unwrap();
        let variables = format!("{variables} LISTEN_PID=$$");
        let output = run(&mut with_descriptor(directory.path(), descriptor, &variables, 0));
        let complaint = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains(expected) && complaint.lines().count() == 1, "{complaint}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "something was written");
    }
}

#[test]
fn a_socket_that_others_can_reach_needs_a_token() {
    let directory = tempdir().unwrap();
    let everywhere = TcpListener::bind("0.0.0.0:0").unwrap();
    let address = everywhere.local_addr().unwrap();
    let output = run(&mut with_descriptor(directory.path(), everywhere, "LISTEN_FDS=1 LISTEN_PID=$$", 0));
    let expected = format!(
        "evenkeel: the inherited socket {address} can be reached from other machines: \
         set server.token or EVENKEEL_TOKEN, or hand over one on a loopback address\n"
    );
    let complaint = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    // The demo has said what it is about to do.
    assert!(complaint.ends_with(&expected) && !complaint.contains("listening on"), "{complaint}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "something was written");
}

#[actix_rt::test]
async fn a_socket_that_is_meant_for_nobody_or_another_process_is_left_alone() {
    let directory = tempdir().unwrap();
    let listener = listening();
    let elsewhere = listener.local_addr().unwrap();
    for variables in ["LISTEN_FDS=1 LISTEN_PID=1", "LISTEN_FDS=0 LISTEN_PID=$$"] {
        let listener = listener.try_clone().unwrap();
        let mut demo = Running::start(&mut with_descriptor(directory.path(), listener, variables, 0));
        let line = demo.says(SOON, "listening on http://").await;
        assert!(!line.contains("(inherited)") && !line.contains(&elsewhere.to_string()), "{line}");
    }
}
