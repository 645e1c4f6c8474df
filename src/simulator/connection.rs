//! A second handle on a client's connection, so that a response can end in a real TCP reset.
//!
//! actix drops a connection whose body fails, which the other side sees as an orderly end of stream. With a linger
//! time of zero the kernel sends `RST` instead. The handle lives in the connection's data and goes with it.

use std::any::Any;
use std::io;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::rc::Rc;

use actix_web::dev::Extensions;

/// A duplicate of the connection's socket.
#[derive(Debug, Clone)]
pub(crate) struct Connection(Rc<TcpStream>);

impl Connection {
    /// Keeps a duplicate of the socket of a new connection; without one (no file descriptors left) the connection
    /// cannot be reset, only closed.
    pub(crate) fn remember(socket: &dyn Any, data: &mut Extensions) {
        let Some(socket) = socket.downcast_ref::<tokio::net::TcpStream>() else { return };
        if let Ok(duplicate) = socket.as_fd().try_clone_to_owned() {
            data.insert(Self(Rc::new(TcpStream::from(duplicate))));
        }
    }

    /// From now on, closing the connection resets it.
    pub(crate) fn reset_on_close(&self) -> io::Result<()> {
        // tokio is the way to this socket option in safe code; the option belongs to the socket, not to the handle.
        tokio::net::TcpStream::from_std(self.0.try_clone()?)?.set_zero_linger()
    }
}
