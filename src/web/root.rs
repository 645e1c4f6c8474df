//! Where the routes stand: at the root of the daemon's own server, or below a scope of an application's.
//!
//! Links on pages are relative and need none of it; it is for addresses in sentences, and for whoever has only them.

use actix_web::HttpRequest;

/// What stands before `route` in the address of a request that has come by it.
pub(super) fn root<'a>(request: &'a HttpRequest, route: &str) -> &'a str {
    before(request.path(), route)
}

fn before<'a>(path: &'a str, route: &str) -> &'a str {
    // A parameter of a route is one segment.
    let segments = route.matches('/').count();
    let start = path.rmatch_indices('/').take(segments).last();
    start.and_then(|(start, _)| path.get(..start)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_what_stands_before_the_route() {
        for (path, route, expected) in [
            ("/reports/7", "/reports/{id}", ""),
            ("/market/reports/7", "/reports/{id}", "/market"),
            ("/a/b/reports/reports/view", "/reports/{id}/view", "/a/b"),
            ("/market/live", "/live", "/market"),
            ("/", "/", ""),
            ("/market/", "/", "/market"),
        ] {
            assert_eq!(before(path, route), expected, "{path}");
        }
    }
}
