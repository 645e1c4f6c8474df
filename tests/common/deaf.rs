//! A proxy before a Postgres server that loses one COMMIT, or the answer to one.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What becomes of the next COMMIT; the connection ends in each case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The server never gets it.
    Request,
    /// The server carries it out.
    Answer,
    /// The server carries it out, and nobody gets through to it from then on.
    AnswerAndServer,
}

/// A proxy on a free port of 127.0.0.1.
pub(crate) struct Deaf {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    loss: Option<Loss>,
    is_shut: bool,
}

/// A simple query with nothing but the one word: type, length with itself, text, 0.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

impl Deaf {
    pub(crate) fn before(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                if shared.lock().unwrap().is_shut {
                    continue;
                }
                let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
                let (from_server, to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || pass(from_server, to_client));
                std::thread::spawn(move || watch(client, server, &shared));
            }
        });
        Self { address, state }
    }

    pub(crate) fn lose(&self, loss: Loss) {
        self.state.lock().unwrap().loss = Some(loss);
    }

    pub(crate) fn is_open_again(&self) {
        self.state.lock().unwrap().is_shut = false;
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

fn watch(mut client: TcpStream, mut server: TcpStream, state: &Mutex<State>) {
    let mut piece = [0; 64 * 1024];
    while let Ok(length @ 1..) = client.read(&mut piece) {
        let loss = if piece[..length] == *COMMIT { state.lock().unwrap().loss.take() } else { None };
        if let Some(loss) = loss {
            state.lock().unwrap().is_shut = loss == Loss::AnswerAndServer;
            // Nothing of what the server says from now on gets through.
            client.shutdown(Shutdown::Both).unwrap();
            if loss != Loss::Request {
                server.write_all(&piece[..length]).unwrap();
                // It reads the COMMIT before it sees the end.
                server.shutdown(Shutdown::Write).unwrap();
            }
            break;
        }
        if server.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    let _ = server.set_read_timeout(Some(Duration::from_secs(60)));
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Write);
}
