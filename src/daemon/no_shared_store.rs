//! In place of the store that others read, in a build without the feature `redis`: a valid configuration names none.

use std::sync::Arc;

use super::error::StartError;
use crate::clock::Clock;
use crate::config::{RedisConfig, RedisUrl};
use crate::market::store::IndexStore;

pub(super) fn open(_: &RedisConfig, url: &RedisUrl, _: Clock) -> Result<Arc<dyn IndexStore>, StartError> {
    Err(url.not_built().into())
}
