//! What is refused, with the exact line that the operator reads.

use std::time::Duration;

use evenkeel::config::{Config, ConfigFile, DatabaseUrl, Secret};

use crate::setup::{Setup, loaded};
use crate::token::NEEDS_A_TOKEN;

#[test]
fn a_bad_value_in_the_file_is_named_with_what_would_be_right() {
    let duration = "write a duration with a unit, for example 3m (h, m, s and ms are known)";
    let time = "write times of day as HH:MM, for example [\"07:30\", \"15:00\"]";
    let url =
        "write an absolute URL without credentials, query or fragment, for example https://api.example.com";
    let size = "write a size with a unit, for example 1 MiB";
    let sqlite = "write sqlite:PATH, a path, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE";
    let zone = "write the IANA name of a time zone, for example Asia/Ho_Chi_Minh";
    let cases: &[(&str, &str, &str)] = &[
        ("data_dir", r#""""#, "write the path of a directory"),
        ("data_dir", "7", "write the path of a directory"),
        ("server.host", r#""0.0.0.0""#, NEEDS_A_TOKEN),
        ("server.host", r#""192.0.2.1""#, NEEDS_A_TOKEN),
        ("server.host", r#""::""#, NEEDS_A_TOKEN),
        ("server.host", r#""example.com""#, "write an IP address, for example 127.0.0.1"),
        ("server.host", "127", "write an IP address, for example 127.0.0.1"),
        ("server.port", "65536", "a port is a whole number from 0 to 65535"),
        ("server.port", "-1", "a port is a whole number from 0 to 65535"),
        ("server.port", "80.5", "a port is a whole number from 0 to 65535"),
        ("server.port", r#""80""#, "a port is a whole number from 0 to 65535"),
        ("server.workers", "0", "write a whole number from 1 to 64"),
        ("server.workers", "65", "write a whole number from 1 to 64"),
        ("database.url", r#""""#, sqlite),
        ("database.url", r#""sqlite::memory:""#, sqlite),
        ("database.readers", "0", "write a whole number from 1 to 64"),
        ("database.lock_wait", r#""-5s""#, duration),
        ("market.refresh_every", r#""3""#, duration),
        ("market.refresh_every", "3", duration),
        ("market.refresh_every", r#""3 parsecs""#, duration),
        ("market.refresh_every", r#""500ms""#, "write at least 1s"),
        ("market.refresh_every", r#""9000h""#, "write at most 8784h"),
        ("market.snapshot_ttl", r#""0s""#, "write at least 1ms"),
        ("market.vietnam", r#""yes""#, "write true or false"),
        ("market.us", "1", "write true or false"),
        ("market.sources.kbs.base_url", r#""kbs.example.com""#, url),
        ("market.sources.kbs.base_url", r#""ftp://kbs.example.com""#, url),
        ("market.sources.kbs.base_url", r#""https://""#, url),
        ("market.sources.kbs.base_url", r##""https://kbs.example.com/#top""##, url),
        ("market.sources.kbs.max_body", "1048576", size),
        ("market.sources.kbs.max_body", r#""1048576""#, size),
        ("market.sources.kbs.max_body", r#""0 B""#, &format!("{size}; at least 1 B, at most 64 MiB")),
        ("market.sources.kbs.max_body", r#""1 GiB""#, &format!("{size}; at least 1 B, at most 64 MiB")),
        ("market.sources.kbs.time_limit", r#""0s""#, "write at least 1ms"),
        ("market.sources.kbs.enabled", "0", "write true or false"),
        ("report.times", r#"["07:30", "7.45"]"#, time),
        ("report.times", r#"["24:00"]"#, time),
        ("report.times", "[2026-01-01]", time),
        ("report.times", r#""07:30""#, time),
        ("report.times", r#"["07:30", "7:30"]"#, "07:30 stands there twice; write each time once"),
        ("report.zone", r#""Asia/Saigon City""#, zone),
        ("report.zone", r#""""#, zone),
        ("report.every", r#""30s""#, "write at least 1m"),
        ("report.max_attempts", "0", "write a whole number from 1 to 100"),
        ("report.edition", r#""""#, "write a text that is not empty"),
        ("report.constituents", "-1", "write a whole number from 0 to 100000"),
        ("report.constituents", "100001", "write a whole number from 0 to 100000"),
        ("supervision.answer_within", r#""0s""#, "write at least 1ms"),
        ("supervision.drain_within", r#""0s""#, "write at least 1ms"),
        ("replicas.lease", r#""999ms""#, "write at least 1s"),
        ("supervision.crash_budget", "0", "write a whole number from 1 to 1000"),
    ];
    for (key, value, right) in cases {
        let error = Setup::new().file(format!("{key} = {value}")).error();
        assert_eq!(error, format!("{key} = {value}: {right}"));
        assert_eq!(error.lines().count(), 1);
    }
}

#[test]
fn a_bad_variable_or_argument_is_named_as_the_operator_wrote_it() {
    let port = "a port is a whole number from 0 to 65535";
    let hours = "write a whole number of hours from 1 to 8784";
    let times = "write times of day as HH:MM, for example 07:30,15:00";
    let cases = [
        ("PORT", "80a", port),
        ("PORT", "", port),
        ("PORT", "+80", port),
        ("PORT", "99999999999999999999", port),
        ("HOST", "", "write an IP address, for example 127.0.0.1"),
        ("ENABLE_AUTO_REPORT_SCHEDULER", "yes", "write true or false"),
        ("AUTO_REPORT_SCHEDULE_TIMES", "07:30;15:00", times),
        ("AUTO_REPORT_SCHEDULE_TIMES", "07:30,", times),
        ("AUTO_REPORT_SCHEDULE_TIMES", "07:30,07:30", "07:30 stands there twice; write each time once"),
        ("AUTO_REPORT_INTERVAL_HOURS", "0", hours),
        ("AUTO_REPORT_INTERVAL_HOURS", "3h", hours),
        ("AUTO_REPORT_INTERVAL_HOURS", "0.5", hours),
        ("MAX_REPORT_ATTEMPTS", "three", "write a whole number from 1 to 100"),
        ("MAX_REPORT_ATTEMPTS", "0", "write a whole number from 1 to 100"),
        ("EVENKEEL_DATA_DIR", "", "write the path of a directory"),
    ];
    for (name, value, right) in cases {
        let expected = format!("{name} = \"{value}\": {right}");
        assert_eq!(Setup::new().variable(name, value).error(), expected);
        assert_eq!(Setup::new().dot_env(&format!("{name}=\"{value}\"")).error(), expected);
    }
    assert_eq!(
        Setup::new().argument("--workers", "server.workers", "many").error(),
        "--workers = \"many\": write a whole number from 1 to 64"
    );
    assert_eq!(
        Setup::new().argument("--set", "server.worker", "1").error(),
        "server.worker: unknown key; the nearest known key is server.workers"
    );
    assert_eq!(
        Setup::new().dot_env("PORT 80").error(),
        "PORT in .env: the line cannot be read; \
         write PORT=VALUE, with quotes around a value that has spaces"
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStringExt;
    let mut setup = Setup::new();
    let value = std::ffi::OsString::from_vec(vec![b'a', 0xff]);
    setup.inputs.environment.insert("EVENKEEL_DATA_DIR".to_owned(), value);
    assert_eq!(setup.error(), "EVENKEEL_DATA_DIR = \"a\u{fffd}\": write it in UTF-8");
}

#[test]
fn a_mistake_is_reported_even_where_a_later_input_would_hide_it() {
    let setup = Setup::new().file("server.port = 99999").variable("PORT", "80");
    assert_eq!(setup.error(), "server.port = 99999: a port is a whole number from 0 to 65535");
}

#[test]
fn keys_that_contradict_each_other_are_both_named() {
    let cases = [
        (
            "report.tolerance = \"2h\"",
            "report.tolerance = \"2h\": the shortest time between two reports is 3h (report.every); \
             write less than half of it, less than 1h 30m",
        ),
        (
            "report.tolerance = \"1h 30m\"",
            "report.tolerance = \"1h 30m\": the shortest time between two reports is 3h (report.every); \
             write less than half of it, less than 1h 30m",
        ),
        (
            "report.times = [\"23:55\", \"12:00\", \"00:04\"]",
            "report.tolerance = \"5m\": the shortest time between two reports is 9m (report.times); \
             write less than half of it, less than 4m 30s",
        ),
        (
            "supervision.backoff_first = \"1m\"",
            "supervision.backoff_first = \"1m\": write at most supervision.backoff_max, which is 30s",
        ),
        (
            "database.lock_wait = \"30s\"",
            "database.lock_wait = \"30s\": write less than supervision.answer_within, which is 30s",
        ),
        (
            "supervision.answer_within = \"4s\"",
            "database.lock_wait = \"5s\": write less than supervision.answer_within, which is 4s",
        ),
    ];
    for (file, error) in cases {
        assert_eq!(Setup::new().file(file).error(), error);
    }
    assert_eq!(
        Setup::new().variable("AUTO_REPORT_SCHEDULE_TIMES", "07:30,07:36").error(),
        "report.tolerance = \"5m\": the shortest time between two reports is 6m (AUTO_REPORT_SCHEDULE_TIMES); \
         write less than half of it, less than 3m"
    );
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one_and_without_its_value() {
    let cases = [
        ("market.refresh_evry = \"3m\"", "market.refresh_evry", "market.refresh_every"),
        ("port = 80", "port", "server.port"),
        ("[servers]\nport = 80", "servers", "server"),
        ("[[servers]]\nport = 80", "servers", "server"),
        ("[market.sources.coingeko]\nx = 1", "market.sources.coingeko", "market.sources.coingecko"),
        (
            "market.sources.coingecko.apikey = \"CG-secret\"",
            "market.sources.coingecko.apikey",
            "market.sources.coingecko.api_key",
        ),
        (
            "market.sources.yahoo.api_key = \"CG-secret\"",
            "market.sources.yahoo.api_key",
            "market.sources.coingecko.api_key",
        ),
        ("\"a\\nb\" = 1", "a\\nb", "report"),
    ];
    for (file, key, nearest) in cases {
        let error = Setup::new().file(file).error();
        assert!(error.starts_with(&format!("{key}: unknown key; the nearest known key is ")), "{error}");
        assert!(key.contains("\\n") || error.ends_with(nearest), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
}

#[test]
fn a_table_in_place_of_a_value_and_the_reverse_are_named() {
    let cases = [
        ("server = 80", "server = …: this is a table; write [server] and its keys below"),
        ("[[server]]\nport = 80", "server = …: this is a table; write [server] and its keys below"),
        ("[server.port]\nx = 1", "server.port = { … }: a port is a whole number from 0 to 65535"),
        ("market.us = [true]", "market.us = [ … ]: write true or false"),
    ];
    for (file, error) in cases {
        assert_eq!(Setup::new().file(file).error(), error);
    }
}

#[test]
fn a_value_is_repeated_in_one_line_and_not_without_end() {
    let error = Setup::new().file("report.zone = \"a\\nb\\u001b[31m\"").error();
    assert_eq!(
        error,
        "report.zone = \"a\\nb\\u{1b}[31m\": write the IANA name of a time zone, for example Asia/Ho_Chi_Minh"
    );
    let error = Setup::new().variable("PORT", &"9".repeat(100_000)).error();
    assert!(error.len() < 200, "{error}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let setup = Setup::new();
    let missing = setup.directory.path().join("missing.toml");
    let mut setup = setup;
    setup.inputs.file = ConfigFile::Required(missing);
    assert_eq!(setup.error(), "missing.toml: there is no such file; write the path of an existing one");

    let cases: [(&[u8], &str); 5] = [
        (b"server.port = 80\nworkers = = 1\n", "evenkeel.toml line 2, column 11: "),
        (b"[server\n", "evenkeel.toml line 1, column 8: "),
        (b"server.port = 1\nserver.port = 2\n", "evenkeel.toml line 2, column 8: duplicate key"),
        (b"\xff\xfe", "evenkeel.toml: not UTF-8; save it as UTF-8 text"),
        (&vec![b'#'; (1 << 20) + 1], "evenkeel.toml: longer than 1 MiB; this is not a configuration file"),
    ];
    for (bytes, start) in cases {
        let error = Setup::new().file(bytes).error();
        assert!(error.starts_with(start), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    assert_eq!(loaded(&Setup::new().file("\u{feff}server.port = 80")).config.server.port, 80);
}

#[test]
fn a_key_that_no_header_can_hold_is_refused_and_not_repeated() {
    let right = "(hidden): holds characters that cannot be sent in a header; write visible ASCII only";
    for key in ["CG-a\nb", "CG-a b", "CG-a\tb", "CG-\u{1}", "CG-\u{7f}", "CG-khóa", "CG-\u{200b}"] {
        let setup = Setup::new().variable("COINGECKO_API_KEY", key);
        assert_eq!(setup.error(), format!("COINGECKO_API_KEY = {right}"));
        let key = toml::Value::String(key.to_owned());
        let setup = Setup::new().file(format!("market.sources.coingecko.api_key = {key}"));
        assert_eq!(setup.error(), format!("market.sources.coingecko.api_key = {right}"));
    }
    // What an editor or a shell leaves around a variable is no part of it.
    let padded = loaded(&Setup::new().variable("COINGECKO_API_KEY", " CG-abc\n"));
    assert_eq!(padded.config.market.sources.coingecko.api_key.unwrap().expose(), "CG-abc");
}

#[test]
fn an_unusable_postgres_url_is_refused_with_what_to_write_and_without_its_password() {
    let cases = [
        ("user:hunter@2@host/db", "with an @ of the password written as %40"),
        ("user:hunter2@host:70000/db", "its port is no number from 1 to 65535"),
        ("user:hunter2@host/db?sslmode=yes", "its sslmode is none that libpq knows; write disable, allow"),
        ("user:hunter2@host/db?hunter2=1", "holds a parameter that libpq does not know"),
    ];
    for (rest, right) in cases {
        for scheme in ["postgres", "postgresql"] {
            let error = Setup::new().variable("DATABASE_URL", &format!("{scheme}://{rest}")).error();
            let subject = format!("DATABASE_URL = \"{scheme}:…\": ");
            assert!(error.starts_with(&subject) && error.contains(right), "{error}");
            assert!(!error.contains("hunter"), "{error}");
        }
    }
}

#[test]
fn a_configuration_that_a_program_put_together_is_held_to_the_same_rules() {
    type Change = fn(&mut Config);
    let cases: [(Change, &str); 11] = [
        (|config| config.server.workers = 0, "server.workers = 0: write a whole number from 1 to 64"),
        (
            |config| config.server.host = [0, 0, 0, 0].into(),
            "server.host = \"0.0.0.0\": listening on anything but loopback needs a bearer token; \
             set server.token or EVENKEEL_TOKEN to at least 16 visible ASCII characters, or listen on 127.0.0.1",
        ),
        (
            |config| config.server.token = Some(Secret::new("fifteen--------")),
            "server.token = (hidden): write at least 16 visible ASCII characters",
        ),
        (
            |config| config.server.guard_reading = true,
            "server.guard_reading = true: there is no token to guard it with; set server.token or EVENKEEL_TOKEN to at \
             least 16 visible ASCII characters",
        ),
        (
            |config| config.server.names = vec!["example.com:80".to_owned()],
            "server.names = [\"example.com:80\"]: write a list of host names without a port, for example \
             [\"evenkeel.example.com\"]",
        ),
        (
            |config| config.server.names = ["a.example", "a.example"].map(str::to_owned).to_vec(),
            "server.names = [\"a.example\", \"a.example\"]: write each name once",
        ),
        (
            |config| config.market.sources.binance.base_url.push('/'),
            "market.sources.binance.base_url = \"https://data-api.binance.vision/\": \
             write \"https://data-api.binance.vision\"",
        ),
        (
            |config| config.report.times = ["15:00", "07:30"].map(|time| time.parse().unwrap()).to_vec(),
            "report.times = [\"15:00\", \"07:30\"]: write [\"07:30\", \"15:00\"]",
        ),
        (
            |config| config.report.every = Duration::MAX,
            "report.every = \"2562047788015215h 30m 7s 999ms 999µs 999ns\": write at most 8784h",
        ),
        (
            |config| config.database.url = Some(DatabaseUrl::new("mysql://user:pass@host/db")),
            "database.url = \"mysql:…\": only SQLite and Postgres are known; \
             write sqlite:PATH, a path, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
        ),
        (
            |config| config.report.tolerance = config.report.every,
            "report.tolerance = \"3h\": the shortest time between two reports is 3h (report.every); \
             write less than half of it, less than 1h 30m",
        ),
    ];
    for (change, error) in cases {
        let mut config = Config::default();
        change(&mut config);
        assert_eq!(config.validate().unwrap_err().to_string(), error);
    }
}
