//! For which host a request is meant, and whose page it comes from.
//!
//! A browser sends requests for any page that it shows. One that comes from another site's page must not order a report, and
//! a page whose host name leads to loopback all of a sudden must not be answered where no token is asked for.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderName, ORIGIN};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The hosts for which a daemon answers.
#[derive(Debug)]
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    /// Loopback's own names, and these.
    pub(super) fn with(host: IpAddr, names: &[String]) -> Self {
        let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        Self(own.into_iter().chain([host.to_string()]).chain(names.iter().cloned()).collect())
    }

    /// Whether one of them is meant by this host, with or without a port.
    pub(super) fn include(&self, host: &str) -> bool {
        let name = without_port(host).trim_matches(['[', ']']).trim_end_matches('.');
        self.0.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// All of them, for people.
    pub(super) fn listed(&self) -> String {
        let mut listed = self.0.clone();
        listed.dedup();
        listed.join(", ")
    }
}

/// The host that a request names; nothing where none is named, an error where it cannot be told which.
pub(super) fn host(request: &HttpRequest) -> Result<Option<&str>, &'static str> {
    let mut named = request.headers().get_all(HOST);
    let header = named.next().map(|host| host.to_str().map_err(|_| "its Host is not one")).transpose()?;
    if named.next().is_some() {
        return Err("it has more than one Host");
    }
    // An address with a host in it says it more precisely.
    Ok(request.uri().authority().map(|authority| authority.as_str()).or(header))
}

/// Whether a request was sent by a page of another site.
pub(super) fn is_foreign(request: &HttpRequest, host: Option<&str>) -> bool {
    let mut sites = request.headers().get_all(FETCH_SITE).peekable();
    if sites.peek().is_some() {
        // A browser knows better than anybody behind a proxy can.
        return !sites.all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    }
    request.headers().get_all(ORIGIN).any(|origin| {
        let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        !origin.zip(host).is_some_and(|((_, origin), host)| origin.eq_ignore_ascii_case(host))
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.ends_with(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            // Colons that are left belong to an address without brackets.
            if name.contains(':') && !name.ends_with(']') { host } else { name }
        }
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_own_names_are_meant() {
        let hosts = Hosts::with([127, 0, 0, 5].into(), &["evenkeel.example.com".to_owned()]);
        for meant in [
            "localhost",
            "LOCALHOST:8888",
            "127.0.0.1:1",
            "127.0.0.5",
            "[::1]:8888",
            "[::1]",
            "evenkeel.example.com",
            "evenkeel.example.com.:443",
        ] {
            assert!(hosts.include(meant), "{meant}");
        }
        for other in [
            "",
            "evil.example",
            "localhost.evil.example",
            "evil.example:8888",
            "127.0.0.1.evil.example",
            "user@localhost",
            "localhost:8888@evil.example",
            "localhost:x",
            "2130706433",
            "0.0.0.0",
            "[::]:8888",
        ] {
            assert!(!hosts.include(other), "{other}");
        }
    }

    #[test]
    fn a_page_of_another_site_is_told_from_ones_own() {
        for (headers, foreign) in [
            (&[][..], false),
            (&[("origin", "http://127.0.0.1:8888")], false),
            (&[("origin", "http://127.0.0.1:9999")], true),
            (&[("origin", "https://evil.example")], true),
            (&[("origin", "null")], true),
            (&[("origin", "http://127.0.0.1:8888"), ("origin", "https://evil.example")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "none")], false),
            // Behind a proxy that names another host than the browser does.
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://evenkeel.example.com")], false),
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], true),
        ] {
            let request =
                headers.iter().fold(TestRequest::default(), |request, header| request.append_header(*header));
            let request = request.to_http_request();
            assert_eq!(is_foreign(&request, Some("127.0.0.1:8888")), foreign, "{headers:?}");
        }
    }
}
