//! How often somebody may ask, and how often he may bring a wrong token.
//!
//! Peers that have been quiet for long enough are forgotten. When too many are known all the same, those who come are
//! counted together with some others, so that what is remembered is bounded whoever comes.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::peer::Peer;
use crate::clock::Stopwatch;

/// Peers that are told apart.
const PEERS: usize = 1024;

/// How many seconds' requests may come at once.
const BURST: u32 = 10;

/// Wrong tokens that may come at once.
const WRONG_AT_ONCE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// And from then on one in such a time.
const WRONG_EVERY: Duration = Duration::from_secs(6);

/// What every peer may do.
#[derive(Debug)]
pub(super) struct Limits {
    requests: Option<Limit>,
    wrong: Option<Limit>,
}

impl Limits {
    /// Requests a second, on average; 0 for as many as anybody likes.
    pub(super) fn new(requests_per_second: u32) -> Self {
        let each_second = NonZeroU32::new(requests_per_second);
        let requests = each_second.map(|each_second| {
            let at_once = each_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST - 1));
            Limit::new(Quota::per_second(each_second).allow_burst(at_once))
        });
        let wrong = Quota::with_period(WRONG_EVERY).map(|quota| Limit::new(quota.allow_burst(WRONG_AT_ONCE)));
        Self { requests, wrong }
    }

    /// Counts a request; says how long to wait when there were too many.
    pub(super) fn request(&self, peer: Peer) -> Result<(), Duration> {
        self.requests.as_ref().map_or(Ok(()), |limit| limit.take(peer))
    }

    /// Counts a wrong token; says how long to wait when there were too many.
    pub(super) fn wrong_token(&self, peer: Peer) -> Result<(), Duration> {
        self.wrong.as_ref().map_or(Ok(()), |limit| limit.take(peer))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Account {
    Of(Peer),
    /// One of those that are shared.
    Shared(u8),
}

#[derive(Debug)]
struct Limit {
    limiter: RateLimiter<Account, HashMapStateStore<Account>, Time, NoOpMiddleware<Nanos>>,
    lots: RandomState,
}

impl Limit {
    fn new(quota: Quota) -> Self {
        Self { limiter: RateLimiter::hashmap_with_clock(quota, Time::begin()), lots: RandomState::new() }
    }

    fn take(&self, peer: Peer) -> Result<(), Duration> {
        let taken = self.limiter.check_key(&self.account(peer));
        taken.map_err(|not_until| not_until.wait_time_from(self.limiter.clock().now()))
    }

    fn account(&self, peer: Peer) -> Account {
        if self.limiter.len() >= PEERS {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        if self.limiter.len() < PEERS {
            return Account::Of(peer);
        }
        Account::Shared(self.lots.hash_one(peer).to_le_bytes()[0])
    }
}

/// Real time, from the one place that reads it.
#[derive(Debug, Clone)]
struct Time(Stopwatch);

impl Time {
    fn begin() -> Self {
        Self(Stopwatch::start())
    }
}

impl Clock for Time {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.elapsed().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: u32) -> Peer {
        Peer::of(std::net::Ipv4Addr::from_bits(number).into())
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_asks_too_often_waits_and_is_forgotten_when_it_is_quiet() {
        let limits = Limits::new(2);
        for _ in 0..20 {
            assert_eq!(limits.request(peer(1)), Ok(()));
        }
        let wait = limits.request(peer(1)).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(500), "{wait:?}");
        assert_eq!(limits.request(peer(2)), Ok(()), "it is another one");
        tokio::time::sleep(wait).await;
        assert_eq!(limits.request(peer(1)), Ok(()));
        for other in 3..=(PEERS as u32) {
            assert_eq!(limits.request(peer(other)), Ok(()));
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(limits.request(peer(1)), Ok(()));
        assert_eq!(limits.request(peer(5000)), Ok(()));
        assert!(limits.requests.unwrap().limiter.len() <= 2, "whoever was quiet is forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_remembered_is_bounded_and_wrong_tokens_are_few() {
        let limits = Limits::new(0);
        for number in 0..100_000 {
            assert_eq!(limits.request(peer(number)), Ok(()), "no limit");
            let _ = limits.wrong_token(peer(number));
        }
        assert!(limits.wrong.as_ref().unwrap().limiter.len() <= PEERS + 256);
        let limits = Limits::new(0);
        let accepted = (0..1000).filter(|_| limits.wrong_token(peer(1)).is_ok()).count();
        assert_eq!(accepted, 10);
        assert!(limits.wrong_token(peer(1)).unwrap_err() <= WRONG_EVERY);
    }
}
