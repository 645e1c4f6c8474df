//! The Redis server: what is read, what is refused, what is shown.

use std::time::Duration;

use evenkeel::config::{Config, RedisPlace, RedisUrl};

use crate::setup::{Setup, loaded};

#[test]
fn the_variable_sets_the_url_and_an_empty_one_takes_it_back() {
    let setup = Setup::new()
        .file("redis.url = \"redis://first\"\nredis.answer_within = \"250ms\"\nredis.prefix = \"staging:\"")
        .dot_env("REDIS_URL=rediss://me:p%40ss@second:6380/2");
    let redis = loaded(&setup).config.redis;
    let url = redis.url.unwrap();
    assert_eq!(url.place(), &RedisPlace::Tcp { host: "second".to_owned(), port: 6380, tls: true });
    assert_eq!((url.user(), url.password(), url.database()), (Some("me"), Some("p@ss"), 2));
    assert_eq!((redis.answer_within, redis.prefix.as_str()), (Duration::from_millis(250), "staging:"));

    let without = loaded(&setup.variable("REDIS_URL", " "));
    assert_eq!(without.config.redis.url, None);
    assert_eq!(without.origin("redis.url").to_string(), "default");
    assert_eq!(without.notices, []);
}

#[test]
fn an_unusable_url_names_the_variable_and_what_would_be_right_and_not_the_password() {
    let escape = "write @ : / ? # % in a user name or a password as %40 %3A %2F %3F %23 %25";
    let right = "write redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], rediss:// in place of redis:// for TLS, \
                 or unix:///PATH[?db=DATABASE]";
    let cases = [
        ("http://:hunter2@host", "http://…", right.to_owned()),
        ("host:6379", "…", right.to_owned()),
        ("redis://:hunter2@:6379", "redis://…", format!("there is no host in it; {right}")),
        ("redis://:hunt@er2@host", "redis://…", escape.to_owned()),
        ("redis://:hunter2%@host", "redis://…", format!("a % begins no escape there; {escape}")),
        ("redis://:hunter2@host:70000", "redis://…", "a port is a whole number from 1 to 65535".to_owned()),
        (
            "redis://:hunter2@host/first",
            "redis://…",
            "a database is a whole number of 0 or more, for example redis://HOST/0".to_owned(),
        ),
    ];
    for (url, shown, right) in cases {
        let expected = |subject: &str| format!("{subject} = \"{shown}\": {right}");
        assert_eq!(Setup::new().variable("REDIS_URL", url).error(), expected("REDIS_URL"));
        assert_eq!(Setup::new().dot_env(&format!("REDIS_URL='{url}'")).error(), expected("REDIS_URL"));
        assert_eq!(Setup::new().file(format!("redis.url = \"{url}\"")).error(), expected("redis.url"));
    }
    for file in ["redis.url = \"\"", "redis.url = [\"redis://:hunter2@host\"]", "redis.url = 7"] {
        let error = Setup::new().file(file).load().unwrap_err();
        assert!(
            error.to_string().starts_with("redis.url = ") && !error.to_string().contains("hunter2"),
            "{error}"
        );
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let cases = [
        ("redis.connections = 0", "redis.connections = 0: write a whole number from 1 to 64"),
        ("redis.connect_within = \"0s\"", "redis.connect_within = \"0s\": write at least 1ms"),
        (
            "redis.prefix = \"a\\nb\"",
            "redis.prefix = \"a\\nb\": write a text of at most 256 bytes in one line, for example evenkeel:",
        ),
        ("redis.ca_file = \"\"", "redis.ca_file = \"\": write the path of a file"),
        (
            "redis.url = \"redis://host\"\nredis.ca_file = \"ca.pem\"",
            "redis.ca_file = \"ca.pem\": redis.url is not encrypted; write rediss:// there, or leave this out",
        ),
    ];
    for (file, error) in cases {
        assert_eq!(Setup::new().file(file).error(), error);
    }
    let mut config = Config::default();
    config.redis.url = Some(RedisUrl::parse("rediss://host").unwrap());
    config.redis.ca_file = Some("ca.pem".into());
    assert_eq!(config.validate(), Ok(()));
}

#[test]
fn a_url_is_shown_as_far_as_it_is_no_secret() {
    let with = |url: &str| loaded(&Setup::new().variable("REDIS_URL", url));
    let line = |url: &str| {
        let shown = with(url).to_toml().unwrap();
        let table = shown.split("\n[redis]\n").nth(1).unwrap();
        table.lines().next().unwrap().to_owned()
    };
    assert_eq!(line("redis://host:7000/1"), "url = \"redis://host:7000/1\"  # REDIS_URL");
    assert_eq!(
        line("redis://me:hunter2@host:7000/1"),
        "# url is set and not shown as a whole: \"redis://me:(hidden)@host:7000/1\"  # REDIS_URL"
    );
    assert_eq!(line(""), "# url is not set: the latest snapshot is kept in the process  # default");

    let secret = with("redis://me:hunter2@host");
    assert_eq!(secret.config.validate(), Ok(()));
    let json = serde_json::to_string(&secret.config).unwrap();
    let shown = secret.to_toml().unwrap() + &secret.config.to_toml().unwrap();
    for text in [json, shown, format!("{secret:?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    let again = loaded(&Setup::new().file(secret.to_toml().unwrap()));
    assert_eq!(again.config.redis.url, None);
}
