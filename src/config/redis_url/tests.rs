//! What a Redis URL may look like, what is refused, and what is shown of either.

use super::*;

#[test]
fn a_url_says_where_and_who() {
    // The URL; as it is shown; user, password.
    let cases: [(&str, &str, Option<&str>, Option<&str>); 15] = [
        ("redis://localhost", "redis://localhost:6379/0", None, None),
        ("REDIS://cache:6380/", "redis://cache:6380/0", None, None),
        ("redis://10.0.0.7:6380/15", "redis://10.0.0.7:6380/15", None, None),
        ("redis://[::1]:7000/1", "redis://[::1]:7000/1", None, None),
        ("redis://cache?db=3", "redis://cache:6379/3", None, None),
        ("redis://cache?decode_responses=True&socket_timeout=5", "redis://cache:6379/0", None, None),
        ("redis://:pa%40ss@cache", "redis://:(hidden)@cache:6379/0", None, Some("pa@ss")),
        ("redis://:a:b@cache", "redis://:(hidden)@cache:6379/0", None, Some("a:b")),
        ("redis://me:%C3%A9%25@cache", "redis://me:(hidden)@cache:6379/0", Some("me"), Some("é%")),
        ("redis://:@cache", "redis://cache:6379/0", None, None),
        ("redis://secret@cache", "redis://(hidden)@cache:6379/0", Some("secret"), None),
        ("rediss://cache?ssl_cert_reqs=required", "rediss://cache:6379/0", None, None),
        ("unix:///run/redis.sock", "unix:///run/redis.sock?db=0", None, None),
        ("redis+unix:///run/a%20b@c?db=2", "unix:///run/a%20b%40c?db=2", None, None),
        (
            "unix:///run/redis.sock?username=me&password=a%26b",
            "unix://me:(hidden)@/run/redis.sock?db=0",
            Some("me"),
            Some("a&b"),
        ),
    ];
    for (text, display, user, password) in cases {
        let url = RedisUrl::parse(text).unwrap_or_else(|right| panic!("{text}: {right}"));
        assert_eq!((url.to_string().as_str(), url.user(), url.password()), (display, user, password));
        assert_eq!(RedisUrl::parse(display).unwrap().to_string(), display, "what is shown can be read");
    }
}

#[test]
fn anything_else_is_refused_without_repeating_it() {
    let cases = [
        ("", "…"),
        ("hunter2", "…"),
        ("localhost:6379", "…"),
        (":hunter2@cache:6379", "…"),
        ("http://me:hunter2@cache", "http://…"),
        ("redis:/hunter2@cache", "…"),
        ("redis://", "redis://…"),
        ("redis://:hunter2@", "redis://…"),
        ("redis://:hunter2@/0", "redis://…"),
        ("redis://:hunter2@:6379", "redis://…"),
        ("redis://:hunt@er2@cache", "redis://…"),
        ("redis://:hunt/er2@cache", "redis://…"),
        ("redis://:hunt?er2@cache", "redis://…"),
        ("redis://:hunt#er2@cache", "redis://…"),
        ("redis://:hunter2%@cache", "redis://…"),
        ("redis://:hunter2%zz@cache", "redis://…"),
        ("redis://:hunter2%ff@cache", "redis://…"),
        ("redis://:hunter2%00@cache", "redis://…"),
        ("redis://:hunter2@cache:port", "redis://…"),
        ("redis://:hunter2@cache:0", "redis://…"),
        ("redis://:hunter2@cache:65536", "redis://…"),
        ("redis://:hunter2@cache/one", "redis://…"),
        ("redis://:hunter2@cache/-1", "redis://…"),
        ("redis://:hunter2@cache/0/1", "redis://…"),
        ("redis://:hunter2@0.0.0.0", "redis://…"),
        ("redis://:hunter2@[::g]", "redis://…"),
        ("redis://:hunter2@ca che", "redis://…"),
        ("redis://cache?hunter2", "redis://…"),
        ("rediss://:hunter2@cache?ssl_cert_reqs=none", "rediss://…"),
        ("unix://run/redis.sock", "unix://…"),
        ("unix://", "unix://…"),
        ("unix:///run/", "unix://…"),
        ("unix:///run/redis.sock?db=x", "unix://…"),
    ];
    for (text, display) in cases {
        let right = RedisUrl::parse(text).expect_err(text);
        assert!(!right.contains("hunter2") && !right.is_empty(), "{text}: {right}");
        assert_eq!(shown(text), display, "{text}");
    }
}
