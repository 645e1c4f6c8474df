//! One server on a loopback port that answers like every source, from the fixtures, and misbehaves on request.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use evenkeel::config::MarketConfig;
use futures_util::{StreamExt, stream};

pub(crate) const SNAPSHOT: &str = "/api/price/marketIndex/getList";
pub(crate) const CHART: &str = "/api/chart/OHLCChart/gap-chart";
pub(crate) const ENTRADE: &str = "/chart-api/v2/ohlcs/index";
pub(crate) const KBS: &str = "/iis-server/investment/index/";
pub(crate) const TICKERS: &str = "/api/v3/ticker/24hr";
pub(crate) const KLINES: &str = "/api/v3/klines";
pub(crate) const COINGECKO: &str = "/api/v3/global";
pub(crate) const MARKETS: &str = "/api/v3/coins/markets";
pub(crate) const COINPAPRIKA: &str = "/v1/global";
pub(crate) const FEAR_GREED: &str = "/fng/";
pub(crate) const YAHOO: &str = "/v8/finance/chart/";

const PATHS: [&str; 11] =
    [SNAPSHOT, CHART, ENTRADE, KBS, TICKERS, KLINES, COINGECKO, MARKETS, COINPAPRIKA, FEAR_GREED, YAHOO];

/// How a path is answered instead of well.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A whole answer.
    Whole { status: u16, content_type: &'static str, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// The start of a body, and then nothing for ever.
    Stalls(Vec<u8>),
    /// The start of a body, and then the connection is closed.
    BreaksOff(Vec<u8>),
    /// A body of this many bytes whose length is not announced.
    Streams(usize),
}

/// A whole answer without headers of its own.
pub(crate) fn whole(status: u16, content_type: &'static str, body: &[u8]) -> Answer {
    Answer::Whole { status, content_type, headers: Vec::new(), body: body.to_vec() }
}

/// Everything that the server is told and was asked.
#[derive(Debug, Default)]
struct Script {
    answers: Mutex<HashMap<&'static str, Answer>>,
    asked: Mutex<Vec<String>>,
}

/// A running server; stops when dropped.
pub(crate) struct SourceServer {
    base_url: String,
    script: Arc<Script>,
    handle: ServerHandle,
}

impl SourceServer {
    pub(crate) fn start() -> Self {
        let script = Arc::new(Script::default());
        let data = Data::from(Arc::clone(&script));
        let server =
            HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(answer)))
                .workers(1)
                .disable_signals()
                .bind(("127.0.0.1", 0))
                .unwrap();
        let base_url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { base_url, script, handle }
    }

    /// Answers `path` so from now on.
    pub(crate) fn answer(&self, path: &'static str, answer: Answer) {
        self.script.answers.lock().unwrap().insert(path, answer);
    }

    /// Answers `path` well again.
    pub(crate) fn behave(&self, path: &'static str) {
        self.script.answers.lock().unwrap().remove(path);
    }

    /// The requests whose address begins with `path`, since the last call: path, query and body.
    pub(crate) fn asked(&self, path: &str) -> Vec<String> {
        self.script.asked.lock().unwrap().extract_if(.., |request| request.starts_with(path)).collect()
    }

    /// A configuration in which every source is this server.
    pub(crate) fn config(&self) -> MarketConfig {
        let mut config = MarketConfig { us: true, ..MarketConfig::default() };
        for source in config.sources.each_mut() {
            source.base_url.clone_from(&self.base_url);
            source.time_limit = Duration::from_secs(10);
        }
        config
    }
}

impl Drop for SourceServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn answer(request: HttpRequest, body: Bytes, script: Data<Script>) -> HttpResponse {
    let address = request.uri().to_string();
    script.asked.lock().unwrap().push(format!("{address} {}", String::from_utf8_lossy(&body)));
    let Some(path) = PATHS.into_iter().find(|path| address.starts_with(path)) else {
        return HttpResponse::NotFound().finish();
    };
    let scripted = script.answers.lock().unwrap().get(path).cloned();
    match scripted {
        None => HttpResponse::Ok().content_type("application/json").body(well(path, &address)),
        Some(Answer::Whole { status, content_type, headers, body }) => {
            let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap());
            response.content_type(content_type);
            for (name, value) in headers {
                response.insert_header((name, value));
            }
            response.body(body)
        }
        Some(Answer::Stalls(start)) => {
            let start = stream::iter([Ok::<_, io::Error>(Bytes::from(start))]);
            HttpResponse::Ok().content_type("application/json").streaming(start.chain(stream::pending()))
        }
        Some(Answer::BreaksOff(start)) => {
            let broken = Err(io::Error::from(io::ErrorKind::ConnectionReset));
            HttpResponse::Ok()
                .content_type("application/json")
                .streaming(stream::iter([Ok(Bytes::from(start)), broken]))
        }
        Some(Answer::Streams(length)) => {
            let piece = Bytes::from(vec![b' '; 64 * 1024]);
            let pieces = stream::repeat(piece).take(length.div_ceil(64 * 1024)).map(Ok::<_, io::Error>);
            HttpResponse::Ok().content_type("application/json").streaming(pieces)
        }
    }
}

/// The fixture of a path, about the symbol that was asked for.
fn well(path: &str, address: &str) -> String {
    macro_rules! fixture {
        ($name:literal) => {
            include_str!(concat!("../fixtures/market/", $name))
        };
    }
    let symbol = |end: char| address[path.len()..].split(end).next().unwrap_or_default().replace("%5E", "^");
    match path {
        SNAPSHOT => fixture!("vietcap_snapshot.json").to_owned(),
        CHART => fixture!("vietcap_chart.json").to_owned(),
        ENTRADE => fixture!("entrade_chart.json").to_owned(),
        KBS => fixture!("kbs_chart.json").replace("VNINDEX", &symbol('/')),
        TICKERS => fixture!("binance_tickers.json").to_owned(),
        KLINES => candles(),
        COINGECKO => fixture!("coingecko_global.json").to_owned(),
        MARKETS => fixture!("coingecko_markets.json").to_owned(),
        COINPAPRIKA => fixture!("coinpaprika_global.json").to_owned(),
        FEAR_GREED => fixture!("fear_greed.json").to_owned(),
        _ => fixture!("yahoo_chart.json").replace("^GSPC", &symbol('?')),
    }
}

/// Daily candles up to the day of the fixtures' session; every third one falls.
fn candles() -> String {
    const DAY_MS: u64 = 86_400_000;
    let last_begins = 1_778_112_000_000;
    let candle = |back: u64| {
        let (begins, close) = (last_begins - back * DAY_MS, 60_000 + 70 * (300 - back) - 400 * (back % 3));
        let ends = begins + DAY_MS - 1;
        format!(
            r#"[{begins},"{close}.5","{close}.9","{close}.1","{close}.5","9.25",{ends},"1.5",3,"4.5","2.5","0"]"#
        )
    };
    format!("[{}]", (0..=300).rev().map(candle).collect::<Vec<_>>().join(","))
}
