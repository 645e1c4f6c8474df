//! Every endpoint against its documented shape.

use evenkeel::simulator::exchange::Exchange;
use evenkeel::simulator::source::SourceKind;
use serde_json::Value;

use super::{NOW, client, config, exchange, get, json, post};

async fn vietcap(exchange: &Exchange, path: &str, body: &str) -> Value {
    json(post(&client(), format!("{}{path}", exchange.url(SourceKind::Vietcap)), body).await.unwrap()).await
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn numbers(column: &Value) -> Vec<f64> {
    column.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

#[actix_web::test]
async fn vietcap_lists_the_symbols_that_it_knows_in_the_right_case() {
    let exchange = exchange(0);
    let body = r#"{"symbols":["VNINDEX","hnxindex","HNXIndex","HNXUpcomIndex","NOPE"]}"#;
    let rows = vietcap(&exchange, "/api/price/marketIndex/getList", body).await;
    let symbols: Vec<&str> =
        rows.as_array().unwrap().iter().map(|row| row["symbol"].as_str().unwrap()).collect();
    assert_eq!(symbols, ["VNINDEX", "HNXIndex", "HNXUpcomIndex"]);

    let row = &rows[0];
    assert_eq!(keys(row).len(), 19);
    let number = |key: &str| row[key].as_f64().unwrap();
    assert!((1400.0..2400.0).contains(&number("price")));
    assert!((number("price") - number("refPrice") - number("change")).abs() < 0.011);
    let members = ["Increase", "Decline", "NoChange"].map(|kind| number(&format!("totalStock{kind}")));
    assert_eq!(members.iter().sum::<f64>(), 378.0);
    assert!(number("totalShares") > 1e8 && number("totalValue") > 1e6);
    assert_eq!(row["time"], "2026-05-18T08:10:21.000Z");
    exchange.stop().await;
}

#[actix_web::test]
async fn vietcap_charts_are_columns_with_text_times_and_the_lunch_gap() {
    let exchange = exchange(0);
    let path = "/api/chart/OHLCChart/gap-chart";
    let body = format!(
        r#"{{"timeFrame":"ONE_MINUTE","symbols":["VNINDEX","NOPE","HNX30"],"to":{},"countBack":300}}"#,
        NOW + 86_400
    );
    let chart = vietcap(&exchange, path, &body).await;
    assert_eq!(chart.as_array().unwrap().len(), 2);
    assert_eq!(chart[1]["symbol"], "HNX30");
    let index = &chart[0];
    let times: Vec<i64> =
        index["t"].as_array().unwrap().iter().map(|t| t.as_str().unwrap().parse().unwrap()).collect();
    for column in ["o", "h", "l", "c", "v", "accumulatedVolume", "accumulatedValue"] {
        assert_eq!(numbers(&index[column]).len(), 300, "{column}");
    }
    assert_eq!(times.len(), 300);
    assert!(times.iter().all(|t| t % 60 == 0));
    let mut steps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_unstable();
    steps.dedup();
    assert_eq!(steps, [60, 16 * 60, 91 * 60]);
    let volumes = numbers(&index["accumulatedVolume"]);
    assert!(volumes.windows(2).all(|pair| pair[0] < pair[1]));
    for bar in 0..300 {
        let [open, high, low, close] = ["o", "h", "l", "c"].map(|column| numbers(&index[column])[bar]);
        assert!(low <= open.min(close) && open.max(close) <= high, "bar {bar}");
    }

    let daily = r#"{"timeFrame":"ONE_DAY","symbols":["VN30"],"to":1779178221,"countBack":40}"#;
    let daily = vietcap(&exchange, path, daily).await;
    assert_eq!(daily[0]["t"].as_array().unwrap().len(), 40);
    assert_eq!(daily[0]["t"][39], "1779062400", "00:00 UTC of the trading date");

    let none = r#"{"timeFrame":"ONE_HOUR","symbols":["NOPE"],"to":1779091821,"countBack":2}"#;
    assert_eq!(vietcap(&exchange, path, none).await, Value::Array(Vec::new()));
    exchange.stop().await;
}

#[actix_web::test]
async fn the_three_sources_of_vietnam_and_its_snapshot_agree() {
    let exchange = exchange(0);
    let snapshot = r#"{"symbols":["HNXUpcomIndex"]}"#;
    let snapshot = vietcap(&exchange, "/api/price/marketIndex/getList", snapshot).await;
    let chart =
        format!(r#"{{"timeFrame":"ONE_MINUTE","symbols":["HNXUpcomIndex"],"to":{NOW},"countBack":1}}"#);
    let chart = vietcap(&exchange, "/api/chart/OHLCChart/gap-chart", &chart).await;
    let path = format!("/chart-api/v2/ohlcs/index?symbol=UPCOM&resolution=1&from={}&to={NOW}", NOW - 600);
    let entrade = get(&exchange, SourceKind::Entrade, &path).await;
    let path = "/iis-server/investment/index/UPCOMINDEX/data_1P?sdate=18-05-2026&edate=18-05-2026";
    let kbs = get(&exchange, SourceKind::Kbs, path).await;

    let price = snapshot[0]["price"].as_f64().unwrap();
    assert_eq!(chart[0]["c"][0], price);
    assert_eq!(entrade["c"].as_array().unwrap().last().unwrap(), price);
    assert_eq!(entrade["t"].as_array().unwrap().len(), 10);
    assert_eq!(keys(&entrade), ["c", "h", "l", "nextTime", "o", "t", "v"]);
    let newest = &kbs["data_1P"][0];
    let close = newest["c"].as_f64().unwrap_or_else(|| newest["c"].as_str().unwrap().parse().unwrap());
    assert_eq!(close, price);
    exchange.stop().await;
}

#[actix_web::test]
async fn kbs_is_newest_first_in_local_time_with_prices_of_both_kinds() {
    let exchange = exchange(0);
    let path = "/iis-server/investment/index/VNINDEX/data_1P?sdate=18-05-2026&edate=18-05-2026";
    let chart = get(&exchange, SourceKind::Kbs, path).await;
    let rows = chart["data_1P"].as_array().unwrap();
    assert_eq!(rows[0]["t"], "2026-05-18 15:10");
    assert_eq!(rows.last().unwrap()["t"], "2026-05-18 00:00");
    assert!(rows.iter().any(|row| row["c"].is_string()) && rows.iter().any(|row| row["c"].is_number()));
    assert!(rows.iter().all(|row| row["v"].is_i64()));
    let path = "/iis-server/investment/index/VNINDEX/data_day?sdate=11-05-2026&edate=18-05-2026";
    let days = get(&exchange, SourceKind::Kbs, path).await;
    assert_eq!(days["data_day"].as_array().unwrap().len(), 8);
    assert_eq!(days["data_day"][0]["t"], "2026-05-18 07:00");
    let path = "/iis-server/investment/index/NOPE/data_1P?sdate=18-05-2026&edate=18-05-2026";
    assert_eq!(get(&exchange, SourceKind::Kbs, path).await["data_1P"], Value::Array(Vec::new()));

    let path = "/chart-api/v2/ohlcs/index?symbol=NOPE&resolution=1&from=0&to=1";
    let nothing = get(&exchange, SourceKind::Entrade, path).await;
    assert_eq!(nothing["t"], Value::Array(Vec::new()));
    exchange.stop().await;
}

#[actix_web::test]
async fn binance_answers_tickers_and_candles_in_text() {
    let exchange = exchange(0);
    let seven = ["BTC", "ETH", "SOL", "XRP", "ADA", "LINK", "BNB"];
    let symbols = seven.map(|coin| format!("%22{coin}USDT%22")).join(",");
    let path = format!("/api/v3/ticker/24hr?symbols=%5B{symbols}%5D");
    let tickers = get(&exchange, SourceKind::Binance, &path).await;
    assert_eq!(tickers.as_array().unwrap().len(), 7);
    for (ticker, coin) in tickers.as_array().unwrap().iter().zip(seven) {
        assert_eq!(ticker["symbol"], format!("{coin}USDT"));
        assert_eq!(keys(ticker).len(), 21);
        let text = |key: &str| ticker[key].as_str().unwrap().parse::<f64>().unwrap();
        assert!(text("lowPrice") <= text("lastPrice") && text("lastPrice") <= text("highPrice"));
        let moved = text("lastPrice") - text("openPrice");
        assert!((moved - text("priceChange")).abs() < 1e-6, "{coin}");
        assert!(ticker["count"].is_i64() && ticker["closeTime"] == NOW * 1000);
    }
    let price: f64 = tickers[0]["lastPrice"].as_str().unwrap().parse().unwrap();
    assert!((45_000.0..130_000.0).contains(&price), "{price}");

    let path = "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=30";
    let candles = get(&exchange, SourceKind::Binance, path).await;
    let candles = candles.as_array().unwrap();
    assert_eq!(candles.len(), 30);
    assert!(candles.iter().all(|candle| candle.as_array().unwrap().len() == 12 && candle[11] == "0"));
    assert!(candles.windows(2).all(|pair| pair[0][4] == pair[1][1]), "closes join opens");
    assert!(candles[29][6].as_i64().unwrap() > NOW * 1000, "the last candle is unfinished");
    assert_eq!(candles[29][4], tickers[0]["lastPrice"]);

    let url = format!("{}/api/v3/klines?symbol=NOPE&interval=1h", exchange.url(SourceKind::Binance));
    let refused = client().get(url).send().await.unwrap();
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.text().await.unwrap(), r#"{"code":-1121,"msg":"Invalid symbol."}"#);
    exchange.stop().await;
}

#[actix_web::test]
async fn coingecko_pages_its_coins_with_all_columns_and_the_documented_nulls() {
    let exchange = exchange(520);
    let query = "vs_currency=usd&per_page=250&sparkline=true&price_change_percentage=1h%2C24h%2C7d&order=market_cap_desc";
    let mut rows = Vec::new();
    for (page, expected) in [(1, 250), (2, 250), (3, 20), (4, 0)] {
        let path = format!("/api/v3/coins/markets?{query}&page={page}");
        let Value::Array(coins) = get(&exchange, SourceKind::Coingecko, &path).await else { panic!() };
        assert_eq!(coins.len(), expected, "page {page}");
        rows.extend(coins);
    }
    assert!(rows.iter().all(|row| keys(row).len() == 30));
    let bitcoin = &rows[0];
    assert_eq!((&bitcoin["id"], &bitcoin["market_cap_rank"]), (&Value::from("bitcoin"), &Value::from(1)));
    assert!(bitcoin["current_price"].is_i64(), "large prices are whole numbers");
    assert_eq!(bitcoin["sparkline_in_7d"]["price"].as_array().unwrap().len(), 168);
    for column in ["current_price", "market_cap_rank", "max_supply", "roi", "total_volume", "total_supply"] {
        assert!(rows.iter().any(|row| row[column].is_null()), "{column} is null somewhere");
        assert!(rows.iter().any(|row| !row[column].is_null()), "{column} is not null everywhere");
    }
    assert!(rows.iter().any(|row| row["market_cap"] == 0));
    assert!(rows.iter().any(|row| row["sparkline_in_7d"]["price"].as_array().unwrap().is_empty()));
    assert!(rows.iter().any(|row| row["current_price"].as_f64().is_some_and(|price| price < 1e-5)));
    assert!(rows.iter().any(|row| row["name"].as_str().unwrap().contains('<')));

    let plain = get(&exchange, SourceKind::Coingecko, "/api/v3/coins/markets?vs_currency=usd").await;
    assert_eq!(plain.as_array().unwrap().len(), 100);
    assert_eq!(keys(&plain[0]).len(), 26);

    let url = format!("{}/api/v3/coins/markets?vs_currency=xyz", exchange.url(SourceKind::Coingecko));
    let refused = client().get(url).send().await.unwrap();
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.text().await.unwrap(), r#"{"error":"invalid vs_currency"}"#);
    exchange.stop().await;
}

#[actix_web::test]
async fn the_whole_crypto_market_is_the_same_at_both_of_its_sources() {
    let exchange = exchange(1000);
    let gecko = get(&exchange, SourceKind::Coingecko, "/api/v3/global").await;
    let gecko = &gecko["data"];
    assert_eq!(keys(gecko).len(), 11);
    let coins = "/api/v3/coins/markets?vs_currency=usd&per_page=1";
    let coins = get(&exchange, SourceKind::Coingecko, coins).await;
    let cap = gecko["total_market_cap"]["usd"].as_f64().unwrap();
    let dominance = gecko["market_cap_percentage"]["btc"].as_f64().unwrap();
    let bitcoin = coins[0]["market_cap"].as_f64().unwrap();
    assert!((bitcoin / cap * 100.0 - dominance).abs() < 1e-6);
    assert!((45.0..70.0).contains(&dominance), "{dominance}");
    assert_eq!(gecko["updated_at"], NOW);

    let paprika = get(&exchange, SourceKind::Coinpaprika, "/v1/global").await;
    assert_eq!(keys(&paprika).len(), 13);
    assert!(paprika["market_cap_usd"].is_i64());
    // CoinPaprika is up to ten minutes behind.
    assert!((paprika["market_cap_usd"].as_f64().unwrap() / cap - 1.0).abs() < 0.02);
    exchange.stop().await;
}

#[actix_web::test]
async fn fear_and_greed_is_all_text_newest_first() {
    let exchange = exchange(0);
    let index = get(&exchange, SourceKind::AlternativeMe, "/fng/?limit=10").await;
    assert!(index["metadata"]["error"].is_null());
    let days = index["data"].as_array().unwrap();
    assert_eq!(days.len(), 10);
    assert_eq!(days[0]["timestamp"], "1779062400");
    assert_eq!(days[1]["timestamp"], "1778976000");
    assert!(days[0]["time_until_update"].is_string() && days[1].get("time_until_update").is_none());
    for day in days {
        assert!(day["value"].as_str().unwrap().parse::<u8>().unwrap() <= 100);
        assert!(day["value_classification"].is_string());
    }
    let all = get(&exchange, SourceKind::AlternativeMe, "/fng/?limit=0").await;
    assert_eq!(all["data"].as_array().unwrap().last().unwrap()["timestamp"], "1517443200");
    exchange.stop().await;
}

#[actix_web::test]
async fn yahoo_has_nulls_within_its_columns_and_a_documented_not_found() {
    let exchange = exchange(0);
    let path = "/v8/finance/chart/%5EGSPC?interval=1m&range=1d&includePrePost=false";
    let chart = get(&exchange, SourceKind::Yahoo, path).await;
    let result = &chart["chart"]["result"][0];
    let quote = &result["indicators"]["quote"][0];
    let closes = quote["close"].as_array().unwrap();
    assert_eq!(result["timestamp"].as_array().unwrap().len(), closes.len());
    assert_eq!(closes.len(), 4 * 60 + 11, "since midnight in New York");
    for column in ["open", "high", "low", "close", "volume"] {
        assert!(quote[column].as_array().unwrap().iter().any(Value::is_null), "{column}");
    }
    assert_eq!(closes.last().unwrap(), &result["meta"]["regularMarketPrice"]);
    assert!(result["meta"]["previousClose"].is_f64() && chart["chart"]["error"].is_null());

    let path = "/v8/finance/chart/%5EDJI?interval=1d&range=5d";
    let daily = get(&exchange, SourceKind::Yahoo, path).await;
    let daily = &daily["chart"]["result"][0];
    assert_eq!(daily["indicators"]["adjclose"][0]["adjclose"].as_array().unwrap().len(), 5);
    assert!(daily["meta"].get("previousClose").is_none());

    let path = format!("/v8/finance/chart/%5EDJI?interval=1m&period1={}&period2={}", NOW + 900, NOW + 1800);
    let empty = get(&exchange, SourceKind::Yahoo, &path).await;
    let empty = &empty["chart"]["result"][0];
    assert!(empty.get("timestamp").is_none());
    assert_eq!(empty["indicators"]["quote"], serde_json::json!([{}]));

    let url = format!("{}/v8/finance/chart/NOPE.XX?interval=1d", exchange.url(SourceKind::Yahoo));
    let missing = client().get(url).send().await.unwrap();
    assert_eq!(missing.status(), 404);
    let missing: Value = serde_json::from_slice(&missing.bytes().await.unwrap()).unwrap();
    assert_eq!(missing["chart"]["error"]["code"], "Not Found");
    exchange.stop().await;
}

#[actix_web::test]
async fn the_same_seed_gives_the_same_answers_and_another_seed_others() {
    let (first, second) = (exchange(50), exchange(50));
    let other = Exchange::start(evenkeel::simulator::exchange::ExchangeConfig { seed: 2, ..config(50) });
    let other = other.unwrap();
    let path = "/api/v3/coins/markets?vs_currency=usd&sparkline=true";
    let mut bodies = Vec::new();
    for exchange in [&first, &second, &other] {
        bodies.push(get(exchange, SourceKind::Coingecko, path).await);
    }
    assert!(bodies[0] == bodies[1]);
    assert!(bodies[0] != bodies[2]);
    for exchange in [first, second, other] {
        exchange.stop().await;
    }
}
