//! By which way somebody comes in: over the network, or by the owner's socket in the data directory.
//!
//! Routes and answers are the same. Who can write to the owner's socket is its owner, and has shown by that what a token
//! shows elsewhere.

use std::future::Future;
use std::io;
use std::mem::MaybeUninit;
use std::net::{self, SocketAddr};
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest};
use tokio::net::{TcpStream, UnixStream};

/// The way by which a request has come; one of the application's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Whoever can reach the address.
    Network,
    /// The user that the daemon runs as.
    Owner,
}

/// A socket that is bound and listens, and how its connections are accepted.
pub trait Entrance: Sized + Send + 'static {
    /// The way that it is.
    const WAY: Way;
    /// It, on a runtime.
    type Listener: 'static;
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + AsFd + Unpin + 'static;

    /// The same socket once more.
    ///
    /// # Errors
    /// When there is no descriptor left.
    fn duplicate(&self) -> io::Result<Self>;

    /// Waits for connections on the current runtime from now on.
    ///
    /// # Errors
    /// When that is not possible.
    fn open(self) -> io::Result<Self::Listener>;

    /// The next connection.
    fn accept(listener: &Self::Listener) -> impl Future<Output = io::Result<Self::Stream>>;

    /// Waits until there is something to read, and says how much of one byte it is.
    fn peek(stream: &Self::Stream) -> impl Future<Output = io::Result<usize>>;

    /// Where it comes from; nothing if that is this machine's own socket.
    fn peer(stream: &Self::Stream) -> Option<SocketAddr>;
}

impl Entrance for net::TcpListener {
    const WAY: Way = Way::Network;
    type Listener = tokio::net::TcpListener;
    type Stream = TcpStream;

    fn duplicate(&self) -> io::Result<Self> {
        self.try_clone()
    }

    fn open(self) -> io::Result<Self::Listener> {
        self.set_nonblocking(true)?;
        tokio::net::TcpListener::from_std(self)
    }

    async fn accept(listener: &Self::Listener) -> io::Result<TcpStream> {
        listener.accept().await.map(|(stream, _)| stream)
    }

    async fn peek(stream: &TcpStream) -> io::Result<usize> {
        stream.peek(&mut [0]).await
    }

    fn peer(stream: &TcpStream) -> Option<SocketAddr> {
        stream.peer_addr().ok()
    }
}

impl Entrance for UnixListener {
    const WAY: Way = Way::Owner;
    type Listener = tokio::net::UnixListener;
    type Stream = UnixStream;

    fn duplicate(&self) -> io::Result<Self> {
        self.try_clone()
    }

    fn open(self) -> io::Result<Self::Listener> {
        self.set_nonblocking(true)?;
        tokio::net::UnixListener::from_std(self)
    }

    async fn accept(listener: &Self::Listener) -> io::Result<UnixStream> {
        listener.accept().await.map(|(stream, _)| stream)
    }

    async fn peek(stream: &UnixStream) -> io::Result<usize> {
        stream.async_io(Interest::READABLE, || SockRef::from(stream).peek(&mut [MaybeUninit::uninit()])).await
    }

    fn peer(_: &UnixStream) -> Option<SocketAddr> {
        None
    }
}
