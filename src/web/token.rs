//! The bearer token, and how it is compared with what a request brings.
//!
//! Of the token itself only a digest is kept, and digests are compared in constant time: how long a refusal takes tells
//! neither how long the token is nor how much of it was right.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::Secret;

/// The token that requests for a report have to bring.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// The token to compare with.
    pub fn new(secret: &Secret) -> Self {
        Self(Sha256::digest(secret.expose()).into())
    }

    /// Whether the request brings this token.
    pub(super) fn is_brought_by(&self, request: &HttpRequest) -> bool {
        brought(request).is_some_and(|brought| self.0.ct_eq(&Sha256::digest(brought)).into())
    }
}

/// What stands after `Bearer` in the one header of its kind.
fn brought(request: &HttpRequest) -> Option<&[u8]> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let value = headers.next().filter(|_| headers.next().is_none())?.as_bytes();
    let (scheme, token) = value.split_at_checked(b"Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
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
            token.is_brought_by(&request)
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
}
