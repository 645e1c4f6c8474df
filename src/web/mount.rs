//! The routes, and the face as a part of an application's own server.
//!
//! The routes know nothing of where they stand: links are relative, and what depends on an address looks at the part of it
//! that is below the mount. The application's middleware comes first, and with it whoever may come in: no token is asked for
//! here, no rate limited and no host compared.

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};

use super::door::Closing;
use super::entrance::Way;
use super::face::Face;
use super::journal::follow::Followers;
use super::problem::Problem;
use super::{
    command, dashboard, gate, generate, health, history, journal, market, memory, metrics, openapi, ready,
    reports, scheduler, survey, viewer,
};

/// The face for an application's own server. Cheap to clone, one for each of the server's threads.
///
/// ```
/// use evenkeel::daemon::Daemon;
/// use evenkeel::web::Mount;
///
/// struct Application {
///     market: Mount,
/// }
///
/// impl Application {
///     fn with(daemon: &Daemon) -> Self {
///         Self { market: daemon.mount() }
///     }
/// }
/// # let _ = |application: Application| application.market;
/// ```
#[derive(Clone)]
pub struct Mount {
    face: Face,
    closing: Closing,
    followers: Followers,
}

impl Mount {
    /// What `face` shows, until `closing` says that the daemon ends.
    #[doc(hidden)]
    pub fn new(face: Face, closing: Closing) -> Self {
        Self { face, closing, followers: Followers::default() }
    }
}

/// Puts the dashboard, the reports and the interface into an application, under any scope and behind its own middleware.
///
/// ```
/// use actix_web::{App, HttpServer, web};
/// use evenkeel::daemon::Daemon;
///
/// async fn serve(daemon: &Daemon) -> std::io::Result<()> {
///     let mount = daemon.mount();
///     let application =
///         move || App::new().service(web::scope("/market").configure(evenkeel::web::configure(&mount)));
///     HttpServer::new(application).bind(("127.0.0.1", 8080))?.run().await
/// }
/// # let _ = serve;
/// ```
///
/// Everything that the daemon's own server answers is there, relative to the scope; the scope's address without a slash leads
/// to the one with it. Who may come in is the application's to say. Answers bear the daemon's security headers; where
/// the application sets one of them as well, the daemon's is the inner one and stays.
pub fn configure(mount: &Mount) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let mount = mount.clone();
    move |config| {
        let inside = web::scope("").wrap(from_fn(gate::pass)).wrap(gate::headers());
        config.service(inside.configure(|scope| routes(scope, mount, Way::Network)));
    }
}

/// All routes.
pub(super) fn routes(config: &mut ServiceConfig, mount: Mount, way: Way) {
    let Mount { face, closing, followers } = mount;
    config
        .app_data(web::Data::new(face))
        .app_data(web::Data::new(closing))
        .app_data(way)
        .app_data(web::Data::new(followers))
        .app_data(web::Data::new(ready::Probes::default()))
        .app_data(
            web::QueryConfig::default()
                .error_handler(|error, _| Problem::bad_request(error.to_string()).into()),
        )
        .service(health::health)
        .service(ready::ready)
        .service(market::indices)
        .service(history::recorded)
        .service(generate::begin)
        .service(generate::progress)
        .service(generate::finish)
        .service(scheduler::schedule)
        .service(survey::daemon)
        .service(memory::status)
        .service(memory::timeline)
        .service(metrics::metrics)
        .service(memory::decisions)
        .service(journal::lines)
        .service(journal::follow::follow)
        .service(command::restart)
        .service(command::refresh)
        .service(reports::latest)
        .service(reports::list)
        .service(viewer::view)
        .service(dashboard::dashboard)
        .service(dashboard::live::live)
        .service(dashboard::assets::asset)
        .service(dashboard::frame::frame)
        .service(openapi::description)
        .default_service(web::to(openapi::nothing_here));
}
