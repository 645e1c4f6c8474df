//! What is read from where, and what wins.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use evenkeel::config::memory::ACTORS;
use evenkeel::config::{
    Config, ConfigFile, DatabaseTarget, DatabaseUrl, EditionConfig, LimitsConfig, Notice, OnExhausted,
    RedisUrl, Secret,
};
use toml::{Table, Value};

use crate::setup::{Setup, loaded};

const EXAMPLE: &str = include_str!("../../evenkeel.example.toml");

fn flat(table: &Table, prefix: &str, names: &mut BTreeSet<String>) {
    for (name, value) in table {
        let dotted = format!("{prefix}{name}");
        match value {
            Value::Table(inner) => flat(inner, &format!("{dotted}."), names),
            _ => assert!(names.insert(dotted)),
        }
    }
}

#[test]
fn nothing_at_all_gives_the_defaults() {
    let mut setup = Setup::new();
    setup.inputs.file = ConfigFile::IfPresent(setup.directory.path().join("evenkeel.toml"));
    setup.inputs.dot_env = Some(setup.directory.path().join(".env"));
    let loaded = loaded(&setup);
    assert_eq!(loaded.config, Config::default());
    assert_eq!(loaded.notices, []);
    assert_eq!(Config::default().validate(), Ok(()));
}

#[test]
fn the_example_is_exactly_the_defaults_and_names_every_key() {
    assert_eq!(loaded(&Setup::new().file(EXAMPLE)).config, Config::default());

    // What is commented out belongs to the example as well: `# url = "…"`.
    let is_table = |line: &str| line.starts_with("[report.editions.");
    let is_key =
        |line: &str| is_table(line) || line.split_once(" = ").is_some_and(|(name, _)| !name.contains(' '));
    let uncommented =
        |line: &str| line.strip_prefix("# ").filter(|rest| is_key(rest)).unwrap_or(line).to_owned();
    let everything: Vec<String> = EXAMPLE.lines().map(uncommented).collect();
    let everything = everything.join("\n");
    assert!(Setup::new().file(&everything).load().is_ok());
    let mut named = BTreeSet::new();
    flat(&everything.parse().unwrap(), "", &mut named);

    let mut config = Config::default();
    config.database.url = Some(DatabaseUrl::new("evenkeel.db"));
    config.redis.url = Some(RedisUrl::parse("redis://cache").unwrap());
    config.redis.ca_file = Some("ca.pem".into());
    config.market.sources.coingecko.api_key = Some(Secret::new("CG-0000"));
    config.server.token = Some(Secret::new("0123456789abcdef"));
    config.report.narrative.base_url = Some("http://127.0.0.1:8080".to_owned());
    config.report.narrative.model = Some("a-model".to_owned());
    config.report.narrative.api_key = Some(Secret::new("key-0000"));
    let limits = LimitsConfig { soft: Some(ByteSize::mib(1)), hard: Some(ByteSize::mib(2)) };
    config.memory.process = limits;
    config.memory.limits = ACTORS.map(|actor| (actor.to_owned(), limits)).into();
    let edition = EditionConfig {
        times: Some(Vec::new()),
        every: Some(Duration::from_secs(3600)),
        constituents: Some(0),
        indices: Some(Vec::new()),
        languages: Some(Vec::new()),
    };
    config.report.editions.insert("morning".to_owned(), edition);
    let mut existing = BTreeSet::new();
    flat(&Table::try_from(&config).unwrap(), "", &mut existing);
    assert_eq!(named, existing);
}

#[test]
fn every_key_of_the_example_has_a_comment_above_it() {
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    for pair in lines.windows(2) {
        assert!(!pair[1].contains(" = ") || pair[0].starts_with("# "), "{}", pair[1]);
    }
}

