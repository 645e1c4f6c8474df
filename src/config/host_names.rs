//! Names of hosts, as they stand in a request: lower case, without a port.

use std::collections::BTreeSet;

use toml::Value;

/// The longest name that there can be.
const LONGEST: usize = 253;

/// The list as it is, or what would be right.
pub(super) fn list(value: &Value) -> Result<Value, String> {
    let right =
        || "write a list of host names without a port, for example [\"evenkeel.example.com\"]".to_owned();
    let found = value.as_array().ok_or_else(right)?;
    let names: Option<BTreeSet<&str>> =
        found.iter().map(|name| name.as_str().filter(|name| is_name(name))).collect();
    match names {
        Some(names) if names.len() == found.len() => Ok(value.clone()),
        Some(_) => Err("write each name once".to_owned()),
        None => Err(right()),
    }
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    (1..=LONGEST).contains(&name.len()) && name.bytes().all(plain)
}
