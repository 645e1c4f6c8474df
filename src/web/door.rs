//! One thread's door: it accepts connections, has them served, and can be closed without losing anybody.
//!
//! Knows nothing of HTTP. Whoever has been accepted and has said something is waited for until his connection has ended;
//! whoever has said nothing is owed nothing, and waited for no longer than a moment. Whoever waits in the backlog has
//! not been touched, and stays there for as long as somebody holds the socket.

use std::io;
use std::net;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Service;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Open connections of one door; further ones wait in the backlog.
const CONNECTIONS: usize = 1024;

/// The pause after a failure to accept: no descriptor or no memory is left, and asking again at once does not help.
const RECOVERY: Duration = Duration::from_secs(1);

/// How long somebody may be silent after he was let in.
const SILENCE: Duration = Duration::from_secs(10);

/// How long somebody who has said nothing yet may take for it when the door closes: what he sends is on its way.
const LAST_WORD: Duration = Duration::from_millis(200);

/// When a door closes, and how long it may then take until nobody is inside.
pub(super) type Closing = watch::Receiver<Option<Duration>>;

/// Accepts and serves until `closing` says within which time to finish; returns how many connections were cut then.
/// Needs the runtime on which the connections are to be served.
///
/// # Errors
/// When the socket cannot be waited for; nothing is accepted then.
pub(super) async fn keep<S>(listener: net::TcpListener, service: S, mut closing: Closing) -> io::Result<usize>
where
    S: Service<TcpStream> + 'static,
    S::Future: 'static,
{
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let service = Rc::new(service);
    let mut inside = JoinSet::new();
    let within = loop {
        tokio::select! {
            // Closing goes first: what is not accepted is answered by somebody else.
            biased;
            within = closing_time(&mut closing) => break within,
            Some(_) = inside.join_next() => {}
            accepted = listener.accept(), if inside.len() < CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    let (service, mut closing) = (Rc::clone(&service), closing.clone());
                    // A task of its own: a panic ends this connection and no other. How it went concerns the client.
                    inside.spawn_local(async move {
                        if speaks(&stream, &mut closing).await {
                            drop(service.call(stream).await);
                        }
                    });
                }
                Err(error) if belongs_to_one_client(&error) => {}
                Err(error) => {
                    log::warn!(event = "accept-failed"; "a connection could not be accepted: {error}");
                    tokio::time::sleep(RECOVERY).await;
                }
            }
        }
    };
    drop(listener);
    let empty = async { while inside.join_next().await.is_some() {} };
    // What is left when the time is up is counted below.
    let _ = tokio::time::timeout(within, empty).await;
    Ok(inside.len())
}

/// Waits for the first byte; not if he goes away, is silent for too long, or still silent when the door has closed.
async fn speaks(stream: &TcpStream, closing: &mut Closing) -> bool {
    let closed = async {
        let within = closing_time(closing).await;
        tokio::time::sleep(within.min(LAST_WORD)).await;
    };
    let mut first = [0];
    tokio::select! {
        biased;
        peeked = stream.peek(&mut first) => peeked.is_ok_and(|bytes| bytes > 0),
        () = closed => false,
        () = tokio::time::sleep(SILENCE) => false,
    }
}

/// Waits until the door closes; one whose server is gone closes at once.
async fn closing_time(closing: &mut Closing) -> Duration {
    closing.wait_for(Option::is_some).await.map_or(None, |within| *within).unwrap_or(Duration::ZERO)
}

/// Whether somebody went away while he waited in the backlog.
fn belongs_to_one_client(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}
