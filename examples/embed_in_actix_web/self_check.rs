//! The application asks itself over HTTP, as a browser and a script would.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::{spawn, time};
use evenkeel::market::source::client_config;
use reqwest::{Client, Method, StatusCode, redirect};
use serde_json::Value;

/// Bounds what hangs; nothing here takes a minute.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks for everything if the command line says so, and stops the server; returns what came of it.
pub(crate) fn begin_if_asked(
    address: SocketAddr,
    server: ServerHandle,
) -> impl Future<Output = Result<(), Box<dyn Error>>> {
    let asked = std::env::args().any(|argument| argument == "--self-check");
    let checks = asked.then(|| {
        spawn(async move {
            let outcome = match time::timeout(PATIENCE, check(address)).await {
                Ok(outcome) => outcome.map_err(|error| error.to_string()),
                Err(_) => Err(format!("not done within {PATIENCE:?}")),
            };
            server.stop(true).await;
            outcome
        })
    });
    async {
        match checks {
            Some(checks) => Ok(checks.await??),
            None => Ok(()),
        }
    }
}

struct Browser {
    client: Client,
    address: SocketAddr,
}

struct Answer {
    status: StatusCode,
    location: String,
    text: String,
}

impl Browser {
    async fn ask(
        &self,
        method: Method,
        path: &str,
        password: Option<&str>,
    ) -> Result<Answer, reqwest::Error> {
        let request = self.client.request(method, format!("http://{}{path}", self.address));
        let request = request.header("origin", format!("http://{}", self.address));
        let request = match password {
            Some(password) => request.basic_auth("app", Some(password)),
            None => request,
        };
        let answer = request.send().await?;
        let (status, location) = (answer.status(), answer.headers().get("location").cloned());
        let location = location.and_then(|it| it.to_str().map(str::to_owned).ok()).unwrap_or_default();
        Ok(Answer { status, location, text: answer.text().await? })
    }

    async fn get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        self.ask(Method::GET, path, Some("letmein")).await
    }

    /// Asks and prints; an answer of another status is the end.
    async fn see(&self, method: Method, path: &str, status: u16) -> Result<Answer, Box<dyn Error>> {
        let answer = self.ask(method.clone(), path, Some("letmein")).await?;
        Self::checked(&method, path, status, answer)
    }

    fn checked(method: &Method, path: &str, status: u16, answer: Answer) -> Result<Answer, Box<dyn Error>> {
        println!("{method} {path} -> {}", answer.status.as_u16());
        if answer.status != status {
            return Err(format!("{method} {path}: {status} was expected: {}", answer.text).into());
        }
        Ok(answer)
    }
}

async fn check(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let tls = client_config()?;
    let client = Client::builder().tls_backend_preconfigured((*tls).clone()).no_proxy();
    let browser = Browser { client: client.redirect(redirect::Policy::none()).build()?, address };

    let page = browser.see(Method::GET, "/", 200).await?;
    print!("  {}", page.text);
    for path in ["/", "/market/", "/market/api/v1/market/indices"] {
        let answer = browser.ask(Method::GET, path, None).await?;
        println!("GET {path} without the password -> {}", answer.status.as_u16());
        if answer.status != StatusCode::UNAUTHORIZED {
            return Err(format!("{path} is open to anybody").into());
        }
    }
    let moved = browser.see(Method::GET, "/market", 308).await?;
    println!("  to {}", moved.location);
    let dashboard = browser.see(Method::GET, "/market/", 200).await?;
    println!("  a page of {} bytes", dashboard.text.len());

    // The first refresh takes a moment.
    while browser.get("/market/api/v1/market/indices").await?.status != StatusCode::OK {
        time::sleep(Duration::from_millis(50)).await;
    }
    let indices = browser.see(Method::GET, "/market/api/v1/market/indices", 200).await?;
    let indices: Value = serde_json::from_str(&indices.text)?;
    println!("  {} indices", indices["indices"].as_object().map_or(0, serde_json::Map::len));

    let order = "/market/api/v1/manual-generate";
    let written = loop {
        let answer = browser.ask(Method::POST, order, Some("letmein")).await?;
        // Within minutes of a due time the daemon is at its own report first.
        if !answer.text.contains("another report is being built") {
            break Browser::checked(&Method::POST, order, 200, answer)?;
        }
        time::sleep(Duration::from_millis(50)).await;
    };
    let written: Value = serde_json::from_str(&written.text)?;
    let number = &written["report_id"];
    println!("  report {number} in {} s", written["duration"]);
    browser.see(Method::GET, &format!("/market/reports/{number}/view?lang=en"), 200).await?;
    let report = browser.see(Method::GET, &format!("/market/reports/{number}?lang=en"), 200).await?;
    println!("  a report of {} bytes", report.text.len());
    println!("everything is there");
    Ok(())
}