#[test]
fn later_inputs_win() {
    let port = |setup: &Setup| {
        let loaded = loaded(setup);
        (loaded.config.server.port, loaded.origin("server.port").to_string())
    };
    let setup = Setup::new();
    assert_eq!(port(&setup), (8888, "default".to_owned()));
    let setup = setup.file("server.port = 1");
    assert!(port(&setup).1.ends_with("evenkeel.toml"));
    assert_eq!(port(&setup).0, 1);
    let setup = setup.dot_env("PORT=2");
    assert!(port(&setup).1.starts_with("PORT in ") && port(&setup).1.ends_with(".env"));
    assert_eq!(port(&setup).0, 2);
    let setup = setup.variable("PORT", "3");
    assert_eq!(port(&setup), (3, "PORT".to_owned()));
    let setup = setup.argument("--port", "server.port", "4");
    assert_eq!(port(&setup), (4, "--port".to_owned()));
}

#[test]
fn a_part_of_a_source_keeps_the_rest_of_its_defaults() {
    let setup = Setup::new().file("[market.sources.coingecko]\nmin_interval = \"20m\"\n");
    let mut expected = Config::default();
    expected.market.sources.coingecko.min_interval = Duration::from_secs(1200);
    assert_eq!(loaded(&setup).config, expected);
}

#[test]
fn every_variable_sets_its_key() {
    let setup = Setup::new()
        .variable("EVENKEEL_DATA_DIR", "/var/lib/evenkeel")
        .variable("HOST", "::")
        .variable("PORT", "0")
        .variable("EVENKEEL_TOKEN", "a-long-bearer-token")
        .variable("DATABASE_URL", "sqlite:////srv/evenkeel.db")
        .variable("ENABLE_AUTO_REPORT_SCHEDULER", "False")
        .variable("AUTO_REPORT_SCHEDULE_TIMES", "19:00, 07:30,15:00")
        .variable("MAX_REPORT_ATTEMPTS", "5")
        .variable("EVENKEEL_NARRATIVE_KEY", "sk-secret")
        .variable("COINGECKO_API_KEY", "CG-secret")
        .variable("UNRELATED", "anything");
    let mut expected = Config { data_dir: "/var/lib/evenkeel".into(), ..Config::default() };
    expected.server.host = "::".parse().unwrap();
    expected.server.token = Some(Secret::new("a-long-bearer-token"));
    expected.server.port = 0;
    expected.database.url = Some(DatabaseUrl::new("sqlite:////srv/evenkeel.db"));
    expected.report.scheduled = false;
    expected.report.times = ["07:30", "15:00", "19:00"].map(|time| time.parse().unwrap()).to_vec();
    expected.report.max_attempts = 5;
    expected.report.narrative.api_key = Some(Secret::new("sk-secret"));
    expected.market.sources.coingecko.api_key = Some(Secret::new("CG-secret"));
    let loaded = loaded(&setup);
    assert_eq!(loaded.config, expected);
    let target = DatabaseTarget::Sqlite(PathBuf::from("/srv/evenkeel.db"));
    assert_eq!(loaded.config.database_target(), Ok(target));
}

#[test]
fn the_interval_is_in_hours_and_counts_where_there_are_no_times() {
    let setup = Setup::new().variable("AUTO_REPORT_INTERVAL_HOURS", "6");
    assert_eq!(loaded(&setup).config.report.every, Duration::from_secs(6 * 3600));
    assert_eq!(loaded(&setup).notices, []);

    let with_times = setup.file("report.times = [\"07:30\"]");
    assert_eq!(loaded(&with_times).notices, [Notice::IntervalUnused]);
    let emptied = with_times.variable("AUTO_REPORT_SCHEDULE_TIMES", "");
    assert_eq!(loaded(&emptied).config.report.times, []);
    assert_eq!(loaded(&emptied).notices, []);
}

