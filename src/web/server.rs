//! The server: a socket that is already bound, the routes, and what they answer from.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpServer, web};

use super::face::Face;
use super::problem::Problem;
use super::{health, market, reports, viewer};

/// Open connections of one worker; further ones wait in the backlog.
const CONNECTIONS: usize = 1024;

/// How long a client may take to send the head of its request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// Serves `face` on `listener` until the returned server's handle stops it. Must be awaited or spawned to run.
///
/// Each of the `workers` threads reads the database from `readers` threads of its own.
///
/// # Errors
/// When the socket cannot be listened on.
pub fn serve(face: Face, listener: TcpListener, workers: usize, readers: u32) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(face.clone()))
            .app_data(
                web::QueryConfig::default()
                    .error_handler(|error, _| Problem::bad_request(error.to_string()).into()),
            )
            .wrap(
                DefaultHeaders::new()
                    .add(("X-Content-Type-Options", "nosniff"))
                    .add(("Referrer-Policy", "no-referrer")),
            )
            .service(health::health)
            .service(market::indices)
            .service(reports::latest)
            .service(reports::list)
            .service(viewer::view)
            .service(web::redirect("/", "/reports"))
            .default_service(web::to(|| async {
                Err::<&str, _>(Problem::not_found("there is nothing at this address"))
            }))
    });
    let server = server
        .workers(workers)
        .worker_max_blocking_threads(readers.max(1) as usize)
        .max_connections(CONNECTIONS)
        .client_request_timeout(HEAD_WITHIN)
        .shutdown_timeout(2)
        // The daemon drains in an order of its own.
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
