//! What the sources say: quotes, their course, coins.

use evenkeel::market::model::{
    Breadth, CATALOGUE, Constituent, CryptoOverview, FearGreed, Good, Index, IndexReading, Market, Quote,
    Reading, Snapshot, SourceName, SourceOutcome,
};
use evenkeel::report::model::IndexSeries;
use jiff::Timestamp;

use super::{Walk, level, minutes_ago, now};

fn good<T>(value: T, source: SourceName, fetched_at: Timestamp) -> Good<T> {
    Good { value, source, fetched_at }
}

fn quote(index: &Index) -> Quote {
    let close = level(index);
    let mut walk = Walk::seeded(index.name.bytes().map(u64::from).sum());
    let previous = close / (1.0 + 0.018 * walk.step());
    let breadth = Breadth { advances: 218, declines: 97, unchanged: 52, ceiling: 9, floor: 2 };
    let at = match index.market {
        Market::Vietnam => "2026-04-23T07:45:00Z".parse().unwrap(),
        Market::Crypto | Market::Us => minutes_ago(1),
    };
    Quote {
        at,
        open: Some(previous * 1.001),
        high: Some(close.max(previous) * 1.004),
        low: Some(close.min(previous) * 0.996),
        close,
        volume: Some(close * 410_000.0),
        previous_close: Some(previous),
        breadth: (index.name == "vnindex").then_some(breadth),
    }
}

/// A morning on which nearly everything answered: one index is old, one is missing, one source failed.
pub(crate) fn snapshot(markets: &[Market]) -> Snapshot {
    let reading = |index: &Index| match index.name {
        "hnx30" => Reading::Failed {
            error: "vietcap: 429, retry after 119 s; entrade: no such index; kbs: timed out after 8 s"
                .to_owned(),
            last_good: Some(good(quote(index), SourceName::Vietcap, minutes_ago(42))),
        },
        "upcomindex" => Reading::Failed {
            error: "vietcap: 403 <html> & no data; kbs: refused".to_owned(),
            last_good: None,
        },
        _ => Reading::Known(good(quote(index), SourceName::Vietcap, now())),
    };
    let indices = CATALOGUE
        .iter()
        .filter(|index| markets.contains(&index.market))
        .map(|index| IndexReading { name: index.name.to_owned(), own: None, reading: reading(index) })
        .collect();
    let overview = CryptoOverview {
        at: minutes_ago(4),
        market_cap_usd: 2.62e12,
        volume_24h_usd: 98.4e9,
        market_cap_change_24h_percent: Some(-0.87),
        btc_dominance_percent: Some(59.83),
        eth_dominance_percent: Some(10.64),
    };
    let mood = FearGreed { at: "2026-04-24T00:00:00Z".parse().unwrap(), value: 33, label: "Fear".to_owned() };
    let outcome = |source, duration_ms, error: Option<&str>| SourceOutcome {
        source,
        error: error.map(str::to_owned),
        duration_ms,
    };
    Snapshot {
        taken_at: minutes_ago(2),
        indices,
        crypto: Some(Reading::Known(good(overview, SourceName::Coingecko, minutes_ago(4)))),
        fear_greed: Some(Reading::Known(good(mood, SourceName::AlternativeMe, minutes_ago(40)))),
        btc_rsi_14: None,
        sources: vec![
            outcome(SourceName::Vietcap, 412, None),
            outcome(SourceName::Entrade, 1_873, None),
            outcome(SourceName::Kbs, 8_002, Some("timed out after 8 s")),
            outcome(SourceName::Binance, 154, None),
            outcome(SourceName::Coingecko, 688, None),
        ],
        fetch_duration_ms: 8_010,
    }
}

/// A day of history in steps of three minutes, ending at today's value; one index has none.
pub(crate) fn series(markets: &[Market]) -> Vec<IndexSeries> {
    let with_history = |index: &&Index| markets.contains(&index.market) && index.name != "link";
    CATALOGUE
        .iter()
        .filter(with_history)
        .map(|index| {
            let mut walk = Walk::seeded(7 + index.name.bytes().map(u64::from).sum::<u64>());
            let mut value = level(index);
            let mut points: Vec<(Timestamp, f64)> = (0..480)
                .map(|step| {
                    let point = (minutes_ago(3 * step), value);
                    value *= 1.0 + 0.0011 * walk.step();
                    point
                })
                .collect();
            points.reverse();
            IndexSeries { name: index.name.to_owned(), points }
        })
        .collect()
}

