//! `evenkeel memory status`: the running daemon's accounts as a table.

use super::super::arguments::Options;
use super::super::browse::print;
use super::super::failure::Failure;
use super::super::inquiry::{Inquiry, Whom};
use super::super::system;
use crate::memory::status::MemoryStatus;

pub(super) fn status(options: &Options, whom: &Whom, json: bool) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let inquiry = Inquiry::nearest(whom, &config)?;
    let (status, text) =
        system::block_on(async { Ok(inquiry.ask::<MemoryStatus>("/api/v1/memory").await?) })?;
    print(&if json { format!("{text}\n") } else { status.to_string() })
}
