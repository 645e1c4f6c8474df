//! A connection as the HTTP below sees it: with a bound on what is read of a head, and on how long it may stand still.
//!
//! Until a request is whole, no more of it is read than a head may be long; whoever takes nothing of his answer for
//! [`STILL`] is cut. What a connection holds in memory and for how long it holds its place is bounded by that, whatever is
//! on its other end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::visit::{Stage, Visit};

/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// How long somebody may take nothing of what is ready for him.
pub(super) const STILL: Duration = Duration::from_secs(30);

/// How long is listened to somebody who has said too much: a connection that is closed with something unread in it takes the
/// answer with it.
const HEAR_OUT: Duration = Duration::from_secs(1);

const TOO_LONG: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n\
connection: close\r\ncontent-length: 59\r\n\r\n{\"detail\":\"the head of the request is longer than 16 KiB\"}\n";

/// A connection, and what is known of it.
#[derive(Debug)]
pub(super) struct Guest<C> {
    connection: C,
    visit: Visit,
    /// What was read before there was a request.
    read: usize,
    /// Whether all of that has been looked at.
    looked_at: bool,
    /// Runs while nothing can be sent.
    still: Option<Pin<Box<Sleep>>>,
    /// Runs from when on nothing more is of use.
    leaving: Option<Pin<Box<Sleep>>>,
}

impl<C: AsyncRead + AsyncWrite + Unpin> Guest<C> {
    pub(super) fn new(connection: C, visit: Visit) -> Self {
        Self { connection, visit, read: 0, looked_at: false, still: None, leaving: None }
    }

    pub(super) fn visit(&self) -> &Visit {
        &self.visit
    }

    fn read_head(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let most = (LONGEST_HEAD - self.read).min(buffer.remaining());
        if most == 0 && !self.looked_at {
            // Whoever reads takes as much as there is before he looks at it.
            self.looked_at = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if most == 0 {
            return self.refuse(cx);
        }
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
        ready!(Pin::new(&mut self.connection).poll_read(cx, &mut part))?;
        let length = part.filled().len();
        buffer.advance(length);
        self.read += length;
        Poll::Ready(Ok(()))
    }

    fn refuse(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.leaving = Some(Box::pin(sleep(HEAR_OUT)));
        // Nothing was sent before: there is room for a few bytes. Who does not get them loses the reason only.
        let _ = Pin::new(&mut self.connection).poll_write(cx, TOO_LONG);
        let _ = Pin::new(&mut self.connection).poll_shutdown(cx);
        self.hear_out(cx)
    }

    /// Whoever has his answer and goes on sending is heard out from now on. Called where the answer is sent, because he may
    /// just as well be silent.
    fn leaves_if_answered(&mut self, cx: &mut Context<'_>) {
        if self.visit.stage() == Stage::Answered && self.leaving.is_none() {
            let mut over = Box::pin(sleep(HEAR_OUT));
            // It wakes whoever reads.
            let _ = over.as_mut().poll(cx);
            self.leaving = Some(over);
        }
    }

    /// Throws away what is sent, until it ends or is over; either is the end.
    fn hear_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut unheard = [0; 4096];
        loop {
            if self.leaving.as_mut().is_none_or(|over| over.as_mut().poll(cx).is_ready()) {
                return Poll::Ready(Ok(()));
            }
            let mut buffer = ReadBuf::new(&mut unheard);
            ready!(Pin::new(&mut self.connection).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// `sent`, or an error when nothing could be sent for too long.
    fn in_time<T>(&mut self, cx: &mut Context<'_>, sent: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if sent.is_ready() {
            self.still = None;
            return sent;
        }
        let still = self.still.get_or_insert_with(|| Box::pin(sleep(STILL)));
        ready!(still.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<C: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guest<C> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let guest = self.get_mut();
        if guest.leaving.is_some() {
            guest.hear_out(cx)
        } else if guest.visit.stage() < Stage::Asked {
            guest.read_head(cx, buffer)
        } else {
            Pin::new(&mut guest.connection).poll_read(cx, buffer)
        }
    }
}

impl<C: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guest<C> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let guest = self.get_mut();
        guest.leaves_if_answered(cx);
        let sent = Pin::new(&mut guest.connection).poll_write(cx, bytes);
        guest.in_time(cx, sent)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_shutdown(cx)
    }
}
