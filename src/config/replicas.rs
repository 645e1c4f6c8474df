//! How several daemons share one database.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Replicas: daemons with the same database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplicasConfig {
    /// A replica that was not heard of for this long, in real time, has lost what it was doing to another
    /// (`replicas.lease`; default 30 s, at least 1 s). The same for all replicas.
    #[serde(with = "super::duration")]
    pub lease: Duration,
}

impl Default for ReplicasConfig {
    fn default() -> Self {
        Self { lease: Duration::from_secs(30) }
    }
}
