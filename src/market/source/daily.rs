//! Daily candles of one index, for a report: asked for when they are needed, kept by nobody.
//!
//! The cool-downs of the sources apply, their minimum intervals do not. A market with several sources asks the next one when
//! one fails.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::crypto::Crypto;
use super::endpoint::Endpoint;
use super::error::SourceError;
use super::failure::Failure;
use super::http::Deadline;
use super::us::Us;
use super::vietnam::{Symbols, Vietnam, symbols_of};
use crate::market::candles::{Daily, ICT, MOST_CLOSES};
use crate::market::model::{Index, Market};
use crate::market::parse::bars::Bar;
use crate::market::parse::{ParseError, binance, entrade, kbs, vietcap, yahoo};

/// Days of the calendar that hold [`MOST_CLOSES`] days of trading, holidays included.
const CALENDAR_DAYS: i64 = 450;

/// Candles and the offset of the exchange's dates.
type Answer = Result<(Vec<Bar>, Offset), Failure>;

/// The candles of a Vietnamese index: Vietcap, then Entrade, then KB Securities.
pub(super) async fn vietnam(sources: &Vietnam, index: &Index) -> Result<Daily, Vec<SourceError>> {
    let Some(symbols) = symbols_of(&[index.name]).next() else { return Err(Vec::new()) };
    let from_vietcap = async |deadline: Deadline| vietcap_days(&sources.chart, symbols, &deadline).await;
    let mut errors = Vec::new();
    match ask(&sources.chart, index.market, from_vietcap).await {
        Ok(daily) => return Ok(daily),
        Err(error) => errors.push(error),
    }
    let from_entrade = async |deadline: Deadline| entrade_days(&sources.entrade, symbols, &deadline).await;
    match ask(&sources.entrade, index.market, from_entrade).await {
        Ok(daily) => return Ok(daily),
        Err(error) => errors.push(error),
    }
    let from_kbs = async |deadline: Deadline| kbs_days(&sources.kbs, symbols, &deadline).await;
    match ask(&sources.kbs, index.market, from_kbs).await {
        Ok(daily) => Ok(daily),
        Err(error) => {
            errors.push(error);
            Err(errors)
        }
    }
}

/// The candles of a coin against the dollar's coin.
pub(super) async fn crypto(sources: &Crypto, index: &Index) -> Result<Daily, Vec<SourceError>> {
    let binance = &sources.binance;
    let days = async |deadline: Deadline| -> Answer {
        let path = format!("/api/v3/klines?symbol={}USDT&interval=1d&limit={MOST_CLOSES}", index.code);
        let body = binance.fetch(binance.get(&path), &deadline).await?;
        Ok((binance::parse_candles(&body, binance.clock.now())?, Offset::UTC))
    };
    ask(binance, index.market, days).await.map_err(|error| vec![error])
}

/// The candles of a US index.
pub(super) async fn us(sources: &Us, index: &Index) -> Result<Daily, Vec<SourceError>> {
    let yahoo = &sources.yahoo;
    let days = async |deadline: Deadline| -> Answer {
        let (escaped, to) = (index.code.replace('^', "%5E"), yahoo.clock.now().as_second());
        let from = to - CALENDAR_DAYS * 86_400;
        let path = format!("/v8/finance/chart/{escaped}?interval=1d&period1={from}&period2={to}");
        let body = yahoo.fetch(yahoo.get(&path), &deadline).await?;
        Ok(yahoo::parse_bars(&body, index.code)?)
    };
    ask(yahoo, index.market, days).await.map_err(|error| vec![error])
}

async fn ask(
    endpoint: &Endpoint,
    market: Market,
    days: impl AsyncFnOnce(Deadline) -> Answer,
) -> Result<Daily, SourceError> {
    endpoint.admits()?;
    let now = endpoint.clock.now();
    match days(endpoint.deadline()).await {
        Ok((bars, offset)) => {
            endpoint.note_recovery();
            Ok(Daily::finished(endpoint.name, market, bars, offset, now))
        }
        Err(failure) => {
            endpoint.note_failure(&failure);
            Err(SourceError::Failed { name: endpoint.name, failure })
        }
    }
}

async fn vietcap_days(endpoint: &Endpoint, symbols: &Symbols, deadline: &Deadline) -> Answer {
    let to = endpoint.clock.now().as_second() + 86_400;
    // One more than is kept: the running day is among them.
    let count = MOST_CLOSES + 1;
    let question =
        json!({ "timeFrame": "ONE_DAY", "symbols": [symbols.vietcap], "to": to, "countBack": count });
    let path = "/api/chart/OHLCChart/gap-chart";
    let body = endpoint.fetch(endpoint.post(path, question.to_string()), deadline).await?;
    let charts = vietcap::parse_chart(&body)?;
    let chart = charts.into_iter().find(|(symbol, _)| symbol == symbols.vietcap);
    let (_, bars) = chart.ok_or(Failure::Unusable(ParseError::Empty))?;
    Ok((bars?, ICT))
}

async fn entrade_days(endpoint: &Endpoint, symbols: &Symbols, deadline: &Deadline) -> Answer {
    let to = endpoint.clock.now().as_second();
    let (symbol, from) = (symbols.entrade, to - CALENDAR_DAYS * 86_400);
    let path = format!("/chart-api/v2/ohlcs/index?symbol={symbol}&resolution=1D&from={from}&to={to}");
    let body = endpoint.fetch(endpoint.get(&path), deadline).await?;
    Ok((entrade::parse_chart(&body)?, ICT))
}

async fn kbs_days(endpoint: &Endpoint, symbols: &Symbols, deadline: &Deadline) -> Answer {
    let now = endpoint.clock.now();
    let date = |time: Timestamp| ICT.to_datetime(time).strftime("%d-%m-%Y").to_string();
    let from = now.saturating_sub(SignedDuration::from_hours(24 * CALENDAR_DAYS)).unwrap_or(now);
    let (symbol, from, to) = (symbols.kbs, date(from), date(now));
    let path = format!("/iis-server/investment/index/{symbol}/data_day?sdate={from}&edate={to}");
    let body = endpoint.fetch(endpoint.get(&path), deadline).await?;
    Ok((kbs::parse_chart(&body, symbol)?, ICT))
}
