//! `evenkeel memory status`: the running daemon's accounts as a table.

use super::super::arguments::Options;
use super::super::browse::print;
use super::super::failure::Failure;
use super::super::system;
use super::inquiry::Inquiry;
use crate::memory::status::MemoryStatus;

pub(super) fn status(options: &Options, url: Option<&str>, json: bool) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let inquiry = Inquiry::of(url, &config)?;
    let (status, text) = inquiry.ask::<MemoryStatus>("/api/v1/memory")?;
    print(&if json { format!("{text}\n") } else { status.to_string() })
}
