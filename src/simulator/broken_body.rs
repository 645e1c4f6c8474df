//! Bodies that arrive badly: cut short, a few bytes at a time, or for ever.
//!
//! They wrap the right answer and know nothing of what is in it.

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, BodyStream, BoxBody, MessageBody};
use bytes::Bytes;
use futures_util::stream;
use tokio::time::Sleep;

use super::connection::Connection;

/// Bytes of a streamed body that are let through before it is cut; of a body of known length it is half. Shorter
/// than every streamed answer but an empty list, which stays whole.
const CUT_AFTER: usize = 100;
/// Something that a parser of JSON accepts for as long as it comes.
static BLANKS: [u8; 16 * 1024] = [b' '; 16 * 1024];

/// The first bytes of `body`, then an orderly end.
pub(crate) fn truncated(body: BoxBody) -> BoxBody {
    BoxBody::new(Cut { left: bytes_before_cut(&body), body, end: End::Orderly })
}

/// The first bytes of `body`, then a reset of the connection.
pub(crate) fn reset(body: BoxBody, connection: Option<Connection>) -> BoxBody {
    BoxBody::new(Cut { left: bytes_before_cut(&body), body, end: End::Flush(connection) })
}

/// `body`, `step` bytes every `pause`.
pub(crate) fn trickling(body: BoxBody, step: u32, pause: Duration) -> BoxBody {
    let sleep = Box::pin(tokio::time::sleep(pause));
    BoxBody::new(Trickle { body, waiting: Bytes::new(), step: step.max(1) as usize, pause, sleep })
}

/// A bracket and blanks without end, as fast as they are read.
pub(crate) fn endless() -> BoxBody {
    let blanks = std::iter::repeat_with(|| Bytes::from_static(&BLANKS));
    let chunks = std::iter::once(Bytes::from_static(b"[")).chain(blanks).map(Ok::<_, Infallible>);
    BoxBody::new(BodyStream::new(stream::iter(chunks)))
}

fn bytes_before_cut(body: &BoxBody) -> usize {
    match body.size() {
        BodySize::Sized(length) => (length / 2) as usize,
        BodySize::None | BodySize::Stream => CUT_AFTER,
    }
}

struct Cut {
    body: BoxBody,
    left: usize,
    end: End,
}

enum End {
    Orderly,
    /// Lets the server send what it has before the connection is lost: it throws its buffer away when a body fails.
    Flush(Option<Connection>),
    Reset(Option<Connection>),
}

impl MessageBody for Cut {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.left > 0
            && let Some(chunk) = ready!(Pin::new(&mut self.body).poll_next(cx))
        {
            let mut chunk = chunk?;
            chunk.truncate(self.left);
            self.left -= chunk.len();
            return Poll::Ready(Some(Ok(chunk)));
        }
        match &mut self.end {
            End::Orderly => Poll::Ready(None),
            End::Flush(connection) => {
                self.end = End::Reset(connection.take());
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            End::Reset(connection) => {
                if let Some(connection) = connection.take() {
                    connection.reset_on_close()?;
                }
                Poll::Ready(Some(Err("this response was switched to end in a connection reset".into())))
            }
        }
    }
}

struct Trickle {
    body: BoxBody,
    waiting: Bytes,
    step: usize,
    pause: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl MessageBody for Trickle {
    type Error = Box<dyn Error>;

    /// The length stays known: a slow body is not a broken one.
    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.waiting.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_next(cx)) {
                Some(chunk) => self.waiting = chunk?,
                None => return Poll::Ready(None),
            }
        }
        ready!(self.sleep.as_mut().poll(cx));
        self.sleep = Box::pin(tokio::time::sleep(self.pause));
        let step = self.step.min(self.waiting.len());
        Poll::Ready(Some(Ok(self.waiting.split_to(step))))
    }
}
