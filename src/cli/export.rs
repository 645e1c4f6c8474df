//! `evenkeel report export`: one report in one language as a file that needs nothing else.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::arguments::Options;
use super::browse::{find, open};
use super::failure::Failure;
use super::system;
use crate::report::language::Language;
use crate::report::page::{PageHead, export as page};
use crate::report::page_reader::PageReader;

pub(super) fn export(options: &Options, id: i32, language: Language, out: &Path) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let archive = open(&config)?;
    let report = find(&archive, id)?;
    let zone = TimeZone::get(&config.report.zone).unwrap_or(TimeZone::UTC);
    let parts =
        page(&PageHead { id, created_at: report.created_at, zone }, language).map_err(Failure::failed)?;
    let reader = PageReader::new(archive, id, parts);
    if out == Path::new("-") {
        write(reader, std::io::stdout().lock())?;
        return Ok(());
    }
    let named = |error: Failure| Failure::failed(format!("{} cannot be written: {error}", out.display()));
    // Beside the target and renamed at the end: a file that exists is replaced whole or not at all.
    let partial = partial(out);
    let written = File::create(&partial)
        .map_err(Failure::from)
        .and_then(|file| write(reader, BufWriter::new(file)))
        .and_then(|bytes| std::fs::rename(&partial, out).map(|()| bytes).map_err(Failure::from));
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
        out.write_all(&piece)?;
        bytes += piece.len() as u64;
    }
    out.flush()?;
    Ok(bytes)
}
