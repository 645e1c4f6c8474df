//! Every way to a Redis server: TLS with a CA of one's own, a login by name, a socket; and no password to be read
//! anywhere.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::path::Path;

use evenkeel::clock::Clock;
use evenkeel::config::{Config, RedisUrl};
use evenkeel::market::store::{IndexStore, RedisStore, StoreError};

mod common;
use common::SOON;
use common::house::{House, quiet};
use common::program::{Running, evenkeel, run, stderr, stdout};
use common::redis::{PASSWORD, PASSWORD_IN_URL, RedisServer, USER, Wants};

evenkeel::install_allocator!();

/// A refresh with this URL, and whether a snapshot can be read back from the server by another store.
async fn works(url: &str, ca_file: Option<&Path>) -> bool {
    let url = RedisUrl::parse(url).unwrap();
    let mut redis = Config::default().redis;
    (redis.url, redis.ca_file) = (Some(url.clone()), ca_file.map(Path::to_path_buf));
    let own = redis.clone();
    let house = House::open(move |config| config.redis = redis).await;
    let stored = house.refresh().await.stored;
    let other = RedisStore::new(&own, &url, Clock::system()).unwrap();
    let read = other.latest().await.unwrap();
    assert_eq!(read.is_some(), stored);
    stored
}

#[actix_rt::test]
async fn over_tls_the_server_is_believed_for_the_ca_that_is_named_and_for_no_other() {
    let server = RedisServer::start_with(Wants { tls: true, login: true }).await;
    assert!(works(&server.url_with_tls(), Some(&server.ca_file())).await);
    assert!(works(&server.url_with_tls().replace("127.0.0.1", "localhost"), Some(&server.ca_file())).await);
    assert!(!works(&server.url_with_tls(), None).await, "a certificate of an unknown CA was believed");
}

#[actix_rt::test]
async fn who_logs_in_by_name_is_let_in_with_the_right_password_only() {
    let server = RedisServer::start_with(Wants { login: true, tls: false }).await;
    let url = format!("redis://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{}/3", server.port());
    assert!(works(&url, None).await);
    let keys: String = server.ask("INFO keyspace");
    assert!(keys.contains("db3:keys=4"), "{keys}");
    assert!(!works(&url.replace("hunter2", "hunter3"), None).await);
    assert!(!works(&format!("redis://127.0.0.1:{}", server.port()), None).await);
}

#[actix_rt::test]
async fn over_a_socket() {
    let server = RedisServer::start().await;
    assert!(works(&format!("unix://{}?db=1", server.socket().display()), None).await);
}

#[actix_rt::test]
async fn a_refused_login_is_said_without_the_password() {
    let server = RedisServer::start_with(Wants { login: true, tls: false }).await;
    let url = RedisUrl::parse(&format!("redis://{USER}:hunter3@127.0.0.1:{}", server.port())).unwrap();
    let store = RedisStore::new(&Config::default().redis, &url, Clock::system()).unwrap();
    let house = House::open(|_| {}).await;
    let snapshot = house.daemon.store.latest().await.unwrap().unwrap();
    let error = store.put(snapshot.clone(), SOON).await.unwrap_err();
    let expected = format!(
        "redis://{USER}:(hidden)@127.0.0.1:{}/0 refuses the login: WRONGPASS invalid username-password pair or user is \
         disabled.",
        server.port()
    );
    assert_eq!(error, StoreError::Unavailable(expected));
    assert_eq!(store.latest().await.unwrap(), Some(snapshot), "it is served all the same");
}

#[test]
fn a_file_that_is_no_certificate_is_refused_at_start() {
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join("ca.pem");
    let mut config = quiet(&directory).redis;
    config.ca_file = Some(path.clone());
    let url = RedisUrl::parse("rediss://localhost").unwrap();
    for content in [None, Some(""), Some("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")] {
        content.into_iter().for_each(|content| std::fs::write(&path, content).unwrap());
        let error = RedisStore::new(&config, &url, Clock::system()).err().unwrap().to_string();
        assert!(error.starts_with(&format!("redis.ca_file = \"{}\": ", path.display())), "{error}");
        assert!(error.ends_with("write the path of a file with certificates in PEM form"), "{error}");
    }
}

/// What the program says when it cannot be let in, when nobody is there, and when it is asked for its configuration.
#[actix_rt::test]
async fn no_password_is_in_what_the_program_says() {
    let server = RedisServer::start_with(Wants { login: true, tls: false }).await;
    let directory = tempfile::TempDir::new().unwrap();
    let secrets = [PASSWORD, PASSWORD_IN_URL, "hunter2"];
    let right = format!("redis://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{}", server.port());
    let wrong = format!("redis://{USER}:hunter2@127.0.0.1:{}", server.port());
    let nobody = "redis://:hunter2@127.0.0.1:1".to_owned();
    for url in [right, wrong, nobody] {
        let mut command = evenkeel(directory.path());
        command.env("REDIS_URL", &url).env("RUST_LOG", "trace").env("PORT", "0");
        let shown = run(command.args(["config", "show"]));
        assert!(
            shown.status.success() && stdout(&shown).contains("(hidden)@127.0.0.1:"),
            "{}",
            stdout(&shown)
        );

        let mut command = evenkeel(directory.path());
        command.env("REDIS_URL", &url).env("RUST_LOG", "trace").env("PORT", "0").arg("run");
        std::fs::write(directory.path().join("evenkeel.toml"), "[market]\nvietnam = false\ncrypto = false\n")
            .unwrap();
        let mut running = Running::start(&mut command);
        running.says(SOON, "refreshed 0 of 0 indices").await;
        running.signal("TERM");
        running.ended(SOON).await;
        let said = running.log() + &stdout(&shown) + &stderr(&shown);
        assert!(!secrets.iter().any(|secret| said.contains(secret)), "{said}");
    }

    for url in
        ["redis://:hunter2@", "redis://:hunt@er2@host", "http://:hunter2@host", "redis://:hunter2@host:x"]
    {
        for arguments in [&["run"][..], &["config", "check"], &["config", "show"], &["report", "now"]] {
            let output = run(evenkeel(directory.path()).env("REDIS_URL", url).args(arguments));
            let said = stdout(&output) + &stderr(&output);
            assert_eq!(output.status.code(), Some(2), "{url} {arguments:?}: {said}");
            assert!(said.contains("REDIS_URL = ") && !said.contains("hunt"), "{said}");
        }
    }
}
