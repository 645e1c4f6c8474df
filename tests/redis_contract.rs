//! What readers of a Redis server find after a refresh: the contract's keys, types, times to live and documents.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::time::Duration;

use redis::{Connection, Value, cmd};
use serde_json::Value as Json;

use evenkeel::config::Config;
use evenkeel::simulator::fault::Fault;
use evenkeel::simulator::source::SourceKind;

mod common;
use common::house::House;
use common::redis::{Shared, shared};

evenkeel::install_allocator!();

const VIETNAM: [&str; 5] = ["vnindex", "vn30", "hnxindex", "hnx30", "upcomindex"];
const COINS: [&str; 7] = ["btc", "eth", "sol", "xrp", "ada", "link", "bnb"];

async fn open(shared: &Shared, change: impl FnOnce(&mut Config)) -> House {
    let (url, prefix) = (shared.url.clone(), shared.prefix.clone());
    House::open(move |config| {
        config.redis.url = Some(url);
        config.redis.prefix = prefix;
        config.market.snapshot_ttl = Duration::from_secs(300);
        for source in config.market.sources.each_mut() {
            source.time_limit = Duration::from_secs(10);
        }
        change(config);
    })
    .await
}

fn text(client: &mut Connection, key: &str) -> String {
    cmd("GET").arg(key).query(client).unwrap()
}

fn document(client: &mut Connection, key: &str) -> Json {
    serde_json::from_str(&text(client, key)).unwrap()
}

/// The keys of the object at `from` of a JSON text, in the order of the text.
fn order(text: &str, names: &[&str]) -> Vec<usize> {
    names.iter().map(|name| text.find(&format!("\"{name}\":{{\"value\"")).unwrap_or(usize::MAX)).collect()
}

fn is_type(client: &mut Connection, key: &str) -> String {
    cmd("TYPE").arg(key).query(client).unwrap()
}

