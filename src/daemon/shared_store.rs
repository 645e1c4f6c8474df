//! The store that others read, as the configuration names it.

use std::sync::Arc;

use super::error::StartError;
use crate::clock::Clock;
use crate::config::{RedisConfig, RedisUrl};
use crate::market::store::{IndexStore, RedisStore};

pub(super) fn open(
    config: &RedisConfig,
    url: &RedisUrl,
    clock: Clock,
) -> Result<Arc<dyn IndexStore>, StartError> {
    Ok(Arc::new(RedisStore::new(config, url, clock)?))
}
