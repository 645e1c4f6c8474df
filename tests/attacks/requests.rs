//! Requests that are too large, too slow, ambiguous, forged, or lead where they should not.

use std::io::Write;

use evenkeel::clock::Clock;
use evenkeel::config::Secret;

use crate::common::house::{House, reqwest_client};
use crate::common::{SOON, log_lines, raw};
use crate::{TOKEN, address, blocking, json, send};

const ORDER: &str = "/api/v1/manual-generate";

#[actix_rt::test]
async fn a_body_that_nobody_asked_for_is_not_kept() {
    let house = House::open(|_| {}).await;
    let head = |method: &str, path: &str, more: &str| {
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n").into_bytes()
    };
    let megabytes = vec![b'x'; 8 << 20];
    let mut chunks = Vec::new();
    for chunk in megabytes.chunks(60_000) {
        chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    let (length, chunked) = ("Content-Length: 8388608\r\n", "Transfer-Encoding: chunked\r\n");
    for (method, path, encoding, body, status, detail) in [
        ("POST", ORDER, length, &megabytes, 413, "the body is longer than 65536 bytes; send none"),
        ("POST", ORDER, chunked, &chunks, 413, "the body is longer than 65536 bytes; send none"),
        ("POST", ORDER, "Content-Length: 99999999999999999\r\n", &Vec::new(), 413, "the body is longer"),
        ("GET", "/reports", length, &megabytes, 400, "a GET takes no body; send none"),
        ("GET", "/health", chunked, &chunks, 400, "a GET takes no body; send none"),
    ] {
        let sent = [head(method, path, encoding), body.clone()].concat();
        let answer = send(&house, sent).await;
        assert_eq!(raw::status(&answer), status, "{method} {path} {encoding}: {answer}");
        assert!(answer.contains(detail), "{answer}");
    }
    // Who waits for leave to send a body is told before he has sent it.
    let expects = head("POST", ORDER, &format!("{length}Expect: 100-continue\r\n"));
    assert_eq!(house.daemon.archive.count(), Ok(0));
    assert!(send(&house, expects).await.contains(" 413 "), "before the body has come");
    assert_eq!(house.get("/health").await.0, 200);
}

#[actix_rt::test]
async fn who_sends_slowly_or_too_much_of_a_head_is_not_waited_for() {
    let house = House::open(|_| {}).await;
    let address = address(&house);
    let slow = move |begin: String, piece: &'static [u8]| {
        blocking(move || {
            let begun = Clock::system().stopwatch();
            let mut stream = raw::connect(address);
            stream.set_nodelay(true).unwrap();
            stream.write_all(begin.as_bytes()).unwrap();
            let mut end = stream.try_clone().unwrap();
            // One byte a moment, until the other side has had enough.
            let (over, listens) = std::sync::mpsc::channel::<()>();
            let drip = std::thread::spawn(move || {
                let moment = std::time::Duration::from_millis(200);
                while listens.recv_timeout(moment).is_err() && end.write_all(piece).is_ok() {}
            });
            let heard = raw::listen(stream);
            over.send(()).ok();
            drip.join().unwrap();
            (heard, begun.elapsed())
        })
    };
    let head = slow("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".to_owned(), b"a");
    let body = format!("POST {ORDER} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n");
    let body = slow(body, b"a");
    let chunks = format!("POST {ORDER} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunks = slow(chunks, b"1\r\na\r\n");
    for (heard, took) in [head.await, body.await, chunks.await] {
        assert!(raw::status(&heard) == 408, "{heard}");
        assert!(took < SOON, "{took:?}");
    }
    let endless = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}", "a".repeat(1 << 20));
    let lines = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}", "X-Line: a\r\n".repeat(100_000));
    let address = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(1 << 20));
    assert_eq!(raw::status(&send(&house, lines).await), 431, "too many lines");
    for long in [endless, address] {
        let answer = send(&house, long).await;
        assert_eq!(raw::status(&answer), 431, "{answer}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        assert_eq!(json(body)["detail"], "the head of the request is longer than 16 KiB");
        assert!(answer.contains(&format!("content-length: {}\r\n", body.len())), "{answer}");
    }
    assert_eq!(house.daemon.archive.count(), Ok(0));
}

