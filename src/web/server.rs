//! The server: a socket that is already bound, the routes, the threads that answer, and two ways to end.
//!
//! A connection carries one request. Whoever has begun one is therefore owed an answer until his connection has
//! ended, and [`Server::finish`] can wait for that; with connections that are kept, a client could send its next
//! request just when his connection is closed.

use std::io;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Protocol};
use actix_rt::Arbiter;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, Error};
use tokio::sync::{oneshot, watch};

use super::door::{self, Closing};
use super::entrance::{Entrance, Way};
use super::face::Face;
use super::gate;
use super::guest::Guest;
use super::mount::{Mount, routes};

/// How long a client may take to send the head of its request once it has begun.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// How long a client may take to close its side when it has its answer.
const PART_WITHIN: Duration = Duration::from_secs(1);

/// A running server. Dropping it closes everything at once.
#[derive(Debug)]
pub struct Server {
    closing: watch::Sender<Option<Duration>>,
    threads: Vec<Worker>,
}

/// A thread that accepts connections and answers them.
#[derive(Debug)]
struct Worker {
    thread: Arbiter,
    /// How many connections were cut when it finished.
    cut: oneshot::Receiver<usize>,
}

/// Serves `face` at `entrance` from now on, on threads of its own. Needs a running actix system.
///
/// Each of the `workers` threads reads the database from `readers` threads of its own.
///
/// # Errors
/// When the socket cannot be used or a thread cannot be started.
pub fn serve<E: Entrance>(face: &Face, entrance: &E, workers: usize, readers: u32) -> io::Result<Server> {
    let (closing, closed) = watch::channel(None);
    let mut server = Server { closing, threads: Vec::with_capacity(workers) };
    let (mount, places) = (Mount::new(face.clone(), closed.clone()), door::places(workers));
    for _ in 0..workers {
        let entrance = entrance.duplicate()?;
        let thread = Arbiter::try_with_tokio_rt(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .max_blocking_threads(readers.max(1) as usize)
                .build()
        })?;
        let (tell, cut) = oneshot::channel();
        let (mount, closing) = (mount.clone(), closed.clone());
        thread.spawn_fn(move || drop(actix_rt::spawn(work(mount, entrance, places, closing, tell))));
        server.threads.push(Worker { thread, cut });
    }
    Ok(server)
}

async fn work<E: Entrance>(
    mount: Mount,
    entrance: E,
    places: usize,
    closing: Closing,
    tell: oneshot::Sender<usize>,
) {
    let Ok(service) = http::<E>(mount).new_service(()).await else {
        return log::error!(event = "routes-failed"; "the routes of the web face cannot be set up");
    };
    match door::keep(entrance, places, service, closing).await {
        Ok(cut) => {
            // A server that was dropped does not want to know.
            let _ = tell.send(cut);
        }
        Err(error) => log::error!(event = "face-failed"; "the web face cannot wait for connections: {error}"),
    }
}

impl Server {
    /// Accepts nothing more, answers whoever has been accepted and has begun to ask, and returns the number of connections that had to be
    /// cut because they were not done within `within`.
    pub async fn finish(mut self, within: Duration) -> usize {
        self.closing.send_replace(Some(within));
        let mut cut = 0;
        for worker in &mut self.threads {
            // A thread that is gone has nothing open.
            cut += (&mut worker.cut).await.unwrap_or(0);
        }
        cut
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for worker in &self.threads {
            worker.thread.stop();
        }
    }
}

/// What is done with a connection.
fn http<E: Entrance>(
    mount: Mount,
) -> impl ServiceFactory<Guest<E::Stream>, Config = (), Response = (), InitError = ()> {
    let app = app(mount, E::WAY).into_factory().map_err(|error| error.error_response());
    let http = HttpService::build()
        .keep_alive(KeepAlive::Disabled)
        .client_request_timeout(HEAD_WITHIN)
        .client_disconnect_timeout(PART_WITHIN)
        .on_connect_ext(|guest: &Guest<E::Stream>, data| drop(data.insert(guest.visit().clone())))
        .finish(map_config(app, |()| AppConfig::default()));
    fn_service(async |guest: Guest<E::Stream>| Ok::<_, DispatchError>((guest, Protocol::Http1, None)))
        .and_then(http)
}

fn app(
    mount: Mount,
    way: Way,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new().wrap(from_fn(gate::pass)).wrap(gate::headers()).configure(|app| routes(app, mount, way))
}
