//! `--leak`: an ailment of one of the daemon's actors, as the operator types it.

use crate::daemon::Daemon;
use crate::laboratory::{Ailment, AilmentError};

pub(super) fn parse_ailment(text: &str) -> Result<Ailment, AilmentError> {
    Ailment::parse(text, Daemon::ACTORS)
}
