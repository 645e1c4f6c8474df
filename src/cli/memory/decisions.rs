//! `evenkeel memory decisions`: decision records as sentences, from the running daemon or from its file.

use std::collections::BTreeMap;

use super::super::arguments::Options;
use super::super::browse::{print, to_the_second};
use super::super::failure::Failure;
use super::super::inquiry::{Inquiry, Unanswered, Whom, path};
use super::super::system;
use crate::config::Config;
use crate::config::memory::ACTORS;
use crate::memory::json_lines::JsonLines;
use crate::memory::listing::Listing;
use crate::memory::record::{PROCESS, Record};
use crate::supervision::memory_monitor::logbook::DECISIONS;

/// What is to be listed, and how.
pub(super) struct Wanted {
    pub(super) limit: u32,
    pub(super) child: Option<String>,
    pub(super) json: bool,
}

pub(super) fn decisions(
    options: &Options,
    whom: &Whom,
    offline: bool,
    wanted: &Wanted,
) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    if let Some(child) = wanted.child.as_deref().filter(|child| *child != PROCESS && !ACTORS.contains(child))
    {
        let known = ACTORS.join(", ");
        return Err(Failure::Config(format!(
            "--child {child:?}: there is no such account; they are {known}, {PROCESS}"
        )));
    }
    let listing = if offline {
        of_file(&config, wanted)?
    } else {
        let inquiry = Inquiry::nearest(whom, &config)?;
        match system::block_on(async { Ok(of_daemon(&inquiry, wanted).await) })? {
            Ok(listing) => listing,
            Err(Unanswered::Nobody(line)) if options.data_dir.is_some() => {
                eprintln!("note: {line}; this is what the file says");
                of_file(&config, wanted)?
            }
            Err(Unanswered::Nobody(line)) => {
                return Err(Failure::Failed(format!("{line} --offline reads the file")));
            }
            Err(unanswered) => return Err(unanswered.into()),
        }
    };
    print(&text(&listing, wanted.json, &config)?)
}

fn text(listing: &Listing, json: bool, config: &Config) -> Result<String, Failure> {
    let mut text = String::new();
    if listing.decisions.is_empty() && !json {
        text.push_str("nothing was decided about memory yet\n");
    }
    for listed in &listing.decisions {
        let line = match json {
            true => serde_json::to_string(listed).map_err(Failure::failed)?,
            false => format!("{}  {}", to_the_second(listed.record.at, config), listed.sentence),
        };
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

async fn of_daemon(inquiry: &Inquiry, wanted: &Wanted) -> Result<Listing, Unanswered> {
    let limit = wanted.limit.to_string();
    let mut query = vec![("limit", limit.as_str())];
    query.extend(wanted.child.as_deref().map(|child| ("child", child)));
    let asked = path(&["api", "v1", "memory", "decisions"], &query);
    inquiry.ask(&asked).await.map(|(listing, _)| listing)
}

/// The file holds a record again when its outcome is known; the last one counts.
fn of_file(config: &Config, wanted: &Wanted) -> Result<Listing, Failure> {
    let path = config.data_dir.join(DECISIONS);
    let lines = JsonLines::<Record>::open(&path).map_err(|error| {
        let path = path.display();
        Failure::failed(format!(
            "{path}: {error}; nothing was decided yet, or --data-dir is another directory"
        ))
    })?;
    let mut records = BTreeMap::new();
    for line in lines {
        match line {
            Ok(record) => {
                records.insert(record.number, record);
                while records.len() > config.memory.records as usize {
                    records.pop_first();
                }
            }
            Err(error) => eprintln!("note: {error}; passed over"),
        }
    }
    Ok(Listing::newest(records.values(), wanted.child.as_deref(), wanted.limit as usize))
}