#[actix_rt::test]
async fn no_path_leads_out_of_what_is_served() {
    let house = House::open(|_| {}).await;
    let mut paths = Vec::new();
    for up in
        ["..", "%2e%2e", "%252e%252e", ".%2e", "..%2f..", "..%5c..", "..\\..", "%c0%ae%c0%ae", "..;", "%00"]
    {
        for file in ["etc/passwd", "Cargo.toml", "dashboard.css%00.png"] {
            paths.push(format!("/assets/{up}/{up}/{up}/{file}"));
            paths.push(format!("/reports/{up}/{file}"));
        }
    }
    let odd = [
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/dashboard.css/",
        "/assets/",
        "//assets/x",
        "/assets/C:%5Cwindows%5Cwin.ini",
        "/reports/1%00",
        "/reports/-1",
        "/reports/0x1",
        "/reports/1e0",
        "/%",
        "/%zz",
        "http://localhost/assets/../../etc/passwd",
    ];
    paths.extend(odd.map(str::to_owned));
    for path in paths {
        let answer = send(&house, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
        let status = raw::status(&answer);
        assert!([400, 404].contains(&status), "{path}: {answer}");
        assert!(!answer.contains("root:") && !answer.contains("[package]"), "{path}: {answer}");
    }
    for raw_path in [&b"/assets/\0"[..], b"/assets/\xff\xfe", b"/assets/../\x01"] {
        let request = [b"GET ", raw_path, b" HTTP/1.1\r\nHost: localhost\r\n\r\n"].concat();
        let answer = send(&house, request).await;
        assert!([0, 400, 404].contains(&raw::status(&answer)), "{answer}");
    }
}

#[actix_rt::test]
async fn nothing_that_is_sent_becomes_a_header_or_a_second_request() {
    let house = House::open(|_| {}).await;
    let injected = "%0d%0aX-Injected:%20yes%0d%0a%0d%0a<script>";
    for path in [
        format!("/reports/{injected}"),
        format!("/assets/{injected}"),
        format!("/?lang={injected}"),
        format!("/api/v1/market/history?index={injected}"),
        format!("/api/v1/progress/{injected}"),
        format!("/api/v1/memory/decisions?child={injected}"),
        format!("/{injected}"),
    ] {
        for accept in ["*/*", "text/html"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n");
            let answer = send(&house, request).await.to_lowercase();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(!head.contains("injected"), "{path}: {head}");
            let is_html = head.contains("text/html");
            assert!(!(is_html && body.contains("<script>")), "{path}: {body}");
        }
    }
    let smuggled = "GET /reports?smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 0\r\nContent-Length: 70\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 0, 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "X: y\r\n Transfer-Encoding: chunked\r\n",
    ] {
        let request = format!("POST /health HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n0\r\n\r\n{smuggled}");
        let answer = send(&house, request).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{headers}: {answer}");
        assert!([400, 405, 413].contains(&raw::status(&answer)), "{headers}: {answer}");
    }
    // Framed without doubt: it is a second request, and a connection carries one.
    let first = "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    let second = format!("POST {ORDER} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    let answer = send(&house, format!("{first}{second}")).await;
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(!answer.contains("HTTP/1.1 200"), "{answer}");
    assert_eq!(house.daemon.archive.count(), Ok(0), "nothing is done for the second");
}

