//! What may be seen of a configuration.

use evenkeel::config::Secret;

use crate::setup::{Setup, loaded};

#[test]
fn no_secret_is_ever_shown() {
    const SECRET: &str = "hunter2";
    let refused = [
        "server.token = \"hunter2\"",
        "server.token = [\"hunter2\"]",
        "market.sources.coingecko.api_key = [\"hunter2\"]",
        "market.sources.coingecko.api_key = { hunter2 = \"hunter2\" }",
        "market.sources.coingecko.api_key = hunter2",
        "market.sources.coingecko.api_key = \"hunter2",
        "market.sources.coingecko.key = \"hunter2\"",
        "market.sources.kbs.base_url = \"https://user:hunter2@kbs.example.com\"",
        "market.sources.kbs.base_url = \"https://kbs.example.com?token=hunter2\"",
        "database.url = \"postgres://user:hunter2@host:99999/db\"",
        "database.url = \"postgres://user:hunter2@host/db?passwort=hunter2\"",
        "database.url = \"postgres//user:hunter2@host/db\"",
        "database.url = \"mysql://user:hunter2@host/db\"",
        "database.url = [\"postgres://user:hunter2@host/db\"]",
    ];
    for file in refused {
        let error = Setup::new().file(file).load().unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
    for line in ["COINGECKO_API_KEY=\"hunter2", "DATABASE_URL=postgres://user:hunter2@host/db?x=\"y"] {
        let error = Setup::new().dot_env(line).load().unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }

    let setup = Setup::new()
        .variable("COINGECKO_API_KEY", SECRET)
        .variable("EVENKEEL_TOKEN", "hunter2-hunter2-hunter2")
        .variable("REDIS_URL", "redis://:hunter2@host")
        .variable("DATABASE_URL", "postgres://user:hunter2@host/db");
    let loaded = loaded(&setup);
    let key = loaded.config.market.sources.coingecko.api_key.as_ref().unwrap();
    assert_eq!(key.expose(), SECRET);
    let json = serde_json::to_string(&loaded.config).unwrap();
    let shown = loaded.to_toml().unwrap() + &loaded.config.to_toml().unwrap();
    let debug = format!("{loaded:?} {:?}", setup.inputs);
    assert!(![json, shown, debug].iter().any(|text| text.contains(SECRET)));
}

#[test]
fn what_is_shown_can_be_loaded_again_and_says_where_each_value_came_from() {
    let setup = Setup::new()
        .file("report.times = [\"07:30\", \"15:00:30\"]\nmarket.sources.kbs.max_body = \"1234567 B\"\n")
        .variable("PORT", "80")
        .variable("COINGECKO_API_KEY", "CG-secret");
    let original = loaded(&setup);
    let shown = original.to_toml().unwrap();
    for line in [
        "data_dir = \"evenkeel-data\"  # default",
        "port = 80  # PORT",
        "# url is not set: evenkeel-data/evenkeel.db is used  # default",
        "# api_key is set and not shown  # COINGECKO_API_KEY",
        "refresh_every = \"3m\"  # default",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} is not in\n{shown}");
    }
    let mut again = loaded(&Setup::new().file(&shown)).config;
    assert_eq!(again, loaded(&Setup::new().file(original.config.to_toml().unwrap())).config);
    again.market.sources.coingecko.api_key = Some(Secret::new("CG-secret"));
    assert_eq!(again, original.config);
}
