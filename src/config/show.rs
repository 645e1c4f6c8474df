//! The effective configuration as TOML, for `evenkeel config show`.
//!
//! What it writes can be loaded again and gives the same configuration, except for secrets: they become comments.

use toml::{Table, Value};

use super::database::DatabaseTarget;
use super::error::ConfigError;
use super::key;
use super::kind::Kind;
use super::load::Loaded;
use super::redis_url::RedisUrl;
use super::secret::HIDDEN;
use super::validate::lookup;
use super::whole::Config;

impl Config {
    /// All keys with their effective values, secrets hidden.
    pub fn to_toml(&self) -> Result<String, ConfigError> {
        render(self, |_| None)
    }
}

impl Loaded {
    /// All keys with their effective values, each with a comment that says where it came from, secrets hidden.
    pub fn to_toml(&self) -> Result<String, ConfigError> {
        render(&self.config, |key| Some(self.origin(key).to_string()))
    }
}

fn render(config: &Config, comment: impl Fn(&str) -> Option<String>) -> Result<String, ConfigError> {
    let table = Table::try_from(config).map_err(|error| ConfigError::Form(error.to_string()))?;
    let mut text = String::new();
    let mut open_table = "";
    let keys = key::all(config.report.editions.keys().map(String::as_str));
    for key in &keys {
        let (parent, name) = key.name.rsplit_once('.').unwrap_or(("", &key.name));
        if parent != open_table {
            text.push_str(&format!("\n[{parent}]\n"));
            open_table = parent;
        }
        let line = match lookup(&table, &key.name) {
            Some(_) if matches!(key.kind, Kind::Secret(_)) => format!("# {name} is set and not shown"),
            Some(Value::String(url)) if key.kind == Kind::Database && url.contains(HIDDEN) => {
                format!("# {name} = \"{url}\"")
            }
            Some(value)
                if key.kind == Kind::Redis && config.redis.url.as_ref().is_some_and(RedisUrl::has_login) =>
            {
                format!("# {name} is set and not shown as a whole: {value}")
            }
            Some(value) => format!("{name} = {value}"),
            None if key.kind == Kind::Database => match config.database_target()? {
                DatabaseTarget::Sqlite(path) => format!("# {name} is not set: {} is used", path.display()),
                #[cfg(feature = "postgres")]
                DatabaseTarget::Postgres(url) => format!("# {name} is not set: {url} is used"),
            },
            None if key.kind == Kind::Redis => {
                format!("# {name} is not set: the latest snapshot is kept in the process")
            }
            None => format!("# {name} is not set"),
        };
        text.push_str(&line);
        if let Some(comment) = comment(&key.name) {
            text.push_str(&format!("  # {comment}"));
        }
        text.push('\n');
    }
    Ok(text)
}
