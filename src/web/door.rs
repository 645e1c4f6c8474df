//! One thread's door: it accepts connections, has them served, and can be closed without losing anybody.
//!
//! Knows nothing of HTTP. Whoever has been accepted and has said something is waited for until his connection has ended;
//! whoever has said nothing is owed nothing, and waited for no longer than a moment. When all places are taken, those who
//! have not asked for anything yet make room for others: see `crowd`. Whoever waits in the backlog has not been touched,
//! and stays there for as long as somebody holds the socket.

use std::cell::RefCell;
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Service;
use rustix::process::{Resource, getrlimit};
use socket2::SockRef;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use super::crowd::Crowd;
use super::entrance::Entrance;
use super::guest::{Guest, STILL};
use super::peer::Peer;
use super::visit::{Stage, Visit};

/// Open connections of one door at most.
const CONNECTIONS: u64 = 1024;

/// And at least, where hardly any file may be open.
const FEWEST: u64 = 16;

/// Files that are left to everybody else: databases, sources, a report that is written.
const OTHER_FILES: u64 = 256;

/// What the kernel keeps for whoever reads slowly, of each answer.
const SEND_BUFFER: usize = 128 * 1024;

/// How many are let in before those who are inside are listened to.
const AT_ONCE: u64 = 16;

/// The pause after a failure to accept: no descriptor or no memory is left, and asking again at once does not help.
const RECOVERY: Duration = Duration::from_secs(1);

/// How long somebody may be silent after he was let in.
const SILENCE: Duration = Duration::from_secs(10);

/// How long somebody who has said nothing yet may take for it when the door closes: what he sends is on its way.
const LAST_WORD: Duration = Duration::from_millis(200);

/// When a door closes, and how long it may then take until nobody is inside.
pub type Closing = watch::Receiver<Option<Duration>>;

type Inside = Rc<RefCell<Crowd<AbortHandle>>>;

/// The places of each of `doors`: the files that may be open are divided between them and everybody else.
pub(super) fn places(doors: usize) -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let places = files.saturating_sub(OTHER_FILES) / (doors.max(1) as u64);
    usize::try_from(places.clamp(FEWEST, CONNECTIONS)).unwrap_or(usize::MAX)
}

/// Accepts and serves until `closing` says within which time to finish; returns how many connections were cut then.
/// Needs the runtime on which the connections are to be served.
///
/// # Errors
/// When the socket cannot be waited for; nothing is accepted then.
pub(super) async fn keep<E, S>(
    entrance: E,
    places: usize,
    service: S,
    mut closing: Closing,
) -> io::Result<usize>
where
    E: Entrance,
    S: Service<Guest<E::Stream>> + 'static,
    S::Future: 'static,
{
    let listener = entrance.open()?;
    let service = Rc::new(service);
    let crowd: Inside = Rc::new(RefCell::new(Crowd::new(places)));
    let mut inside = JoinSet::new();
    let mut let_in: u64 = 0;
    let within = loop {
        let has_room = crowd.borrow().has_room();
        tokio::select! {
            // Closing goes first: what is not accepted is answered by somebody else.
            biased;
            within = closing_time(&mut closing) => break within,
            Some(_) = inside.join_next() => {}
            accepted = E::accept(&listener), if has_room => match accepted {
                Ok(stream) => {
                    let Some(place) = Place::make(&crowd, E::peer(&stream)) else { continue };
                    if has_said_something(&stream) {
                        place.visit.reaches(Stage::Asking);
                    }
                    bound(&stream);
                    let (service, mut closing) = (Rc::clone(&service), closing.clone());
                    let (number, visit) = (place.number, place.visit.clone());
                    // A task of its own: a panic ends this connection and no other. How it went concerns the client.
                    let handle = inside.spawn_local(async move {
                        let visit = place.visit.clone();
                        if speaks::<E>(&stream, &mut closing).await {
                            visit.reaches(Stage::Asking);
                            drop(service.call(Guest::new(stream, visit)).await);
                        }
                        drop(place);
                    });
                    crowd.borrow_mut().enter(number, visit, handle);
                    let_in += 1;
                    if let_in.is_multiple_of(AT_ONCE) {
                        // Only when nobody runs is looked who has said something meanwhile.
                        tokio::task::yield_now().await;
                    }
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

/// The place of one connection; free again when it is dropped.
struct Place {
    crowd: Inside,
    number: u64,
    visit: Visit,
}

impl Place {
    /// A place for whoever comes from `address`, whoever has to leave for it; none when all that he may have are taken.
    fn make(crowd: &Inside, address: Option<SocketAddr>) -> Option<Self> {
        let peer = address.map(|address| Peer::of(address.ip()));
        let room = crowd.borrow_mut().make_room(peer);
        let Ok(dismissed) = room else {
            let peer =
                address.map_or_else(|| "the owner's socket".to_owned(), |address| address.ip().to_string());
            log::warn!(event = "peer-refused", peer = peer.as_str(); "{peer} has too many requests open, and gets no more connections");
            return None;
        };
        if let Some(dismissed) = dismissed {
            log::warn!(event = "connections-dismissed"; "all places are taken: connections that have not asked for anything make room for others");
            dismissed.abort();
        }
        let number = crowd.borrow_mut().number();
        Some(Self { crowd: Rc::clone(crowd), number, visit: Visit::from(peer) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.borrow_mut().leave(self.number);
    }
}

/// Whether there is something to read already; asked of the kernel itself, because the runtime learns of it only later.
fn has_said_something(stream: &impl AsFd) -> bool {
    SockRef::from(stream).peek(&mut [MaybeUninit::uninit()]).is_ok_and(|bytes| bytes > 0)
}

/// Bounds what the kernel keeps for a client, and for how long if he has gone without a word. Where it cannot, the
/// bounds of the guest still hold.
fn bound(stream: &impl AsFd) {
    let socket = SockRef::from(stream);
    let _ = socket.set_send_buffer_size(SEND_BUFFER);
    let _ = socket.set_tcp_user_timeout(Some(STILL));
}

/// Waits for the first byte; not if he goes away, is silent for too long, or still silent when the door has closed.
async fn speaks<E: Entrance>(stream: &E::Stream, closing: &mut Closing) -> bool {
    let closed = async {
        let within = closing_time(closing).await;
        tokio::time::sleep(within.min(LAST_WORD)).await;
    };
    tokio::select! {
        biased;
        peeked = E::peek(stream) => peeked.is_ok_and(|bytes| bytes > 0),
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
