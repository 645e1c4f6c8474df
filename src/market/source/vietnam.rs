//! Vietnam's five indices: Vietcap, then Entrade, then KB Securities, each for exactly what is still missing.
//!
//! Vietcap is asked twice: its snapshot knows the value now, the previous close and the breadth; its daily chart adds
//! the first, highest and lowest value of the session, and stands in for rows that the snapshot spoils. The chart is
//! known to refuse while the snapshot answers: it has a gate of its own, so that it never costs the snapshot.

use jiff::civil::{Date, time};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::endpoint::Endpoint;
use super::failure::Failure;
use super::http::Deadline;
use super::ledger::{Answers, Ledger, one_by_one};
use crate::market::candles::ICT;
use crate::market::model::{Index, Market, Quote, Reading, Snapshot, SourceOutcome};
use crate::market::parse::bars::{Bar, Session};
use crate::market::parse::vietcap::IndexNow;
use crate::market::parse::{Demultiplexed, ParseError, entrade, kbs, vietcap};

/// Days that the fallbacks' charts reach back: longer than the longest holidays.
const DAYS_BACK: i64 = 10;

/// What each source calls an index.
pub(super) struct Symbols {
    pub(super) name: &'static str,
    pub(super) vietcap: &'static str,
    pub(super) entrade: &'static str,
    pub(super) kbs: &'static str,
}

const SYMBOLS: [Symbols; 5] = [
    Symbols { name: "vnindex", vietcap: "VNINDEX", entrade: "VNINDEX", kbs: "VNINDEX" },
    Symbols { name: "vn30", vietcap: "VN30", entrade: "VN30", kbs: "VN30" },
    Symbols { name: "hnxindex", vietcap: "HNXIndex", entrade: "HNX", kbs: "HNXINDEX" },
    Symbols { name: "hnx30", vietcap: "HNX30", entrade: "HNX30", kbs: "HNX30" },
    Symbols { name: "upcomindex", vietcap: "HNXUpcomIndex", entrade: "UPCOM", kbs: "UPCOMINDEX" },
];

/// The sources of Vietnam's indices.
#[derive(Debug)]
pub(super) struct Vietnam {
    pub(super) vietcap: Endpoint,
    pub(super) chart: Endpoint,
    pub(super) entrade: Endpoint,
    pub(super) kbs: Endpoint,
}