#[test]
fn what_has_no_effect_or_a_surprising_one_is_noticed() {
    let notices = |setup: Setup| -> Vec<String> {
        loaded(&setup).notices.iter().map(|notice| notice.to_string()).collect()
    };
    assert_eq!(notices(Setup::new().variable("COINGECKO_API_KEY", "")), [""; 0]);
    assert_eq!(
        notices(Setup::new().file("market.snapshot_ttl = \"1m\"")),
        ["market.snapshot_ttl (1m) is shorter than market.refresh_every (3m): \
          before each refresh there is no snapshot"]
    );
    assert_eq!(
        notices(Setup::new().file("[market]\nvietnam = false\ncrypto = false\nus = false")),
        ["market.vietnam, market.crypto and market.us are all false: no index is collected"]
    );
    assert_eq!(notices(Setup::new().file("[market]\nvietnam = false\ncrypto = false\nus = true")), [""; 0]);
    assert_eq!(
        notices(
            Setup::new()
                .dot_env("EVENKEEL_DATADIR=secret\nEVENKEEL_PORT=80\nDATADIR=x")
                .variable("EVENKEEL_DATADIR", "secret")
                .variable("HOME", "/root")
        ),
        ["EVENKEEL_DATADIR", "EVENKEEL_PORT"]
            .map(|name| format!("{name} is set but no such variable is read"))
    );
    for (text, start, end) in [
        (
            "some prose
PORT=80
",
            "a line of ",
            ".env is not NAME=VALUE and was passed over",
        ),
        (
            "some
prose
",
            "2 lines of ",
            ".env are not NAME=VALUE and were passed over",
        ),
    ] {
        let unread = notices(Setup::new().dot_env(text));
        assert!(unread[0].starts_with(start) && unread[0].ends_with(end), "{unread:?}");
    }
}

#[test]
fn a_trailing_slash_and_the_order_of_times_are_put_right() {
    let file =
        "report.times = [15:00:00, \"7:30\"]\nmarket.sources.yahoo.base_url = \"http://127.0.0.1:9000/\"\n";
    let config = loaded(&Setup::new().file(file)).config;
    assert_eq!(config.market.sources.yahoo.base_url, "http://127.0.0.1:9000");
    assert_eq!(config.report.times, ["07:30", "15:00"].map(|time| time.parse().unwrap()));
}

#[test]
fn limits_of_memory_are_read_and_shown_with_their_units() {
    let file = "[memory]\non_exhausted = \"exit\"\nsamples = \"0 B\"\n[memory.process]\nhard = \"1 GiB\"\n\
                [memory.limits.report-builder]\nsoft = \"16384 KiB\"\n";
    let loaded = loaded(&Setup::new().file(file));
    let memory = &loaded.config.memory;
    assert_eq!(memory.on_exhausted, OnExhausted::Exit);
    assert_eq!(memory.process, LimitsConfig { soft: None, hard: Some(ByteSize::gib(1)) });
    assert_eq!(memory.limits["report-builder"], LimitsConfig { soft: Some(ByteSize::mib(16)), hard: None });
    let shown = loaded.to_toml().unwrap();
    for line in ["hard = \"1024 MiB\"  # ", "soft = \"16 MiB\"  # ", "[memory.limits.report-builder]"] {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
    assert_eq!(self::loaded(&Setup::new().file(shown)).config, loaded.config);
}

#[test]
fn the_database_is_in_the_data_directory_unless_a_url_says_otherwise() {
    let path = |setup: &Setup| match loaded(setup).config.database_target().unwrap() {
        DatabaseTarget::Sqlite(path) => path,
        DatabaseTarget::Postgres(url) => panic!("{url} is no file"),
    };
    let setup = Setup::new().variable("EVENKEEL_DATA_DIR", "/srv/data");
    assert_eq!(path(&setup), PathBuf::from("/srv/data/evenkeel.db"));
    for (url, file) in [("sqlite:a.db", "a.db"), ("/b/a.db", "/b/a.db"), ("sqlite:///./a.db", "./a.db")] {
        assert_eq!(path(&Setup::new().variable("DATABASE_URL", url)), PathBuf::from(file));
    }
}
