//! Every fault as a client meets it, the switchboard and the counters.

use std::time::Duration;

use evenkeel::simulator::exchange::{Exchange, ExchangeConfig};
use evenkeel::simulator::fault::{Fault, ThrottleBody};
use evenkeel::simulator::source::SourceKind;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ONE_EACH, ask, client, config, exchange, get};

/// Status, `Retry-After`, content type and body.
async fn met(exchange: &Exchange, source: SourceKind, fault: Fault) -> (u16, Option<String>, String, String) {
    exchange.faults().set(source, fault);
    let (_, path) = ONE_EACH[source as usize];
    let response = ask(&client(), exchange, source, path).await.unwrap();
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (retry_after, content_type) = (header("retry-after"), header("content-type").unwrap_or_default());
    (response.status().as_u16(), retry_after, content_type, response.text().await.unwrap())
}

#[actix_web::test]
async fn every_refusal_has_its_status_type_and_body() {
    let exchange = exchange(10);
    let throttle = |body| Fault::CloudflareThrottle { body };
    let table = [
        (Fault::TooManyRequests { retry_after: None }, 429, None, "application/json", "error_code"),
        (
            Fault::TooManyRequests { retry_after: Some(119) },
            429,
            Some("119"),
            "application/json",
            "error_code",
        ),
        (throttle(ThrottleBody::Json), 429, None, "application/json", "error_code"),
        (throttle(ThrottleBody::Text), 429, None, "text/plain", "Throttled"),
        (throttle(ThrottleBody::Code1015), 429, None, "text/plain", "error code: 1015"),
        (Fault::ForbiddenHtml, 403, None, "text/html", "you have been blocked"),
        (Fault::BadRequestEmpty, 400, None, "text/html", ""),
        (Fault::OkHtml, 200, None, "text/html", "Just a moment"),
        (Fault::ServerError, 500, None, "text/plain", "Internal Server Error"),
        (Fault::Restricted, 451, None, "application/json", "restricted location"),
    ];
    for (fault, status, retry_after, content_type, body) in table {
        let got = met(&exchange, SourceKind::Coingecko, fault).await;
        assert_eq!((got.0, got.1.as_deref()), (status, retry_after), "{fault:?}");
        assert!(got.2.starts_with(content_type), "{fault:?}: {}", got.2);
        assert!(got.3.contains(body), "{fault:?}: {}", got.3);
    }
    let binance = met(&exchange, SourceKind::Binance, Fault::TooManyRequests { retry_after: Some(37) }).await;
    assert!(binance.3.contains("-1003"));
    exchange.stop().await;
}

#[actix_web::test]
async fn a_truncated_document_is_whole_http_and_half_json_at_every_source() {
    let exchange = exchange(10);
    for (source, path) in ONE_EACH {
        let whole = ask(&client(), &exchange, source, path).await.unwrap().text().await.unwrap();
        exchange.faults().set(source, Fault::TruncatedJson);
        let response = ask(&client(), &exchange, source, path).await.unwrap();
        assert_eq!(response.status(), 200);
        let cut = response.text().await.unwrap();
        assert!(cut.len() < whole.len(), "{source}");
        assert!(serde_json::from_str::<Value>(&cut).is_err(), "{source}: {cut}");
        assert!(!cut.is_empty(), "{source}");
    }
    exchange.stop().await;
}

#[actix_web::test]
async fn a_slow_body_arrives_whole_in_small_pieces() {
    let exchange = exchange(10);
    let right = get(&exchange, SourceKind::Coinpaprika, "/v1/global").await;
    let slow = Fault::SlowBody { bytes: 40, pause_ms: 2 };
    exchange.faults().set(SourceKind::Coinpaprika, slow);
    let url = format!("{}/v1/global", exchange.url(SourceKind::Coinpaprika));
    let mut response = client().get(url).send().await.unwrap();
    let (mut pieces, mut body) = (0, Vec::new());
    while let Some(piece) = response.chunk().await.unwrap() {
        pieces += 1;
        body.extend_from_slice(&piece);
    }
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), right);
    assert!(pieces > 2, "{pieces}");
    exchange.stop().await;
}

#[actix_web::test]
async fn a_connection_reset_is_a_real_reset_after_the_first_bytes() {
    let exchange = exchange(1000);
    exchange.faults().set_all(Fault::ConnectionReset);
    let mut socket = tokio::net::TcpStream::connect(exchange.address()).await.unwrap();
    let request = "GET /coingecko/api/v3/coins/markets?vs_currency=usd HTTP/1.1\r\nHost: x\r\n\r\n";
    socket.write_all(request.as_bytes()).await.unwrap();
    // The kernel may throw away what had arrived before the reset, so the bytes are not looked at.
    let error = socket.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);

    for (source, path) in ONE_EACH {
        let failed = match ask(&client(), &exchange, source, path).await {
            Ok(response) => response.bytes().await.is_err(),
            Err(_) => true,
        };
        assert!(failed, "{source}");
    }
    exchange.faults().clear_all();
    assert!(get(&exchange, SourceKind::Coinpaprika, "/v1/global").await.is_object());
    exchange.stop().await;
}

