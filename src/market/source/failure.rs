//! Why a source gave nothing, and whether it asked to be left alone. Pure: from a status, headers and the start of a
//! body to a value.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::Value;

use crate::market::parse::ParseError;

/// Longer explanations are cut: they end up in logs and in documents.
const LONGEST_REASON: usize = 120;

/// Why a source gave nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// Not everything had arrived when the time limit was over.
    #[error("did not answer within {} ms", limit.as_millis())]
    TimedOut {
        /// The limit, in real time.
        limit: Duration,
    },
    /// No connection, or none that speaks HTTP.
    #[error("could not be reached: {0}")]
    Unreachable(String),
    /// The connection ended before the answer did.
    #[error("broke off in the middle of its answer: {0}")]
    BrokenOff(String),
    /// The body is longer than what is read of it.
    #[error("answered with more than {limit} bytes")]
    TooLong {
        /// The longest body that is accepted.
        limit: u64,
    },
    /// The source asked to be left alone, or blocks us.
    #[error("refused with status {status}: {reason}")]
    Refused {
        /// What it asked for.
        refusal: Refusal,
        /// The HTTP status; a block page can come with 200.
        status: u16,
        /// In the source's words where it has any.
        reason: String,
    },
    /// Any other status but 200.
    #[error("answered with status {status}: {reason}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// In the source's words where it has any.
        reason: String,
    },
    /// The body could not be used.
    #[error("answered something unusable: {0}")]
    Unusable(ParseError),
    /// The work was given up because the runtime is ending.
    #[error("was given up because the program is ending")]
    GivenUp,
}

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Self {
        Self::Unusable(error)
    }
}

impl Failure {
    /// Whether further requests of the same round would fail in the same way.
    pub(super) fn ends_round(&self) -> bool {
        match self {
            Self::TimedOut { .. }
            | Self::Unreachable(_)
            | Self::BrokenOff(_)
            | Self::Refused { .. }
            | Self::GivenUp => true,
            Self::Status { status, .. } => *status >= 500,
            Self::TooLong { .. } | Self::Unusable(_) => false,
        }
    }
}

/// How a source refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of refusal.
    pub kind: RefusalKind,
    /// How long the source asked us to wait, if it said so.
    pub retry_after: Option<Duration>,
}

/// Kinds of refusal; each has a cool-down of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// Too many requests (429, or a page that says so).
    RateLimited,
    /// Banned for having ignored that (418).
    Banned,
    /// Blocked, challenged, or not let in without credentials (400 with a page, 401, 403, a page with 200).
    Denied,
    /// Not served in this country (451).
    Restricted,
    /// Overloaded, and said until when (503 with a time).
    Unavailable,
}