#[actix_rt::test]
async fn no_page_of_another_site_has_a_report_written() {
    let house = House::open(|_| {}).await;
    let client = reqwest_client();
    let own = house.url("");
    let post = async |headers: &[(&str, &str)]| {
        let request = headers
            .iter()
            .fold(client.post(house.url(ORDER)), |request, (name, value)| request.header(*name, *value));
        request.send().await.unwrap()
    };
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", "http://localhost:1")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", own.as_str())],
        &[("sec-fetch-site", "cross-site"), ("content-type", "text/plain")],
    ] {
        let answer = post(headers).await;
        assert_eq!(answer.status().as_u16(), 403, "{headers:?}");
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
        assert!(answer.text().await.unwrap().contains("another site"), "{headers:?}");
    }
    let asked =
        client.request(reqwest::Method::OPTIONS, house.url(ORDER)).header("origin", "https://evil.example");
    let asked = asked.header("access-control-request-method", "POST").send().await.unwrap();
    assert!(!asked.status().is_success() && !asked.headers().contains_key("access-control-allow-origin"));
    assert_eq!(house.daemon.archive.count(), Ok(0), "nothing was written");
    assert_eq!(post(&[("origin", own.as_str())]).await.status().as_u16(), 200, "its own page may");
    assert_eq!(post(&[("sec-fetch-site", "same-origin")]).await.status().as_u16(), 200);
}

#[actix_rt::test]
async fn a_name_that_leads_here_all_of_a_sudden_is_not_answered() {
    let house = House::open(|config| config.server.names = vec!["evenkeel.example.com".to_owned()]).await;
    let get = async |house: &House, host: &str| {
        send(house, format!("GET /api/v1/memory HTTP/1.1\r\n{host}\r\n")).await
    };
    for host in [
        "Host: evil.example\r\n",
        "Host: evil.example:8888\r\n",
        "Host: localhost.evil.example\r\n",
        "Host:\r\n",
    ] {
        let answer = get(&house, host).await;
        assert_eq!(raw::status(&answer), 421, "{host}: {answer}");
        assert!(answer.contains("localhost, 127.0.0.1, ::1"), "what would be right: {answer}");
    }
    for host in ["", "Host: localhost\r\nHost: evil.example\r\n"] {
        assert_eq!(raw::status(&get(&house, host).await), 400, "{host}");
    }
    let absolute = "GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(raw::status(&send(&house, absolute).await), 421);
    for host in [
        "Host: LocalHost:1\r\n",
        "Host: 127.0.0.1\r\n",
        "Host: [::1]:8888\r\n",
        "Host: evenkeel.example.com\r\n",
    ] {
        assert_eq!(raw::status(&get(&house, host).await), 200, "{host}");
    }
    let guarded = House::open(|config| config.server.token = Some(Secret::new(TOKEN))).await;
    assert_eq!(raw::status(&get(&guarded, "Host: any.example\r\n").await), 200, "a token is what guards it");
}

#[actix_rt::test]
async fn who_asks_without_end_is_told_to_wait() {
    let house = House::open(|config| config.server.requests_per_second = 2).await;
    let client = reqwest_client();
    let mut answered = 0;
    let limited = loop {
        let answer = client.get(house.url("/api/v1/scheduler/status")).send().await.unwrap();
        if answer.status().as_u16() != 200 {
            break answer;
        }
        answered += 1;
        assert!(answered < 1000, "nobody may ask so often");
    };
    assert!(answered >= 20, "a burst is all right: {answered}");
    assert_eq!((limited.status().as_u16(), &limited.headers()["retry-after"]), (429, &"1".parse().unwrap()));
    assert!(limited.text().await.unwrap().contains("server.requests_per_second"));
    for _ in 0..50 {
        assert_eq!(house.get("/health").await.0, 200, "whether it is well is always told");
    }
}

#[actix_rt::test]
async fn what_is_asked_for_cannot_write_lines_into_the_log() {
    log_lines::keep();
    let house = House::open(|config| config.server.requests_per_second = 2).await;
    let mark = "harmless-mark-of-this-test";
    for _ in 0..40 {
        let path = format!("/%0aERROR%20{mark}%1b%5b31m?lang=%0d%0a{mark}");
        send(&house, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {mark}\r\nX-Forwarded-For: {mark}\r\n\r\n")).await;
    }
    assert_eq!(log_lines::with(mark), Vec::<String>::new(), "nothing of a request is repeated");
    assert!(!log_lines::with("asks too often").is_empty(), "the log is kept");
}
