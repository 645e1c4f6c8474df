//! The name under which a process is known to the others that share its database.

use std::fmt;
use std::sync::Arc;

/// The name of one process, in the database and in the log. Never used twice, not even by a process that has taken the
/// place of another and goes on under its PID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica(Arc<str>);

impl Replica {
    /// A new name for this process: its host, its PID and a random number, for example `web-1-4711-9f3c21d0`.
    pub fn of_this_process() -> Self {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = Some(host.trim()).filter(|host| !host.is_empty()).unwrap_or("host");
        Self(format!("{host}-{}-{:08x}", std::process::id(), rand::random::<u32>()).into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
