//! Taking over what the old service has stored: its table in this program's own database, or in a file of SQLite's.
//!
//! Nothing of the old table is changed but its name, and that last. A row is imported in one transaction with the id and
//! the time that it had, a row that is here already is skipped, so that whatever interrupts this it can be run again.
//! What cannot be taken over as it is, is refused with its id and left alone.

mod created_at;
mod error;
mod from_file;
#[cfg(feature = "postgres")]
mod obstacle;
pub(super) mod occupant;
mod old_file;
mod old_table;
mod run;
#[cfg(feature = "postgres")]
mod server;
#[cfg(not(feature = "postgres"))]
#[path = "no_server.rs"]
mod server;
mod shape;
mod takeover;
mod tally;
mod text_check;
#[cfg(feature = "postgres")]
mod within_server;

pub use error::AdoptionError;
pub use run::{adopt, import};
pub use tally::{Adopted, Adoption, Tally};
