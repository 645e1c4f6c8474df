//! Who may do what: anybody where no token is configured, otherwise who brings it, and the daemon's owner by his own socket.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::{FutureExt, LocalBoxFuture};
use utoipa::IntoResponses;

use super::body::ignore;
use super::entrance::Way;
use super::face::Face;
use super::problem::{Problem, Told};
use super::token::{Brought, Wish};
use super::visit::Visit;

/// A request that may ask for a report or command the daemon, whose body has been read and ignored. The first argument of a
/// handler, so that nothing is done before.
pub(super) struct Authorised;

/// What whoever orders something may be told instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it is there for the description")]
pub(super) enum Refused<'a> {
    /// A token is configured, and the request does not bring it.
    #[response(status = 401)]
    Unauthorised(Told<'a>),
    /// A page of another site has sent it.
    #[response(status = 403)]
    Foreign(Told<'a>),
    /// The body took too long.
    #[response(status = 408)]
    Slow(Told<'a>),
    /// The body is longer than 64 KiB.
    #[response(status = 413)]
    Long(Told<'a>),
}

impl FromRequest for Authorised {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let allowed = match request.app_data::<web::Data<Face>>() {
            Some(face) => check(request, face, Wish::Order),
            None => Err(Problem::unauthorised(Wish::Order)),
        };
        let body = payload.take();
        async {
            allowed?;
            ignore(body).await.map(|()| Self)
        }
        .boxed_local()
    }
}

/// Whether it has come by the owner's socket, to which nobody else can write.
pub(super) fn comes_from_the_owner(request: &HttpRequest) -> bool {
    request.app_data::<Way>() == Some(&Way::Owner)
}

/// Whether a request brings what its wish needs. Wrong tokens are counted; a right one is not slowed by them.
pub(super) fn check(request: &HttpRequest, face: &Face, wish: Wish) -> Result<(), Problem> {
    if comes_from_the_owner(request) {
        return Ok(());
    }
    let Some(token) = &face.token else { return Ok(()) };
    match token.brought_by(request, wish) {
        Brought::Right => Ok(()),
        Brought::Nothing => Err(Problem::unauthorised(wish)),
        Brought::Wrong => {
            let Some(peer) = request.conn_data::<Visit>().and_then(Visit::peer) else {
                return Err(Problem::unauthorised(wish));
            };
            match face.access.limits().wrong_token(peer) {
                Ok(()) => Err(Problem::unauthorised(wish)),
                Err(wait) => {
                    log::warn!(event = "wrong-tokens", peer:%; "wrong tokens come from {peer}, and too many of them");
                    Err(Problem::too_many("this address has brought too many wrong tokens", wait))
                }
            }
        }
    }
}
