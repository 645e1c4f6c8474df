//! What stands between a program and a server on a bad day: it passes everything on, late, or nothing at all.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the proxy does with what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Pass,
    /// Every piece, in either direction, comes so much later.
    Late(Duration),
    /// Pieces with this text in them, from the program to the server, are kept until the manner changes; everything
    /// with an empty text.
    Keep(&'static str),
}

/// A proxy on a free port of 127.0.0.1; it lives as long as the runtime of the test.
pub struct Proxy {
    pub address: SocketAddr,
    manner: watch::Sender<Manner>,
    kept: Arc<AtomicUsize>,
}

impl Proxy {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (manner, watched) = watch::channel(Manner::Pass);
        let kept = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&kept);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::spawn(pass(from_client, to_server, watched.clone(), Some(Arc::clone(&count))));
                tokio::spawn(pass(from_server, to_client, watched.clone(), None));
            }
        });
        Self { address, manner, kept }
    }

    pub fn set(&self, manner: Manner) {
        self.manner.send(manner).unwrap();
    }

    /// Pieces that have been kept up to now.
    pub fn kept(&self) -> usize {
        self.kept.load(Ordering::Relaxed)
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut manner: watch::Receiver<Manner>,
    kept: Option<Arc<AtomicUsize>>,
) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        let now = *manner.borrow_and_update();
        match now {
            Manner::Pass => {}
            Manner::Late(by) => tokio::time::sleep(by).await,
            Manner::Keep(text) => {
                let is_meant = piece[..length].windows(text.len().max(1)).any(|part| part == text.as_bytes());
                if let Some(kept) = kept.as_ref().filter(|_| text.is_empty() || is_meant) {
                    kept.fetch_add(1, Ordering::Relaxed);
                    let _ = manner.wait_for(|manner| *manner != now).await;
                }
            }
        }
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}
