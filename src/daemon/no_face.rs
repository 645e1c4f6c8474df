//! In place of the web face in a build without the feature `web`: nothing listens, and nothing is to be closed.

use std::net::SocketAddr;

use super::circumstances::Circumstances;
use super::error::StartError;
use super::extent::Extent;
use super::foundation::Foundation;
use super::links::Links;
use crate::config::Config;
use crate::report::messages::ObserveSchedule;
use crate::supervision::handle::SupervisorHandle;
use crate::supervision::recipient::Recipient;

/// What the daemon needs to listen: nothing.
pub(super) struct Reserved;

/// No face.
pub(super) struct Faces;

/// Nothing is left of no face.
pub(super) struct Closed;

pub(super) fn reserve(_: &mut Circumstances, _: &Config, _: Extent) -> Result<Reserved, StartError> {
    Ok(Reserved)
}

pub(super) fn open(
    _: Reserved,
    _: &Foundation,
    _: &Links,
    _: &SupervisorHandle,
    _: Option<&Recipient<ObserveSchedule>>,
) -> Result<Faces, StartError> {
    Ok(Faces)
}

impl Faces {
    pub(super) fn address(&self) -> Option<SocketAddr> {
        None
    }

    pub(super) fn close(self) -> Closed {
        Closed
    }
}
