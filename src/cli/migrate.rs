//! `evenkeel migrate`: brings the database to this program's schema; asked to, takes the old service's table over.

use super::arguments::Options;
use super::browse::print;
use super::failure::Failure;
use super::rows::{Rows, told};
use super::system;
use crate::persistence::adoption::{self, Adopted, Adoption};
use crate::persistence::database::Database;
use crate::persistence::location::Location;

pub(super) fn migrate(options: &Options, adopt: bool) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let location = Location::of(&config)?;
    if config.database.url.is_none() {
        std::fs::create_dir_all(&config.data_dir)?;
    }
    let mut text = if adopt { adopted(&location)? } else { migrated(&location)? };
    text.push_str(&format!("{location} has the schema of this program\n"));
    print(&text)
}

fn migrated(location: &Location) -> Result<String, Failure> {
    let mut database = Database::open(location)?;
    let applied = database.migrate()?;
    Ok(applied.iter().map(|migration| format!("applied {migration}\n")).collect())
}

fn adopted(location: &Location) -> Result<String, Failure> {
    let mut rows = Rows::new();
    let adoption = adoption::adopt(location, &mut |tally| rows.show(tally));
    rows.finish();
    Ok(match adoption? {
        Adoption::Nothing => {
            "there is no table crypto_report of the old service: nothing to adopt\n".to_owned()
        }
        Adoption::DoneBefore { kept } => {
            format!("table crypto_report was adopted before; it is called {kept} now\n")
        }
        Adoption::Done(adopted) => summary(&adopted),
    })
}

fn summary(adopted: &Adopted) -> String {
    let Adopted { tally, kept, grants, dependants } = adopted;
    let granted = match grants {
        0 => String::new(),
        1 => ", with the 1 grant that the table had".to_owned(),
        grants => format!(", with the {grants} grants that the table had"),
    };
    let mut text = format!(
        "{}; their number, times and lengths are equal\nthe old table is called {kept} now; the view crypto_report stands in \
         its place{granted}\n",
        told(tally)
    );
    for dependant in dependants {
        text.push_str(&format!(
            "{dependant} still reads the old table: make it anew if it is to see new reports\n"
        ));
    }
    text
}
