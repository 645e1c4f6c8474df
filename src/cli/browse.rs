//! `evenkeel report list` and `show`: what is stored, without its content.

use std::io::{ErrorKind, Write};

use bytesize::ByteSize;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::arguments::Options;
use super::failure::Failure;
use super::system;
use crate::config::Config;
use crate::persistence::archive::Archive;
use crate::persistence::location::Location;
use crate::persistence::messages::StoredReport;

pub(super) fn list(options: &Options, limit: u32) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let reports = open(&config)?.list(limit, None)?;
    if reports.is_empty() {
        return print("there are no reports yet; `evenkeel report now` writes one\n");
    }
    let mut text =
        format!("{:>6}  {:<22}  {:<12}  {:>10}  {:>6}\n", "id", "created", "edition", "size", "chunks");
    for report in &reports {
        let created = local(report.created_at, &config);
        let size = ByteSize(report.total_bytes()).display().si().to_string();
        let line = format!(
            "{:>6}  {created:<22}  {:<12}  {size:>10}  {:>6}\n",
            report.id,
            report.edition,
            report.total_chunks()
        );
        text.push_str(&line);
    }
    print(&text)
}

pub(super) fn show(options: &Options, id: i32) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let report = find(&open(&config)?, id)?;
    let mut text = format!(
        "report   {}\nedition  {}\ncreated  {}\nsize     {} ({} bytes)\n\n{:<10}  {:>10}  {:>6}  sha256\n",
        report.id,
        report.edition,
        local(report.created_at, &config),
        ByteSize(report.total_bytes()).display().si(),
        report.total_bytes(),
        "artifact",
        "bytes",
        "chunks"
    );
    for artifact in &report.artifacts {
        let line = format!(
            "{:<10}  {:>10}  {:>6}  {}\n",
            artifact.name, artifact.bytes, artifact.chunks, artifact.sha256
        );
        text.push_str(&line);
    }
    print(&text)
}

/// The read side of the configured database.
pub(super) fn open(config: &Config) -> Result<Archive, Failure> {
    let archive = Archive::open(&Location::of(config)?, 1)?;
    archive.check()?;
    Ok(archive)
}

pub(super) fn find(archive: &Archive, id: i32) -> Result<StoredReport, Failure> {
    let report = archive.get(id)?;
    report.ok_or_else(|| {
        Failure::failed(format!("there is no report {id}; `evenkeel report list` shows those that exist"))
    })
}

/// Prints to standard output; a reader that has closed it has seen enough.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn local(time: Timestamp, config: &Config) -> String {
    in_zone(time, config, "%Y-%m-%d %H:%M %:z")
}

/// A time to the second, in the zone of the reports.
pub(super) fn to_the_second(time: Timestamp, config: &Config) -> String {
    in_zone(time, config, "%Y-%m-%d %H:%M:%S %:z")
}

fn in_zone(time: Timestamp, config: &Config, format: &str) -> String {
    let zone = TimeZone::get(&config.report.zone).unwrap_or(TimeZone::UTC);
    time.to_zoned_datetime(zone).strftime(format).to_string()
}
