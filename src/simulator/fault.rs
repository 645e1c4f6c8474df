//! The faults that a simulated source can be given, and the switchboard that holds them.
//!
//! What a fault does to a response is in `gate`; here is only which one is on. The switchboard is bounded: one
//! setting a source.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::source::SourceKind;

/// How a source misbehaves. In JSON: `{"fault":"too-many-requests","retry_after":119}`; fields may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// The source answers normally.
    None,
    /// 429 with the source's own body, with a `Retry-After` header of that many seconds or without one.
    TooManyRequests {
        /// Seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// 429 from the network in front of the source, without `Retry-After`.
    CloudflareThrottle {
        /// Which of the three bodies that are seen.
        #[serde(default)]
        body: ThrottleBody,
    },
    /// 403 with an HTML page: the address is blocked.
    ForbiddenHtml,
    /// 400 with an empty body of type `text/html`, as Vietcap answers a client that it does not like.
    BadRequestEmpty,
    /// 200 with an HTML page that challenges the browser.
    OkHtml,
    /// 500 with a short text.
    ServerError,
    /// 451: not served in this country.
    Restricted,
    /// The right answer, a few bytes at a time, in real time.
    SlowBody {
        /// Bytes a step, at least 1 (default 64).
        #[serde(default = "Fault::default_bytes")]
        bytes: u32,
        /// Milliseconds from one step to the next (default 200).
        #[serde(default = "Fault::default_pause_ms")]
        pause_ms: u32,
    },
    /// 200 and the right headers; the body ends in the middle of the document. The HTTP framing is intact.
    TruncatedJson,
    /// 200, the right headers and the first bytes of the body, then a TCP reset (`RST`).
    ConnectionReset,
    /// The request is read and never answered.
    Silence,
    /// 200 and a body that never ends, as fast as it is read.
    EndlessBody,
}

/// The three bodies of a 429 that CoinGecko's clients have met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThrottleBody {
    /// JSON: `{"status":{"error_code":429,…}}`.
    #[default]
    Json,
    /// The text `Throttled`.
    Text,
    /// The text `error code: 1015`.
    Code1015,
}

impl Fault {
    /// Every fault once, with ordinary parameters: what a test goes through in turn.
    pub const EVERY: [Self; 15] = [
        Self::TooManyRequests { retry_after: None },
        Self::TooManyRequests { retry_after: Some(30) },
        Self::CloudflareThrottle { body: ThrottleBody::Json },
        Self::CloudflareThrottle { body: ThrottleBody::Text },
        Self::CloudflareThrottle { body: ThrottleBody::Code1015 },
        Self::ForbiddenHtml,
        Self::BadRequestEmpty,
        Self::OkHtml,
        Self::ServerError,
        Self::Restricted,
        Self::SlowBody { bytes: 64, pause_ms: 200 },
        Self::TruncatedJson,
        Self::ConnectionReset,
        Self::Silence,
        Self::EndlessBody,
    ];

    const fn default_bytes() -> u32 {
        64
    }

    const fn default_pause_ms() -> u32 {
        200
    }
}

#[derive(Debug, Clone, Copy)]
struct Setting {
    fault: Fault,
    /// Requests that are still answered normally before the fault begins.
    spare: u32,
}

const HEALTHY: Setting = Setting { fault: Fault::None, spare: 0 };

/// The switchboard: a cloneable handle; all clones switch the same exchange, at once.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Mutex<[Setting; SourceKind::ALL.len()]>>);

impl Default for Faults {
    fn default() -> Self {
        Self(Arc::new(Mutex::new([HEALTHY; SourceKind::ALL.len()])))
    }
}

impl Faults {
    /// From the next request on, `source` has this fault.
    pub fn set(&self, source: SourceKind, fault: Fault) {
        self.set_after(source, 0, fault);
    }

    /// `source` answers `requests` more requests as if nothing were wrong, then has this fault.
    pub fn set_after(&self, source: SourceKind, requests: u32, fault: Fault) {
        self.settings()[source as usize] = Setting { fault, spare: requests };
        log::info!(event = "simulator-fault", source = source.as_str(), fault:serde = fault, after_requests = requests;
            "simulated source {source} switched to {fault:?} after {requests} requests");
    }

    /// Gives every source this fault.
    pub fn set_all(&self, fault: Fault) {
        for source in SourceKind::ALL {
            self.set(source, fault);
        }
    }

    /// `source` answers normally again.
    pub fn clear(&self, source: SourceKind) {
        self.set(source, Fault::None);
    }

    /// Every source answers normally again.
    pub fn clear_all(&self) {
        self.set_all(Fault::None);
    }

    /// What `source` is set to, whether it has begun or not.
    pub fn get(&self, source: SourceKind) -> Fault {
        self.settings()[source as usize].fault
    }

    /// The fault of the request that has just come in.
    pub(crate) fn draw(&self, source: SourceKind) -> Fault {
        let setting = &mut self.settings()[source as usize];
        if setting.spare == 0 {
            return setting.fault;
        }
        setting.spare -= 1;
        Fault::None
    }

    fn settings(&self) -> MutexGuard<'_, [Setting; SourceKind::ALL.len()]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delayed_fault_spares_exactly_the_promised_requests() {
        let faults = Faults::default();
        faults.set_after(SourceKind::Coingecko, 2, Fault::ServerError);
        let drawn: Vec<Fault> = (0..4).map(|_| faults.draw(SourceKind::Coingecko)).collect();
        assert_eq!(drawn, [Fault::None, Fault::None, Fault::ServerError, Fault::ServerError]);
        assert_eq!(faults.draw(SourceKind::Vietcap), Fault::None);
    }

    #[test]
    fn fields_left_out_get_their_defaults() {
        let read = |text: &str| serde_json::from_str::<Fault>(text).unwrap();
        assert_eq!(read(r#"{"fault":"too-many-requests"}"#), Fault::TooManyRequests { retry_after: None });
        assert_eq!(read(r#"{"fault":"slow-body"}"#), Fault::SlowBody { bytes: 64, pause_ms: 200 });
        assert_eq!(
            read(r#"{"fault":"cloudflare-throttle","body":"code1015"}"#),
            Fault::CloudflareThrottle { body: ThrottleBody::Code1015 }
        );
    }
}
