//! Who may ask for a report: anybody where no token is configured, otherwise who brings it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::face::Face;
use super::problem::Problem;

/// A request that may ask for a report. The first argument of a handler, so that nothing is done before.
pub(super) struct Authorised;

impl FromRequest for Authorised {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let face = request.app_data::<web::Data<Face>>();
        let allowed =
            face.is_some_and(|face| face.token.as_ref().is_none_or(|token| token.is_brought_by(request)));
        ready(if allowed { Ok(Self) } else { Err(Problem::unauthorised()) })
    }
}
