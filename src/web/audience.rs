//! Those who stay and are sent what happens: who watches the dashboard, who follows the log.
//!
//! There are so many places and no more, and no peer has all of them. Whoever stays is sent a piece when he has taken the
//! one before, and his place is free again when he has gone.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::{self, StreamExt};

use super::peer::{Peer, share};
use super::visit::Visit;

/// Who is sent nothing for longer than this cannot tell whether anybody is there; nor can we.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

/// The places of those who stay. All clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Audience(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    places: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<Peer, usize>,
}

/// A place; free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    inside: Arc<Inside>,
    peer: Option<Peer>,
}

/// There is no place.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Full {
    /// For nobody.
    #[error("all {places} places are taken")]
    ForAll { places: usize },
    /// For this peer.
    #[error("your address has {taken} of the {places} places, which is all that one may have")]
    ForPeer { taken: usize, places: usize },
}

/// What is sent to somebody who stays.
pub(super) trait News {
    /// What is next, when it is there; nothing when that was all.
    async fn next(&mut self) -> Option<String>;
}

impl Audience {
    /// Room for so many.
    pub(super) fn of(places: usize) -> Self {
        Self(Arc::new(Inside { places, taken: Mutex::default() }))
    }

    /// A place for whoever has asked.
    pub(super) fn place(&self, request: &HttpRequest) -> Result<Place, Full> {
        let visit = request.conn_data::<Visit>().and_then(Visit::peer);
        // An application's server has no visits, and knows an address.
        self.take(visit.or_else(|| request.peer_addr().map(|address| Peer::of(address.ip()))))
    }

    fn take(&self, peer: Option<Peer>) -> Result<Place, Full> {
        let places = self.0.places;
        let mut taken = self.0.taken();
        if taken.all >= places {
            return Err(Full::ForAll { places });
        }
        if let Some(peer) = peer {
            let count = taken.by.entry(peer).or_default();
            if *count >= share(places) {
                return Err(Full::ForPeer { taken: *count, places });
            }
            *count += 1;
        }
        taken.all += 1;
        Ok(Place { inside: Arc::clone(&self.0), peer })
    }
}

impl Inside {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.inside.taken();
        taken.all -= 1;
        if let Some(peer) = self.peer
            && let Some(count) = taken.by.get_mut(&peer)
        {
            *count -= 1;
            if *count == 0 {
                taken.by.remove(&peer);
            }
        }
    }
}

/// An answer that goes on for as long as there are news and the client stays. `greeting` is sent at once, so that he knows
/// that he is there.
pub(super) fn stay(
    content_type: &str,
    greeting: String,
    place: Place,
    news: impl News + 'static,
) -> HttpResponse {
    let pieces = stream::unfold((news, place), async |(mut news, place)| {
        let piece = news.next().await?;
        Some((piece, (news, place)))
    });
    let pieces = stream::iter([greeting]).chain(pieces);
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(("Cache-Control", "no-store"))
        // A proxy that collects an answer would keep it for ever.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(pieces.map(|piece| Ok::<_, Infallible>(Bytes::from(piece))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> Option<Peer> {
        Some(Peer::of([192, 0, 2, last].into()))
    }

    #[test]
    fn no_peer_has_all_places_and_whoever_goes_leaves_his() {
        let audience = Audience::of(4);
        let mut of_one: Vec<Place> = (0..3).map(|_| audience.take(peer(1)).unwrap()).collect();
        assert_eq!(audience.take(peer(1)).unwrap_err(), Full::ForPeer { taken: 3, places: 4 });
        let other = audience.take(peer(2)).unwrap();
        for from in [peer(1), peer(3), None] {
            assert_eq!(audience.take(from).unwrap_err(), Full::ForAll { places: 4 });
        }
        of_one.pop();
        let again = audience.take(peer(1)).unwrap();
        drop((other, again, of_one));
        let taken = audience.0.taken();
        assert!(taken.all == 0 && taken.by.is_empty(), "nothing is kept of those who have left: {taken:?}");
        drop(taken);
        // Who has not come over a network is one who may do everything anyway.
        let owners: Vec<Place> = (0..4).map(|_| audience.take(None).unwrap()).collect();
        assert_eq!(owners.len(), 4);
    }
}
