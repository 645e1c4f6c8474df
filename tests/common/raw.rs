//! Requests byte by byte, as no well-meaning client would send them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, Socket, Type};

/// Longer than a daemon may take to end any connection.
const PATIENCE: Duration = Duration::from_secs(90);

/// Sends `bytes` and reads until the connection ends, in whatever way. A blocking call: to be made where nothing waits.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    // A daemon that has heard enough closes before everything is sent.
    let _ = stream.write_all(bytes);
    listen(stream)
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Everything until the connection ends; fails the test if it does not.
pub fn listen(mut stream: TcpStream) -> String {
    let (mut heard, mut piece) = (Vec::new(), [0; 64 * 1024]);
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => heard.extend_from_slice(&piece[..length]),
            Err(error) => {
                let patient =
                    !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
                assert!(patient, "the connection has not ended within {PATIENCE:?}: {error}");
                break;
            }
        }
    }
    String::from_utf8_lossy(&heard).into_owned()
}

/// Connects, with hardly any room for what comes back.
pub fn narrow(address: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&address.into()).unwrap();
    socket.into()
}

/// The status of an answer; 0 if there is none.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Lets this process open as many files as it may; returns how many that are.
pub fn open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    limit.maximum.unwrap_or(u64::MAX)
}
