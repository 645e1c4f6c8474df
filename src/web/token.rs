//! The bearer token, and how it is compared with what a request brings.
//!
//! Of the token itself only a digest is kept, and digests are compared in constant time: how long a refusal takes tells
//! neither how long the token is nor how much of it was right.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::Secret;

/// The token that requests have to bring.
#[derive(Clone)]
pub struct Token([u8; 32]);

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// The token may also be the password of HTTP Basic, which browsers ask people for.
    Read,
    /// Not so here: browsers send passwords along with whatever any page makes them send.
    Order,
}

/// What a request brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brought {
    Nothing,
    Right,
    Wrong,
}

impl Token {
    /// The token to compare with.
    pub fn new(secret: &Secret) -> Self {
        Self(Sha256::digest(secret.expose()).into())
    }

    /// What the request brings.
    pub(super) fn brought_by(&self, request: &HttpRequest, wish: Wish) -> Brought {
        if !request.headers().contains_key(AUTHORIZATION) {
            return Brought::Nothing;
        }
        let bearer = after_scheme(request, "Bearer ").map(<[u8]>::to_vec);
        let brought = bearer.or_else(|| (wish == Wish::Read).then(|| password(request)).flatten());
        match brought {
            Some(brought) if self.0.ct_eq(&Sha256::digest(&brought)).into() => Brought::Right,
            _ => Brought::Wrong,
        }
    }
}

/// What stands after the name of a scheme in the one header of its kind.
fn after_scheme<'a>(request: &'a HttpRequest, scheme: &str) -> Option<&'a [u8]> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let value = headers.next().filter(|_| headers.next().is_none())?.as_bytes();
    let (named, rest) = value.split_at_checked(scheme.len())?;
    named.eq_ignore_ascii_case(scheme.as_bytes()).then(|| rest.trim_ascii())
}

/// The password of HTTP Basic; whose it is does not matter.
fn password(request: &HttpRequest) -> Option<Vec<u8>> {
    let mut login = BASE64_STANDARD.decode(after_scheme(request, "Basic ")?).ok()?;
    let colon = login.iter().position(|byte| *byte == b':')?;
    Some(login.split_off(colon + 1))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_the_whole_token_after_its_scheme_will_do() {
        let token = Token::new(&Secret::new("0123456789abcdef"));
        let accepts = |headers: &[&str]| {
            let request = headers
                .iter()
                .fold(TestRequest::default(), |request, value| request.append_header((AUTHORIZATION, *value)))
                .to_http_request();
            token.brought_by(&request, Wish::Order) == Brought::Right
        };
        for accepted in ["Bearer 0123456789abcdef", "bearer 0123456789abcdef", "Bearer  0123456789abcdef "] {
            assert!(accepts(&[accepted]), "{accepted}");
        }
        for refused in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer 0123456789abcde",
            "Bearer 0123456789abcdef0",
            "Bearer 0123456789ABCDEF",
            "Basic 0123456789abcdef",
            "Bearer: 0123456789abcdef",
            "0123456789abcdef",
        ] {
            assert!(!accepts(&[refused]), "{refused}");
        }
        assert!(!accepts(&[]));
        assert!(!accepts(&["Bearer 0123456789abcdef", "Bearer 0123456789abcdef"]), "which one counts?");
    }
    #[test]
    fn a_password_is_good_for_reading_only() {
        let token = Token::new(&Secret::new("0123456789abcdef"));
        for (login, read) in [
            ("anybody:0123456789abcdef", Brought::Right),
            (":0123456789abcdef", Brought::Right),
            ("0123456789abcdef:", Brought::Wrong),
            ("a:b:0123456789abcdef", Brought::Wrong),
            ("0123456789abcdef", Brought::Wrong),
        ] {
            let value = format!("Basic {}", BASE64_STANDARD.encode(login));
            let request = TestRequest::default().append_header((AUTHORIZATION, value)).to_http_request();
            assert_eq!(token.brought_by(&request, Wish::Read), read, "{login}");
            assert_eq!(token.brought_by(&request, Wish::Order), Brought::Wrong, "{login}");
        }
        let nothing = TestRequest::with_uri("/?token=0123456789abcdef").to_http_request();
        assert_eq!(token.brought_by(&nothing, Wish::Read), Brought::Nothing, "a token in an address is none");
    }
}