/// The coin of that rank: its price, its week and its changes follow from the rank.
pub(crate) fn coin(rank: u32) -> Constituent {
    const FIRST: [(&str, &str, f64); 8] = [
        ("BTC", "Bitcoin", 78_231.5),
        ("ETH", "Ethereum", 2_310.08),
        ("USDT", "Tether", 1.0),
        ("XRP", "XRP", 1.4312),
        ("BNB", "BNB", 632.7),
        ("SOL", "Solana", 86.41),
        ("USDC", "USDC", 0.9998),
        ("DOGE", "Dogecoin", 0.0981),
    ];
    const BEGINNINGS: [&str; 12] = [
        "Harbour", "Lotus", "Mekong", "Tide", "Quartz", "Ember", "Saigon", "Anchor", "Cobalt", "Meridian",
        "Orchid", "Delta",
    ];
    const ENDINGS: [&str; 9] =
        ["", " Finance", " Network", " Token", " Protocol", " Cash", " Chain", " DAO", " Inu"];
    let mut walk = Walk::seeded(u64::from(rank));
    let named = FIRST.get(rank as usize - 1);
    let serial = rank as usize;
    let name = named.map_or_else(
        || format!("{}{}", BEGINNINGS[serial % 12], ENDINGS[serial / 12 % 9]),
        |(_, name, _)| (*name).to_owned(),
    );
    let symbol = named.map_or_else(
        || format!("{}{}", &BEGINNINGS[serial % 12][..3].to_uppercase(), serial % 97),
        |(symbol, _, _)| (*symbol).to_owned(),
    );
    let stable = symbol.starts_with("USD");
    let price =
        named.map_or_else(|| 10f64.powf(2.0 + 6.0 * walk.step() - f64::from(rank) / 300.0), |coin| coin.2);
    let swing = if stable { 0.0004 } else { 0.004 + 0.008 * walk.step().abs() };
    let mut sparkline = vec![price as f32; 168];
    let mut value = price;
    for point in sparkline.iter_mut().rev() {
        *point = value as f32;
        value *= 1.0 + swing * walk.step();
    }
    let since = |hours: usize| Some((price / f64::from(sparkline[168 - 1 - hours]) - 1.0) * 100.0);
    Constituent {
        rank: Some(rank),
        symbol,
        name,
        price: Some(price),
        market_cap: Some(1.56e12 / f64::from(rank).powf(1.55)),
        volume: Some(4.1e10 / f64::from(rank).powf(1.4) * (1.2 + walk.step())),
        change_1h: since(1),
        change_24h: since(24),
        change_7d: since(167),
        change_30d: since(167).map(|change| change * 1.9 + 0.5),
        sparkline,
    }
}

pub(crate) fn coins(first: u32, length: u32) -> Vec<Constituent> {
    (first..first + length).map(coin).collect()
}

/// What a coin looks like whose data is absurd or meant to do harm; every eighth is left alone.
pub(crate) fn spoil(coin: &mut Constituent) {
    match coin.rank.unwrap_or(0) % 8 {
        0 => coin.name = "x".repeat(10_000),
        1 => coin.name = "<script>alert(1)</script><img src=x onerror=alert(1)>".to_owned(),
        2 => coin.name = "\u{202e}عملة رقمية\u{2069}".to_owned(),
        3 => coin.name = "🚀👩\u{200d}🚀 to the 🌕 ".repeat(40),
        4 => (coin.price, coin.market_cap, coin.volume) = (Some(1e-12), Some(1e15), Some(1e15)),
        5 => (coin.price, coin.change_24h, coin.symbol) = (Some(1e15), Some(999_999.0), "W".repeat(24)),
        6 => {
            (coin.rank, coin.price, coin.market_cap, coin.volume) = (None, None, None, None);
            (coin.change_1h, coin.change_24h, coin.change_7d, coin.change_30d) = (None, None, None, None);
            coin.sparkline.clear();
        }
        _ => {}
    }
}