#[actix_web::test]
async fn silence_never_answers_and_does_not_hold_up_the_stop() {
    let exchange = exchange(10);
    exchange.faults().set(SourceKind::Yahoo, Fault::Silence);
    let url = format!("{}/v8/finance/chart/%5EVIX", exchange.url(SourceKind::Yahoo));
    let limited = client().get(&url).timeout(Duration::from_millis(150)).send().await;
    assert!(limited.unwrap_err().is_timeout());

    let waiting = tokio::spawn(client().get(url).send());
    while exchange.requests().of(SourceKind::Yahoo) < 2 {
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(Duration::from_secs(10), exchange.stop()).await.expect("stop in time");
    let ended = tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("end in time");
    assert!(ended.unwrap().is_err());
}

#[actix_web::test]
async fn an_endless_body_goes_on_for_as_long_as_it_is_read() {
    let exchange = exchange(10);
    exchange.faults().set(SourceKind::Kbs, Fault::EndlessBody);
    let mut response = client().get(exchange.url(SourceKind::Kbs)).send().await.unwrap();
    let mut read = 0;
    while read < 8 * 1024 * 1024 {
        read += response.chunk().await.unwrap().expect("no end").len();
    }
    exchange.stop().await;
}

#[actix_web::test]
async fn a_fault_of_one_source_leaves_the_others_alone_and_can_be_delayed() {
    let exchange = exchange(10);
    exchange.faults().set_after(SourceKind::Vietcap, 1, Fault::ServerError);
    let mut statuses = Vec::new();
    for _ in 0..2 {
        for (source, path) in ONE_EACH {
            statuses.push(ask(&client(), &exchange, source, path).await.unwrap().status().as_u16());
        }
    }
    let failed: Vec<usize> = (0..16).filter(|n| statuses[*n] != 200).collect();
    assert_eq!(failed, [8]);
    assert_eq!(statuses[8], 500);
    exchange.stop().await;
}

#[actix_web::test]
async fn requests_are_counted_by_source_and_path() {
    let exchange = exchange(10);
    for (source, path) in ONE_EACH {
        ask(&client(), &exchange, source, path).await.unwrap();
    }
    exchange.faults().set(SourceKind::Kbs, Fault::ForbiddenHtml);
    ask(&client(), &exchange, SourceKind::Kbs, ONE_EACH[2].1).await.unwrap();
    let missing = ask(&client(), &exchange, SourceKind::Kbs, "/nothing/here").await.unwrap();
    assert_eq!(missing.status(), 403);

    let requests = exchange.requests();
    assert_eq!((requests.total(), requests.of(SourceKind::Kbs)), (10, 3));
    let pattern = "/iis-server/investment/index/{symbol}/{series}";
    assert_eq!(requests.of_path(SourceKind::Kbs, pattern), 2);
    assert_eq!(requests.of_path(SourceKind::Kbs, "(unknown)"), 1);
    assert_eq!(requests.of_path(SourceKind::Coingecko, "/api/v3/coins/markets"), 1);
    assert_eq!(requests.list().len(), 9);
    exchange.stop().await;
}

#[actix_web::test]
async fn people_switch_faults_over_http() {
    let exchange = exchange(10);
    let url = format!("http://{}/_simulator/faults", exchange.address());
    let switch = async |body: &str| {
        let response = client().post(&url).body(body.to_owned()).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (status, list) = switch(r#"{"source":"vietcap","fault":"too-many-requests","retry_after":7}"#).await;
    assert_eq!(status, 200);
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list[0]["fault"], "too-many-requests");
    assert_eq!(list[1]["fault"], "none");
    let fault = Fault::TooManyRequests { retry_after: Some(7) };
    assert_eq!(exchange.faults().get(SourceKind::Vietcap), fault);

    switch(r#"{"source":"all","fault":"ok-html"}"#).await;
    assert!(SourceKind::ALL.into_iter().all(|source| exchange.faults().get(source) == Fault::OkHtml));
    assert_eq!(switch(r#"{"source":"all","fault":"none"}"#).await.0, 200);
    assert_eq!(exchange.faults().get(SourceKind::Yahoo), Fault::None);

    let (status, message) = switch(r#"{"source":"vietkap","fault":"none"}"#).await;
    assert!(status == 400 && message.contains("vietkap") && message.contains("alternative-me"), "{message}");
    let (status, message) = switch(r#"{"source":"vietcap","fault":"fire"}"#).await;
    assert!(status == 400 && message.contains("fire") && message.contains("forbidden-html"), "{message}");
    exchange.stop().await;
}

#[actix_web::test]
async fn a_port_in_use_is_an_error_that_names_it() {
    let exchange = exchange(10);
    let second = Exchange::start(ExchangeConfig { bind: exchange.address(), ..config(10) });
    assert!(second.unwrap_err().to_string().contains(&exchange.address().to_string()));
    exchange.stop().await;
}

#[actix_web::test]
async fn the_port_is_free_after_the_stop() {
    let first = exchange(10);
    let address = first.address();
    first.stop().await;
    let second = Exchange::start(ExchangeConfig { bind: address, ..config(10) }).unwrap();
    second.stop().await;
}
