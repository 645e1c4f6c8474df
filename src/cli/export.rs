//! `evenkeel report export`: one report in one language as a file that needs nothing else.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::arguments::Options;
use super::browse::{find, open};
use super::failure::Failure;
use super::system;
use crate::report::artifact;
use crate::report::language::Language;
use crate::report::page::{PageHead, export as page};
use crate::report::page_reader::PageReader;

pub(super) fn export(options: &Options, id: i32, language: Language, out: &Path) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let archive = open(&config)?;
    let report = find(&archive, id)?;
    let zone = TimeZone::get(&config.report.zone).unwrap_or(TimeZone::UTC);
    let languages = artifact::languages(&report);
    if !languages.contains(&language) {
        let name = language.own_name();
        return Err(Failure::failed(format!(
            "report {id} of edition {} is not there in {name}",
            report.edition
        )));
    }
    let parts = page(&PageHead { id, created_at: report.created_at, zone, languages }, language)
        .map_err(Failure::failed)?;
    let reader = PageReader::new(archive, id, parts);
    let named = |error: Failure| Failure::failed(format!("{} cannot be written: {error}", out.display()));
    if out == Path::new("-") {
        return write(reader, std::io::stdout().lock()).map(drop);
    }
    if std::fs::metadata(out).is_ok_and(|found| !found.is_file()) {
        // A pipe or a device is written to; nothing is ever put in its place.
        let file = OpenOptions::new().write(true).open(out).map_err(|error| named(error.into()))?;
        return write(reader, BufWriter::new(file)).map(drop).map_err(named);
    }
    // A link stays a link: what it leads to is replaced.
    let target = std::fs::canonicalize(out).unwrap_or_else(|_| out.to_path_buf());
    // Beside the target and renamed at the end: a file that exists is replaced whole or not at all.
    let partial = partial(&target);
    let written = File::create(&partial)
        .map_err(Failure::from)
        .and_then(|file| write(reader, BufWriter::new(file)))
        .and_then(|bytes| std::fs::rename(&partial, &target).map(|()| bytes).map_err(Failure::from));
    match written {
        Ok(bytes) => {
            eprintln!("report {id} in {} written to {}: {bytes} bytes", language.own_name(), out.display());
            Ok(())
        }
        Err(error) => {
            // What was written of it is of no use; that it is gone is all that matters.
            let _ = std::fs::remove_file(&partial);
            Err(named(error))
        }
    }
}

fn partial(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    out.with_file_name(name)
}

fn write(mut reader: PageReader, mut out: impl Write) -> Result<u64, Failure> {
    let mut bytes = 0;
    while let Some(piece) = reader.next_piece().map_err(Failure::failed)? {
        match out.write_all(&piece) {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(bytes),
            written => written?,
        }
        bytes += piece.len() as u64;
    }
    match out.flush() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(bytes),
    }
}