#[actix_rt::test]
async fn a_refresh_writes_every_key_as_readers_know_it() {
    let shared = shared("whole");
    let house = open(&shared, |_| {}).await;
    let outcome = house.refresh().await;
    assert!(outcome.stored, "{outcome:?}");
    let mut client = shared.client();
    let key = |name: &str| format!("{}{name}", shared.prefix);

    for name in ["market_indices", "latest_market_data", "evenkeel_snapshot"] {
        assert_eq!(is_type(&mut client, &key(name)), "string");
        let ttl: i64 = cmd("TTL").arg(key(name)).query(&mut client).unwrap();
        assert!((290..=300).contains(&ttl), "{name} expires in {ttl} s");
    }
    let indices = text(&mut client, &key("market_indices"));
    assert!(
        indices.starts_with(
            "{\"success\":true,\"indices\":{\"vnindex\":{\"value\":{\"code\":\"VNINDEX\",\"date\":"
        ),
        "{indices}"
    );
    assert!(
        order(&indices, &VIETNAM).is_sorted() && !order(&indices, &VIETNAM).contains(&usize::MAX),
        "{indices}"
    );
    let indices: Json = serde_json::from_str(&indices).unwrap();
    for name in VIETNAM {
        let entry = &indices["indices"][name];
        assert!(entry["error"].is_null() && entry["value"]["code"].is_string(), "{name}: {entry}");
        let date = entry["value"]["date"].as_str().unwrap();
        assert!(date.parse::<jiff::civil::DateTime>().is_ok() && date.len() == 19, "{date}");
        for price in ["open", "high", "low", "close"] {
            assert!(entry["value"][price].is_f64(), "{name} {price}: {entry}");
        }
        assert!(entry["value"]["volume"].is_u64(), "{name}: {entry}");
    }

    let data = document(&mut client, &key("latest_market_data"));
    for coin in COINS {
        assert!(data[format!("{coin}_price_usd")].is_f64(), "{coin}: {data}");
        assert!(data[format!("{coin}_change_24h")].is_f64(), "{coin}: {data}");
    }
    for name in [
        "market_cap_usd",
        "volume_24h_usd",
        "market_cap_change_percentage_24h_usd",
        "btc_market_cap_percentage",
        "eth_market_cap_percentage",
        "btc_rsi_14",
    ] {
        assert!(data[name].is_f64(), "{name}: {data}");
    }
    assert!(data["fng_value"].as_u64().is_some_and(|value| value <= 100), "{data}");
    assert!(data["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{data}");
    assert_eq!(data["partial_failure"], false);
    assert!(data["fetch_duration_ms"].is_u64(), "{data}");
    let sources =
        r#"{"prices":"binance","market":"coingecko","fear_greed":"alternative-me","rsi":"binance"}"#;
    assert_eq!(data["data_sources"], serde_json::from_str::<Json>(sources).unwrap());
    assert_eq!(data.as_object().unwrap().len(), 2 * COINS.len() + 5 + 2 + 4, "{data}");

    // One entry a refresh, each with the document in the field `data`.
    assert_eq!(is_type(&mut client, &key("market_data_stream")), "stream");
    let entries: Vec<(String, Vec<(String, String)>)> =
        cmd("XRANGE").arg(key("market_data_stream")).arg("-").arg("+").query(&mut client).unwrap();
    assert_eq!(entries.len(), 2, "{entries:?}");
    let [(field, newest)] = &entries[1].1[..] else { panic!("{entries:?}") };
    assert_eq!(
        (field.as_str(), newest.as_str()),
        ("data", text(&mut client, &key("latest_market_data")).as_str())
    );
}

#[actix_rt::test]
async fn what_fails_is_stored_as_a_failure() {
    let shared = shared("failing");
    let house = open(&shared, |_| {}).await;
    for source in SourceKind::ALL {
        house.exchange.faults().set(source, Fault::ServerError);
    }
    let outcome = house.refresh().await;
    assert!(outcome.stored && outcome.indices_ok == 0, "{outcome:?}");
    let mut client = shared.client();
    let indices = text(&mut client, &format!("{}market_indices", shared.prefix));
    assert!(
        order(&indices, &VIETNAM).is_sorted() && !order(&indices, &VIETNAM).contains(&usize::MAX),
        "{indices}"
    );
    let indices: Json = serde_json::from_str(&indices).unwrap();
    for name in VIETNAM {
        let entry = &indices["indices"][name];
        assert!(
            entry["value"].is_null() && entry["error"].as_str().is_some_and(|error| !error.is_empty()),
            "{entry}"
        );
    }
    let data = document(&mut client, &format!("{}latest_market_data", shared.prefix));
    assert!(data["btc_price_usd"].is_null() && data["data_sources"]["prices"].is_null(), "{data}");
    assert_eq!(data["partial_failure"], true);
}

#[actix_rt::test]
async fn without_crypto_there_is_no_market_data_and_the_five_are_there_without_vietnam() {
    let shared = shared("without");
    let house = open(&shared, |config| {
        config.market.crypto = false;
        config.market.vietnam = false;
    })
    .await;
    assert!(house.refresh().await.stored);
    let mut client = shared.client();
    let keys: Vec<String> = cmd("KEYS").arg(format!("{}*", shared.prefix)).query(&mut client).unwrap();
    assert_eq!(keys.len(), 2, "{keys:?}");
    let indices = document(&mut client, &format!("{}market_indices", shared.prefix));
    for name in VIETNAM {
        assert_eq!(indices["indices"][name]["error"], "not collected: market.vietnam is false");
    }
}

#[actix_rt::test]
async fn the_stream_keeps_about_a_thousand_entries() {
    let shared = shared("stream");
    let key = format!("{}market_data_stream", shared.prefix);
    let mut client = shared.client();
    for number in 0..3000 {
        cmd("XADD").arg(&key).arg("*").arg("data").arg(number).exec(&mut client).unwrap();
    }
    let house = open(&shared, |_| {}).await;
    assert!(house.refresh().await.stored);
    let length: u64 = cmd("XLEN").arg(&key).query(&mut client).unwrap();
    // The server drops whole nodes of 100 entries.
    assert!((1000..1100).contains(&length), "{length} entries");
}

#[actix_rt::test]
async fn another_daemon_serves_what_the_first_has_written_and_a_key_of_another_type_is_left_alone() {
    let shared = shared("two");
    common::log_lines::keep();
    let key = |name: &str| format!("{}{name}", shared.prefix);
    let mut client = shared.client();
    cmd("RPUSH").arg(key("market_indices")).arg("mine").exec(&mut client).unwrap();
    cmd("SET").arg(key("market_data_stream")).arg("mine too").exec(&mut client).unwrap();

    let house = open(&shared, |_| {}).await;
    let outcome = house.refresh().await;
    assert!(!outcome.stored, "{outcome:?}");
    let said = common::log_lines::with(&key("market_indices"));
    assert_eq!(said.len(), 2, "one line a refresh: {said:?}");
    let expected = format!(
        "ERROR others cannot read all of this refresh, this process serves it: the index store does not overwrite \
         somebody else's data: {} is a list where a string belongs, {} is a string where a stream belongs; \
         rename or delete it, or set redis.prefix",
        key("market_indices"),
        key("market_data_stream")
    );
    assert_eq!(said[0], expected);
    let mine: Vec<String> =
        cmd("LRANGE").arg(key("market_indices")).arg(0).arg(-1).query(&mut client).unwrap();
    assert_eq!(mine, ["mine"]);
    assert_eq!(text(&mut client, &key("market_data_stream")), "mine too");
    assert!(document(&mut client, &key("latest_market_data"))["btc_price_usd"].is_f64());

    // Another daemon, whose sources all fail, has the first one's snapshot at hand.
    cmd("DEL").arg(key("market_indices")).arg(key("market_data_stream")).exec(&mut client).unwrap();
    assert!(house.refresh().await.stored);
    let first = house.daemon.store.latest().await.unwrap().unwrap();
    let mut config = common::house::quiet(&tempfile::TempDir::new().unwrap()).redis;
    (config.url, config.prefix) = (Some(shared.url.clone()), shared.prefix.clone());
    let store = evenkeel::market::store::RedisStore::new(&config, &shared.url, house.clock.clone()).unwrap();
    let read = evenkeel::market::store::IndexStore::latest(&store).await.unwrap().unwrap();
    assert_eq!(read, first);

    // What is no snapshot is said, not served, and replaced.
    cmd("SET").arg(key("evenkeel_snapshot")).arg("{\"until\":7}").exec(&mut client).unwrap();
    for _ in 0..3 {
        assert_eq!(evenkeel::market::store::IndexStore::latest(&store).await.unwrap().unwrap(), first);
    }
    let said = common::log_lines::with(&key("evenkeel_snapshot"));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(house.refresh().await.stored);
    let newest = house.daemon.store.latest().await.unwrap().unwrap();
    assert_eq!(evenkeel::market::store::IndexStore::latest(&store).await.unwrap().unwrap(), newest);
    let raw: Value = cmd("GET").arg(key("evenkeel_snapshot")).query(&mut client).unwrap();
    assert!(matches!(raw, Value::BulkString(_)));
}
