//! What the application's own sources tell, beside what the others do.

use futures_util::FutureExt;

use super::*;
use crate::market::model::CATALOGUE;

struct Desk {
    name: &'static str,
    indices: &'static [&'static str],
    told: Result<Vec<(&'static str, f64)>, &'static str>,
}

impl IndexSource for Desk {
    fn name(&self) -> &str {
        self.name
    }

    fn indices(&self) -> Vec<OwnIndex> {
        self.indices.iter().map(|name| OwnIndex::new(name, &name.to_uppercase(), name)).collect()
    }

    fn fetch(&self) -> BoxFuture<'_, Result<Vec<(String, Quote)>, String>> {
        let told = self.told.clone().map_err(str::to_owned);
        let told =
            told.map(|told| told.into_iter().map(|(name, close)| (name.to_owned(), quoted(close))).collect());
        async { told }.boxed()
    }

    fn time_limit(&self) -> Duration {
        Duration::from_millis(20)
    }
}

fn at() -> Timestamp {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

fn quoted(close: f64) -> Quote {
    Quote {
        at: at(),
        open: None,
        high: None,
        low: None,
        close,
        volume: None,
        previous_close: None,
        breadth: None,
    }
}

/// A snapshot in which the first index of the catalogue is known and the second is not.
fn snapshot() -> Snapshot {
    let good = Good { value: quoted(1.0), source: SourceName::Vietcap, fetched_at: at() };
    let failed = Reading::Failed { error: "vietcap timed out".to_owned(), last_good: None };
    let index = |position: usize, reading| IndexReading {
        name: CATALOGUE[position].name.to_owned(),
        own: None,
        reading,
    };
    Snapshot {
        taken_at: at(),
        indices: vec![index(0, Reading::Known(good)), index(1, failed)],
        crypto: None,
        fear_greed: None,
        btc_rsi_14: None,
        sources: Vec::new(),
        fetch_duration_ms: 0,
    }
}

async fn entered(desks: Vec<Desk>, previous: Option<&Snapshot>) -> Snapshot {
    let boxed = |desk| Box::new(desk) as Box<dyn IndexSource>;
    let sources = OwnSources::new(desks.into_iter().map(boxed).collect()).unwrap();
    let mut snapshot = snapshot();
    sources.ask().await.enter(&mut snapshot, previous, at());
    snapshot
}

fn said(snapshot: &Snapshot) -> Vec<(String, String)> {
    let said = |index: &IndexReading| match &index.reading {
        Reading::Known(good) => format!("{} by {}", good.value.close, good.source),
        Reading::Failed { error, last_good } => {
            format!("{error}, before {:?}", last_good.as_ref().map(|good| good.value.close))
        }
    };
    snapshot.indices.iter().map(|index| (index.name.clone(), said(index))).collect()
}

fn pair(name: &str, said: &str) -> (String, String) {
    (name.to_owned(), said.to_owned())
}

#[tokio::test]
async fn what_an_own_source_tells_holds_and_what_it_adds_comes_last() {
    let second = Desk {
        name: "second",
        indices: &["vnindex", "gold"],
        told: Ok(vec![("vnindex", 7.0), ("gold", 8.0)]),
    };
    let first = Desk {
        name: "first",
        indices: &["gold", "btc", "vn30"],
        told: Ok(vec![("gold", 9.0), ("vn30", 2.0), ("x", 1.0)]),
    };
    let snapshot = entered(vec![first, second], None).await;
    let expected = [
        pair("vnindex", "7 by second"),
        pair("vn30", "2 by first"),
        pair("btc", "first gave no value, before None"),
        pair("gold", "9 by first"),
    ];
    assert_eq!(said(&snapshot), expected);
    assert_eq!(snapshot.indices[3].own, Some(OwnIndex::new("gold", "GOLD", "gold")));
    assert_eq!(snapshot.indices[2].own, None, "the catalogue knows what bitcoin is called");
    let errors: Vec<_> = snapshot.sources.iter().map(|source| source.error.clone()).collect();
    assert_eq!(errors, [None, Some("answered without btc: gave no value".to_owned())]);
}

#[tokio::test]
async fn where_an_own_source_fails_the_others_stand_and_the_last_value_is_kept() {
    let good = Desk { name: "desk", indices: &["gold"], told: Ok(vec![("gold", 5.0)]) };
    let before = entered(vec![good], None).await;
    let away = Desk { name: "desk", indices: &["vnindex", "vn30", "gold"], told: Err("is\naway") };
    let snapshot = entered(vec![away], Some(&before)).await;
    let expected = [
        pair("vnindex", "1 by vietcap"),
        pair("vn30", "desk is away; vietcap timed out, before None"),
        pair("gold", "desk is away, before Some(5.0)"),
    ];
    assert_eq!(said(&snapshot), expected);
}

#[tokio::test]
async fn a_number_that_is_none_is_refused() {
    for (close, expected) in [
        (f64::NAN, "desk gave NaN as its value, which is none, before None"),
        (0.0, "desk gave 0 as its value, which is none, before None"),
    ] {
        let desk = Desk { name: "desk", indices: &["gold"], told: Ok(vec![("gold", close)]) };
        assert_eq!(said(&entered(vec![desk], None).await)[2], pair("gold", expected));
    }
}

#[tokio::test]
async fn a_source_that_does_not_answer_costs_its_time_limit_and_its_own_indices() {
    struct Mute;
    impl IndexSource for Mute {
        fn name(&self) -> &str {
            "mute"
        }
        fn indices(&self) -> Vec<OwnIndex> {
            vec![OwnIndex::new("gold", "XAU", "Gold")]
        }
        fn fetch(&self) -> BoxFuture<'_, Result<Vec<(String, Quote)>, String>> {
            std::future::pending().boxed()
        }
        fn time_limit(&self) -> Duration {
            Duration::from_millis(20)
        }
    }
    let sources = OwnSources::new(vec![Box::new(Mute)]).unwrap();
    let mut snapshot = snapshot();
    sources.ask().await.enter(&mut snapshot, None, at());
    assert_eq!(said(&snapshot)[2], pair("gold", "mute did not answer within 20ms, before None"));
}

#[test]
fn names_that_cannot_be_are_refused_when_the_daemon_is_built() {
    let refused = |desks: Vec<Desk>| {
        let boxed = |desk| Box::new(desk) as Box<dyn IndexSource>;
        OwnSources::new(desks.into_iter().map(boxed).collect()).unwrap_err().to_string()
    };
    let desk = |name: &'static str, indices: &'static [&'static str]| Desk { name, indices, told: Err("") };
    assert!(refused(vec![desk("Yahoo!", &[])]).contains("cannot be the name of a source"));
    assert!(refused(vec![desk("a", &[]), desk("a", &[])]).contains("another source has it"));
    assert!(
        refused(vec![desk("a", &["Gold"])])
            .starts_with("\"Gold\" cannot be the name of an index: write 1 to 23")
    );
    let added = OwnSources::new(vec![Box::new(desk("a", &["gold", "btc"])), Box::new(desk("b", &["gold"]))])
        .unwrap()
        .added();
    assert_eq!(added, ["gold"]);
}
