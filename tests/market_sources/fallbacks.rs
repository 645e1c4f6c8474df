//! Who is asked when a source has no answer.

use evenkeel::market::model::SourceName;
use evenkeel::market::source::Gates;

use crate::source_server::{CHART, COINGECKO, COINPAPRIKA, ENTRADE, KBS, SNAPSHOT, SourceServer, whole};
use crate::{VIETNAM, sources};

#[actix_web::test]
async fn fallbacks_are_asked_in_order_and_only_for_what_is_still_missing() {
    let server = SourceServer::start();
    let bad_rows = include_bytes!("../fixtures/market/vietcap_snapshot_bad_rows.json");
    server.answer(SNAPSHOT, whole(200, "application/json", bad_rows));
    server.answer(CHART, whole(200, "application/json", b"[]"));
    let config = server.config();
    let snapshot = sources(&config, &Gates::default(), 0).snapshot(None).await;
    let asked = server.asked(ENTRADE);
    let symbols: Vec<&str> = asked.iter().map(|request| request.split(['=', '&']).nth(1).unwrap()).collect();
    assert_eq!(symbols, ["VN30", "HNX30", "UPCOM"]);
    assert!(server.asked(KBS).is_empty());
    let source = |name: &str| snapshot.index(name).unwrap().known().unwrap().source;
    assert_eq!(
        VIETNAM.map(source).map(|name| name.to_string()),
        ["vietcap", "entrade", "vietcap", "entrade", "entrade"]
    );

    server.answer(SNAPSHOT, whole(403, "text/html", b"<html></html>"));
    server.answer(ENTRADE, whole(500, "text/plain", b""));
    let snapshot = sources(&config, &Gates::default(), 0).snapshot(None).await;
    assert_eq!(server.asked(CHART).len(), 1, "the chart is asked for although the snapshot was refused");
    assert_eq!(server.asked(ENTRADE).len(), 1, "a source that fails is asked for the next index");
    assert_eq!(server.asked(KBS).len(), 5);
    assert!(
        VIETNAM.iter().all(|name| snapshot.index(name).unwrap().known().unwrap().source == SourceName::Kbs)
    );

    server.answer(KBS, whole(404, "application/json", br#"{"error":"unknown"}"#));
    let snapshot = sources(&config, &Gates::default(), 0).snapshot(None).await;
    assert_eq!(server.asked(KBS).len(), 5, "one unknown symbol ends the round");
    assert_eq!(
        snapshot.index("vn30").unwrap().error(),
        Some(
            "vietcap refused with status 403: a web page; entrade answered with status 500: no explanation; \
             kbs answered with status 404: unknown"
        )
    );
}

#[actix_web::test]
async fn a_chart_that_refuses_is_left_alone_and_costs_the_snapshot_nothing() {
    let server = SourceServer::start();
    server.answer(CHART, whole(400, "text/html", b""));
    let (config, gates) = (server.config(), Gates::default());
    let first = sources(&config, &gates, 0).snapshot(None).await;
    let second = sources(&config, &gates, 180).snapshot(Some(&first)).await;
    assert_eq!(
        (server.asked(SNAPSHOT).len(), server.asked(CHART).len(), server.asked(ENTRADE).len()),
        (2, 1, 0)
    );
    let vnindex = second.index("vnindex").unwrap().known().unwrap();
    assert_eq!(
        (vnindex.source, vnindex.value.close, vnindex.value.open),
        (SourceName::Vietcap, 1212.48, None)
    );

    server.behave(CHART);
    let third = sources(&config, &gates, 400).snapshot(Some(&second)).await;
    assert_eq!(third.index("vnindex").unwrap().known().unwrap().value.open, Some(1205.05));
}

#[actix_web::test]
async fn coinpaprika_stands_in_for_coingecko_and_is_not_asked_too_often_either() {
    let server = SourceServer::start();
    let config = server.config();
    let gates = Gates::default();
    server.answer(
        COINGECKO,
        whole(429, "application/json", br#"{"status":{"error_code":429,"error_message":"limit"}}"#),
    );
    let first = sources(&config, &gates, 0).snapshot(None).await;
    assert_eq!(first.crypto.as_ref().unwrap().known().unwrap().source, SourceName::Coinpaprika);

    let second = sources(&config, &gates, 180).snapshot(Some(&first)).await;
    assert_eq!(server.asked(COINPAPRIKA).len(), 1);
    assert_eq!(second.crypto, first.crypto);
}