/// What an answer with any status but 200 means; `body` is its start.
pub(super) fn classify(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure {
    let rate_limited_page = || String::from_utf8_lossy(body).contains("1015");
    let kind = match status {
        429 => RefusalKind::RateLimited,
        418 => RefusalKind::Banned,
        451 => RefusalKind::Restricted,
        401 | 403 if rate_limited_page() => RefusalKind::RateLimited,
        401 | 403 => RefusalKind::Denied,
        // An interface that explains a bad request does so in JSON; a page or nothing at all is a block.
        400 if !starts_like_json(body) => RefusalKind::Denied,
        503 if retry_after.is_some() => RefusalKind::Unavailable,
        _ => return Failure::Status { status, reason: reason(body) },
    };
    Failure::Refused { refusal: Refusal { kind, retry_after }, status, reason: reason(body) }
}

/// A web page where data was promised: a challenge, whatever its status says.
pub(super) fn page_instead_of_data(status: u16) -> Failure {
    let refusal = Refusal { kind: RefusalKind::Denied, retry_after: None };
    Failure::Refused { refusal, status, reason: "a web page instead of data".to_owned() }
}

/// Whether a body that is labelled as `content_type` and begins with `body` is a web page.
pub(super) fn is_page(content_type: &str, body: &[u8]) -> bool {
    match first_byte(body) {
        Some(b'<') => true,
        Some(b'{' | b'[') => false,
        _ => content_type.trim_start().to_ascii_lowercase().starts_with("text/html"),
    }
}

/// How long `Retry-After` asks to wait: a number of seconds or a date.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

fn starts_like_json(body: &[u8]) -> bool {
    matches!(first_byte(body), Some(b'{' | b'['))
}

fn first_byte(body: &[u8]) -> Option<u8> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    body.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// The explanation in an error body: the known nestings of JSON, or a short plain text.
fn reason(body: &[u8]) -> String {
    let text = match first_byte(body) {
        None => "no explanation".to_owned(),
        Some(b'<') => "a web page".to_owned(),
        Some(b'{') => serde_json::from_slice(body)
            .ok()
            .and_then(|value: Value| explanation(&value).map(str::to_owned))
            .unwrap_or_else(|| "an explanation in an unknown form".to_owned()),
        Some(_) => String::from_utf8_lossy(body).into_owned(),
    };
    one_line(&text)
}

fn explanation(value: &Value) -> Option<&str> {
    const NESTINGS: [&str; 6] = [
        "/status/error_message",
        "/error/status/error_message",
        "/chart/error/description",
        "/error",
        "/msg",
        "/message",
    ];
    NESTINGS.iter().find_map(|nesting| value.pointer(nesting)?.as_str())
}

/// A text that fits into one log line.
pub(super) fn one_line(text: &str) -> String {
    let mut line: String =
        text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_REASON + 1).collect();
    if line.chars().count() > LONGEST_REASON {
        line = line.chars().take(LONGEST_REASON - 1).collect();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_refuse_is_told_apart() {
        use RefusalKind::{Banned, Denied, RateLimited, Restricted, Unavailable};
        let wait = Some(Duration::from_secs(37));
        let table: [(u16, Option<Duration>, &str, Option<RefusalKind>); 14] = [
            (429, wait, r#"{"status":{"error_code":429,"error_message":"slow down"}}"#, Some(RateLimited)),
            (429, None, "Throttled\n", Some(RateLimited)),
            (429, None, "error code: 1015", Some(RateLimited)),
            (403, None, "<html>Error 1015: limited</html>", Some(RateLimited)),
            (403, None, "<html>blocked</html>", Some(Denied)),
            (401, None, r#"{"status":{"error_code":10002}}"#, Some(Denied)),
            (400, None, "", Some(Denied)),
            (400, None, "<html></html>", Some(Denied)),
            (400, None, r#"{"error":"invalid vs_currency"}"#, None),
            (418, wait, r#"{"code":-1003,"msg":"banned"}"#, Some(Banned)),
            (451, None, r#"{"code":0,"msg":"restricted"}"#, Some(Restricted)),
            (503, wait, "", Some(Unavailable)),
            (503, None, "", None),
            (500, None, "oops", None),
        ];
        for (status, retry_after, body, expected) in table {
            let kind = match classify(status, retry_after, body.as_bytes()) {
                Failure::Refused { refusal, .. } => {
                    assert_eq!(refusal.retry_after, retry_after);
                    Some(refusal.kind)
                }
                _ => None,
            };
            assert_eq!(kind, expected, "{status} {body}");
        }
    }

    #[test]
    fn the_sources_own_words_are_found_in_every_nesting() {
        let table = [
            (r#"{"status":{"error_message":"one"}}"#, "one"),
            (r#"{"error":{"status":{"error_message":"two"}}}"#, "two"),
            (r#"{"chart":{"result":null,"error":{"description":"three"}}}"#, "three"),
            (r#"{"error":"four"}"#, "four"),
            (r#"{"code":-1121,"msg":"five"}"#, "five"),
            ("Too Many\r\nRequests\r\n", "Too Many  Requests"),
            ("", "no explanation"),
            ("<!DOCTYPE html>", "a web page"),
            ("{\"other\":1}", "an explanation in an unknown form"),
        ];
        for (body, expected) in table {
            assert_eq!(reason(body.as_bytes()), expected);
        }
        assert_eq!(reason("đ".repeat(4000).as_bytes()).chars().count(), LONGEST_REASON);
    }

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        let now = "2026-05-07T08:00:00Z".parse().unwrap();
        assert_eq!(retry_after("119", now), Some(Duration::from_secs(119)));
        assert_eq!(retry_after("Thu, 07 May 2026 08:02:00 GMT", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Thu, 07 May 2026 07:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-5", now), None);
    }

    #[test]
    fn a_page_is_known_by_its_first_byte_before_its_label() {
        assert!(is_page("application/json", b"\n <!DOCTYPE html>"));
        assert!(is_page("text/html; charset=UTF-8", b""));
        assert!(is_page("text/html", b"Just a moment"));
        assert!(!is_page("text/html", b"\xef\xbb\xbf{\"a\":1}"));
        assert!(!is_page("text/plain", b"[]"));
    }
}
