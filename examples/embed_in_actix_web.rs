//! An actix-web application with a page and a login of its own, and market indices, reports and the dashboard under `/market`.
//!
//! `cargo run --example embed_in_actix_web` says where it is, until Ctrl-C; with `--self-check` it asks itself for everything,
//! prints what it saw and ends by itself. It needs no network: the sources are the simulator's.

use std::error::Error;

use actix_web::{App, HttpResponse, HttpServer, Result, body::BoxBody, dev, middleware, web};
use evenkeel::simulator::{Exchange, ExchangeConfig};
use evenkeel::{clock::Clock, config::Config, daemon::Daemon};

// What it asks itself, which is no part of the application.
#[path = "embed_in_actix_web/self_check.rs"]
mod self_check;

#[global_allocator]
static ALLOCATOR: evenkeel::Allocator = evenkeel::Allocator;

/// The application's own login: `app` with the password `letmein`.
async fn gate(request: dev::ServiceRequest, next: middleware::Next<BoxBody>) -> Result<dev::ServiceResponse> {
    if request.headers().get("authorization").is_some_and(|login| login == "Basic YXBwOmxldG1laW4=") {
        return next.call(request).await;
    }
    let challenge = ("www-authenticate", "Basic realm=\"the application\"");
    Ok(request.into_response(HttpResponse::Unauthorized().insert_header(challenge).finish()))
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let exchange = Exchange::start(ExchangeConfig::new(Clock::system()))?;
    let mut config = Config { data_dir: directory.path().to_path_buf(), ..Config::default() };
    config.market.sources = exchange.sources(&config.market.sources);
    let daemon = Daemon::builder().config(config).start()?;
    let mount = daemon.mount();
    let server = HttpServer::new(move || {
        App::new()
            .wrap(middleware::from_fn(gate))
            .route("/", web::get().to(async || "the application's own page\n"))
            .service(web::scope("/market").configure(evenkeel::web::configure(&mount)))
    })
    .bind(("127.0.0.1", 0))?;
    let address = server.addrs()[0];
    eprintln!("http://{address}/market/ for app, whose password is letmein");
    let server = server.run();
    let checks = self_check::begin_if_asked(address, server.handle());
    server.await?;
    daemon.shut_down().await?;
    checks.await
}