impl Vietnam {
    /// The five readings in the order of the catalogue.
    pub(super) async fn collect(
        &self,
        taken_at: Timestamp,
        previous: Option<&Snapshot>,
    ) -> (Vec<(&'static str, Reading<Quote>)>, Vec<SourceOutcome>) {
        let readings = Index::of(Market::Vietnam)
            .map(|index| (index.name, previous.and_then(|previous| previous.index(index.name))));
        let mut ledger = Ledger::new(taken_at, readings);
        ledger.ask(&self.vietcap, async |names, deadline| self.ask_vietcap(names, deadline).await).await;
        ledger.ask(&self.entrade, async |names, deadline| self.ask_entrade(names, deadline).await).await;
        ledger.ask(&self.kbs, async |names, deadline| self.ask_kbs(names, deadline).await).await;
        ledger.close()
    }

    async fn ask_vietcap(&self, names: &[&'static str], deadline: Deadline) -> Answers<Quote> {
        let now = self.vietcap.clock.now();
        let (wanted, symbols): (Vec<&Symbols>, Vec<&str>) =
            symbols_of(names).map(|symbols| (symbols, symbols.vietcap)).unzip();

        let question = json!({ "symbols": symbols });
        let snapshot = self
            .vietcap_body(
                "/api/price/marketIndex/getList",
                question.to_string(),
                &deadline,
                vietcap::parse_snapshot,
            )
            .await;
        if let Err(failure) = &snapshot
            && failure.ends_round()
        {
            return Answers::none(failure.clone());
        }
        let (indices, failure) = match snapshot {
            Ok(indices) => (indices, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        let charts = self.charts(&symbols, now, &deadline).await;
        let values = wanted
            .into_iter()
            .filter_map(|symbols| {
                let index =
                    indices.iter().find(|(symbol, _)| symbol == symbols.vietcap).map(|(_, index)| index);
                let bars = charts.iter().find(|(symbol, _)| symbol == symbols.vietcap).map(|(_, bars)| bars);
                Some((symbols.name, combine(index, bars, now)?.map_err(Failure::Unusable)))
            })
            .collect();
        Answers { values, failure }
    }

    /// The daily charts, as far as they can be had; without them the session's first, highest and lowest values are
    /// not known, which is no failure.
    async fn charts(&self, symbols: &[&str], now: Timestamp, deadline: &Deadline) -> Demultiplexed<Vec<Bar>> {
        if self.chart.admits().is_err() {
            return Vec::new();
        }
        // A day ahead, so that the running session is included.
        let to = now.as_second() + 86_400;
        let question = json!({ "timeFrame": "ONE_DAY", "symbols": symbols, "to": to, "countBack": 2 });
        let path = "/api/chart/OHLCChart/gap-chart";
        match self.vietcap_body(path, question.to_string(), deadline, vietcap::parse_chart).await {
            Ok(charts) => {
                self.chart.note_recovery();
                charts
            }
            Err(failure) => {
                self.chart.note_failure(&failure);
                let source = self.chart.name;
                log::warn!(event = "chart-failed", source = source.as_str(); "the chart of {source} {failure}: open, high and low are not known");
                Vec::new()
            }
        }
    }

    async fn vietcap_body<T>(
        &self,
        path: &str,
        question: String,
        deadline: &Deadline,
        parse: fn(&[u8]) -> Result<T, ParseError>,
    ) -> Result<T, Failure> {
        let body = self.vietcap.fetch(self.vietcap.post(path, question), deadline).await?;
        Ok(parse(&body)?)
    }

    async fn ask_entrade(&self, names: &[&'static str], deadline: Deadline) -> Answers<Quote> {
        let to = self.entrade.clock.now().as_second();
        let from = to - DAYS_BACK * 86_400;
        one_by_one(names, async |name| {
            let symbol = symbols_of(&[name]).next().map_or(name, |symbols| symbols.entrade);
            let path = format!("/chart-api/v2/ohlcs/index?symbol={symbol}&resolution=1&from={from}&to={to}");
            let body = self.entrade.fetch(self.entrade.get(&path), &deadline).await?;
            Ok(last_value(&entrade::parse_chart(&body)?)?)
        })
        .await
    }

    async fn ask_kbs(&self, names: &[&'static str], deadline: Deadline) -> Answers<Quote> {
        let now = self.kbs.clock.now();
        let date = |time: Timestamp| ICT.to_datetime(time).strftime("%d-%m-%Y").to_string();
        let from = date(now.saturating_sub(SignedDuration::from_hours(24 * DAYS_BACK)).unwrap_or(now));
        let to = date(now);
        one_by_one(names, async |name| {
            let symbol = symbols_of(&[name]).next().map_or(name, |symbols| symbols.kbs);
            let path = format!("/iis-server/investment/index/{symbol}/data_1P?sdate={from}&edate={to}");
            let body = self.kbs.fetch(self.kbs.get(&path), &deadline).await?;
            Ok(last_value(&kbs::parse_chart(&body, symbol)?)?)
        })
        .await
    }
}

pub(super) fn symbols_of(names: &[&'static str]) -> impl Iterator<Item = &'static Symbols> {
    SYMBOLS.iter().filter(move |symbols| names.contains(&symbols.name))
}

/// The quote at the end of minute bars.
fn last_value(bars: &[Bar]) -> Result<Quote, ParseError> {
    let session = Session::last(bars, ICT)?;
    Ok(session.quote(session.at))
}

/// One index out of Vietcap's snapshot and its daily chart; nothing when neither mentions it.
fn combine(
    index: Option<&Result<IndexNow, ParseError>>,
    bars: Option<&Result<Vec<Bar>, ParseError>>,
    now: Timestamp,
) -> Option<Result<Quote, ParseError>> {
    let session = bars.and_then(|bars| Session::last(bars.as_ref().ok()?, ICT).ok());
    let of_session = session.as_ref().map(|session| session.quote(value_held_at(session, now)));
    match (index, of_session) {
        (Some(Ok(index)), of_session) => {
            Some(quote_of(index, session.map(|session| session.date), of_session))
        }
        (_, Some(quote)) => Some(Ok(quote)),
        (Some(Err(error)), None) => Some(Err(error.clone())),
        (None, None) => bars.and_then(|bars| bars.as_ref().err().cloned()).map(Err),
    }
}

/// The snapshot's row, completed by the chart where both are about the same session.
fn quote_of(index: &IndexNow, date: Option<Date>, of_session: Option<Quote>) -> Result<Quote, ParseError> {
    let at = index.at.or(of_session.as_ref().map(|quote| quote.at)).ok_or(ParseError::Missing("time"))?;
    let same_session = of_session.filter(|_| date == Some(ICT.to_datetime(at).date()));
    let (open, high, low, volume) = same_session
        .map_or((None, None, None, None), |quote| (quote.open, quote.high, quote.low, quote.volume));
    Ok(Quote {
        at,
        open,
        // The chart may be a few seconds older than the value.
        high: high.map(|high| high.max(index.close)),
        low: low.map(|low| low.min(index.close)),
        close: index.close,
        volume: index.volume.or(volume),
        previous_close: index.previous_close,
        breadth: index.breadth,
    })
}

/// When the last value of a session held that is known from a daily bar only, which is stamped at the start of its
/// day: now while the session runs, its end afterwards.
fn value_held_at(session: &Session, now: Timestamp) -> Timestamp {
    let end = ICT.to_timestamp(session.date.to_datetime(time(15, 0, 0, 0))).unwrap_or(session.at);
    end.min(now).max(session.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day_bars() -> Result<Vec<Bar>, ParseError> {
        let bar = |at, close: f64| Bar {
            at,
            open: close - 4.0,
            high: close + 1.0,
            low: close - 6.0,
            close,
            volume: Some(9e8),
        };
        Ok(vec![bar(at("2026-05-06T00:00:00Z"), 1200.0), bar(at("2026-05-07T00:00:00Z"), 1210.0)])
    }

    fn row(time: Option<&str>) -> Result<IndexNow, ParseError> {
        Ok(IndexNow {
            at: time.map(at),
            close: 1212.0,
            previous_close: Some(1200.0),
            volume: Some(8e8),
            breadth: None,
        })
    }

    #[test]
    fn the_chart_completes_the_snapshot_of_the_same_session() {
        let quote =
            combine(Some(&row(Some("2026-05-07T03:10:00Z"))), Some(&day_bars()), at("2026-05-07T03:10:30Z"));
        let quote = quote.unwrap().unwrap();
        assert_eq!(quote.at, at("2026-05-07T03:10:00Z"));
        assert_eq!((quote.open, quote.high, quote.low), (Some(1206.0), Some(1212.0), Some(1204.0)));
        assert_eq!((quote.close, quote.volume), (1212.0, Some(8e8)));
    }

    #[test]
    fn yesterdays_bar_does_not_complete_todays_snapshot() {
        let quote =
            combine(Some(&row(Some("2026-05-08T02:10:00Z"))), Some(&day_bars()), at("2026-05-08T02:10:30Z"));
        let quote = quote.unwrap().unwrap();
        assert_eq!((quote.open, quote.high, quote.low, quote.close), (None, None, None, 1212.0));
    }

    #[test]
    fn the_chart_alone_is_enough_and_dates_its_value_honestly() {
        // While the session runs its value is of now; afterwards of its end, however long ago that was.
        for (now, held_at) in [
            ("2026-05-07T03:10:30Z", "2026-05-07T03:10:30Z"),
            ("2026-05-07T10:00:00Z", "2026-05-07T08:00:00Z"),
            ("2026-05-10T03:00:00Z", "2026-05-07T08:00:00Z"),
        ] {
            let bad_row = Err(ParseError::Missing("price"));
            let quote = combine(Some(&bad_row), Some(&day_bars()), at(now)).unwrap().unwrap();
            assert_eq!((quote.at, quote.close, quote.previous_close), (at(held_at), 1210.0, Some(1200.0)));
        }
    }

    #[test]
    fn what_neither_mentions_is_unknown_and_what_both_spoil_is_an_error() {
        let now = at("2026-05-07T03:10:30Z");
        assert_eq!(combine(None, None, now), None);
        let (bad_row, bad_bars) = (Err(ParseError::Missing("price")), Err(ParseError::Empty));
        assert_eq!(combine(Some(&bad_row), Some(&bad_bars), now), Some(Err(ParseError::Missing("price"))));
        assert_eq!(combine(None, Some(&bad_bars), now), Some(Err(ParseError::Empty)));
        assert_eq!(combine(Some(&row(None)), None, now), Some(Err(ParseError::Missing("time"))));
    }

    #[test]
    fn every_vietnamese_index_has_a_symbol_at_every_source() {
        let named: Vec<&str> = SYMBOLS.iter().map(|symbols| symbols.name).collect();
        let catalogue: Vec<&str> = Index::of(Market::Vietnam).map(|index| index.name).collect();
        assert_eq!(named, catalogue);
    }
}
