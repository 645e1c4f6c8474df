//! What a single value may be: its form and its range.
//!
//! A value that passes its [`Kind`] has the canonical form that the configuration structs deserialise from, whichever
//! of the file, a variable or an argument it came from. Rules between keys are not here: see `validate`.

use std::net::IpAddr;
use std::time::Duration;

use bytesize::ByteSize;
use jiff::tz::TimeZone;
use toml::Value;

use super::database::DatabaseUrl;
use super::keep::Age;
use super::redis_url::{self, RedisUrl};
use super::secret::{HIDDEN, hide_credentials};
use super::{built, duration, host_names, size, sqlite, times};

/// Longer durations than a leap year are mistakes, and near the end of what clocks can add.
pub(super) const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
/// A response is held in memory while it is parsed.
pub(super) const LARGEST_BODY: ByteSize = ByteSize::mib(64);
/// Longest text that an error repeats, in characters.
const SHOWN: usize = 80;

/// The form and the range of one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Flag,
    /// A text that is not empty.
    Text,
    /// A directory; it need not exist.
    Directory,
    /// A file.
    File,
    /// What stands before the name of a key; it may be empty.
    Prefix,
    /// An IP address.
    Address,
    Port,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// A duration of at least this.
    Length(Duration),
    /// The largest response that is read.
    Body,
    /// An amount of memory, of at least this.
    Size(ByteSize),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An age in days, or forever.
    Age,
    /// Times of day, each once.
    Times,
    /// Names in lower case, each once.
    Names,
    Hosts,
    /// Languages, each once; the first of them among them.
    Languages(&'static [&'static str]),
    Zone,
    BaseUrl,
    /// What can be sent in a header: visible ASCII, at least so many characters.
    Secret(usize),
    Database,
    Redis,
}

impl Kind {
    /// The canonical form of a value from the file, or what would be right.
    pub(super) fn accept(self, value: &Value) -> Result<Value, String> {
        match self {
            Self::Flag => value.as_bool().map(Value::Boolean).ok_or_else(|| "write true or false".to_owned()),
            Self::Text => text(value, "write a text that is not empty").map(Value::String),
            Self::Directory => text(value, "write the path of a directory").map(Value::String),
            Self::File => text(value, "write the path of a file").map(Value::String),
            Self::Prefix => prefix(value),
            Self::Address => address(value),
            Self::Port => whole(value, 0, 65535, "a port is a whole number"),
            Self::Whole(least, most) => whole(value, least, most, "write a whole number"),
            Self::Length(least) => length(value, least),
            Self::Body => body(value),
            Self::Size(least) => amount(value, least),
            Self::Choice(words) => choice(value, words),
            Self::Age => {
                Age::parse(value.as_str().unwrap_or_default()).map(|age| Value::String(age.to_string()))
            }
            Self::Times => day_times(value),
            Self::Names => names(value),
            Self::Hosts => host_names::list(value),
            Self::Languages(known) => languages(value, known),
            Self::Zone => zone(value),
            Self::BaseUrl => base_url(value),
            Self::Secret(least) => secret(value, least),
            Self::Redis => redis(value),
            Self::Database => {
                let url = text(value, sqlite::RIGHT)?;
                DatabaseUrl::new(url.as_str()).target()?;
                Ok(Value::String(url))
            }
        }
    }

    /// The same for a text from a variable or an argument, where there are no quotes and no brackets.
    pub(super) fn accept_text(self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let value = match self {
            Self::Flag => match text.to_ascii_lowercase().as_str() {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                _ => Value::String(text.to_owned()),
            },
            Self::Port | Self::Whole(..) => match text.parse() {
                Ok(number) if !text.starts_with('+') => Value::Integer(number),
                _ => Value::String(text.to_owned()),
            },
            Self::Times | Self::Names | Self::Hosts if text.is_empty() => Value::Array(Vec::new()),
            Self::Times | Self::Names | Self::Hosts | Self::Languages(_) => {
                Value::Array(text.split(',').map(|time| Value::String(time.trim().to_owned())).collect())
            }
            _ => Value::String(text.to_owned()),
        };
        self.accept(&value).map_err(|right| match self {
            Self::Times => right.replace(TIMES_IN_FILE, "07:30,15:00"),
            _ => right,
        })
    }

    /// The value as an error repeats it: in one line, without secrets, and not longer than is useful.
    pub(super) fn shown(self, value: &Value) -> String {
        match (self, value) {
            (Self::Secret(_), _) => HIDDEN.to_owned(),
            (_, Value::Table(_)) => "{ … }".to_owned(),
            (Self::Database, Value::String(url)) => quoted(&DatabaseUrl::new(url).shown()),
            (Self::Redis, Value::String(url)) => quoted(&redis_url::shown(url)),
            (_, Value::String(text)) => quoted(&hide_credentials(text)),
            (Self::Times | Self::Names | Self::Hosts | Self::Languages(_), Value::Array(_)) => {
                shortened(&value.to_string())
            }
            (_, Value::Array(_)) => "[ … ]".to_owned(),
            (_, value) => shortened(&value.to_string()),
        }
    }
}

const SIZE: &str = "write a size with a unit, for example 1 MiB";
const TIMES_IN_FILE: &str = "[\"07:30\", \"15:00\"]";

fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(text))
}

fn shortened(text: &str) -> String {
    let mut one_line: String = text.chars().take(SHOWN).flat_map(one_line_char).collect();
    if text.chars().nth(SHOWN).is_some() {
        one_line.push('…');
    }
    one_line
}

fn one_line_char(char: char) -> Vec<char> {
    if char.is_control() { char.escape_default().collect() } else { vec![char] }
}

fn text(value: &Value, right: &str) -> Result<String, String> {
    match value.as_str() {
        Some(text) if !text.trim().is_empty() && !text.contains('\0') => Ok(text.to_owned()),
        _ => Err(right.to_owned()),
    }
}

fn secret(value: &Value, least: usize) -> Result<Value, String> {
    let key = text(value, "write the key as a text, or leave it out")?;
    if !key.chars().all(|char| char.is_ascii_graphic()) {
        return Err("holds characters that cannot be sent in a header; write visible ASCII only".to_owned());
    }
    if key.len() < least {
        return Err(format!("write at least {least} visible ASCII characters"));
    }
    Ok(Value::String(key))
}

fn prefix(value: &Value) -> Result<Value, String> {
    match value.as_str() {
        Some(text) if text.len() <= 256 && !text.chars().any(char::is_control) => {
            Ok(Value::String(text.to_owned()))
        }
        _ => Err("write a text of at most 256 bytes in one line, for example evenkeel:".to_owned()),
    }
}

fn redis(value: &Value) -> Result<Value, String> {
    let url = value.as_str().ok_or("write the URL as a text, or leave it out")?;
    RedisUrl::parse(url)?;
    if cfg!(feature = "redis") { Ok(Value::String(url.to_owned())) } else { Err(built::without("redis")) }
}

fn address(value: &Value) -> Result<Value, String> {
    let host = match value.as_str() {
        Some("localhost") => "127.0.0.1",
        other => other.unwrap_or_default(),
    };
    let Ok(address) = host.parse::<IpAddr>() else {
        return Err("write an IP address, for example 127.0.0.1".to_owned());
    };
    Ok(Value::String(address.to_string()))
}

fn whole(value: &Value, least: i64, most: i64, what: &str) -> Result<Value, String> {
    match value.as_integer() {
        Some(number) if (least..=most).contains(&number) => Ok(Value::Integer(number)),
        _ => Err(format!("{what} from {least} to {most}")),
    }
}

fn length(value: &Value, least: Duration) -> Result<Value, String> {
    let Some(length) = value.as_str().and_then(|text| duration::parse(text).ok()) else {
        return Err("write a duration with a unit, for example 3m (h, m, s and ms are known)".to_owned());
    };
    if length < least {
        return Err(format!("write at least {}", duration::render(least)));
    }
    if length > LONGEST {
        return Err(format!("write at most {}", duration::render(LONGEST)));
    }
    Ok(Value::String(duration::render(length)))
}

fn body(value: &Value) -> Result<Value, String> {
    let Some(largest) = value.as_str().and_then(size::parse) else { return Err(SIZE.to_owned()) };
    if largest == ByteSize::b(0) || largest > LARGEST_BODY {
        return Err(format!("{SIZE}; at least 1 B, at most {}", size::render(LARGEST_BODY)));
    }
    Ok(Value::String(size::render(largest)))
}

fn amount(value: &Value, least: ByteSize) -> Result<Value, String> {
    match value.as_str().and_then(size::parse) {
        Some(amount) if amount >= least => Ok(Value::String(size::render(amount))),
        Some(_) => Err(format!("{SIZE}; at least {}", size::render(least))),
        None => Err(SIZE.to_owned()),
    }
}

fn choice(value: &Value, words: &[&str]) -> Result<Value, String> {
    match value.as_str() {
        Some(word) if words.contains(&word) => Ok(Value::String(word.to_owned())),
        _ => Err(format!("write {}", words.join(" or "))),
    }
}

fn day_times(value: &Value) -> Result<Value, String> {
    let right = || format!("write times of day as HH:MM, for example {TIMES_IN_FILE}");
    let mut found = Vec::new();
    for time in value.as_array().ok_or_else(right)? {
        // TOML has times without quotes too: 07:30:00.
        let text = match time {
            Value::Datetime(written) => written.to_string(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        found.push(times::parse(&text).ok_or_else(right)?);
    }
    found.sort_unstable();
    if let Some(twice) = found.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("{} stands there twice; write each time once", times::render(twice[0])));
    }
    Ok(Value::Array(found.into_iter().map(|time| Value::String(times::render(time))).collect()))
}

fn names(value: &Value) -> Result<Value, String> {
    let right = || "write a list of names, for example [\"vnindex\", \"btc\"]; [] means all".to_owned();
    let found = value.as_array().ok_or_else(right)?;
    let is_name = |name: &&Value| {
        name.as_str().is_some_and(|name| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
    };
    if !found.iter().all(|name| is_name(&name)) {
        return Err(right());
    }
    each_once(found)?;
    Ok(value.clone())
}

fn languages(value: &Value, known: &[&str]) -> Result<Value, String> {
    let required = known.first().copied().unwrap_or_default();
    let right = || format!("write a list of {}; `{required}` has to be there", known.join(" and "));
    let found = value.as_array().ok_or_else(right)?;
    let is_known = |language: &Value| language.as_str().is_some_and(|language| known.contains(&language));
    if !found.iter().all(is_known) || !found.iter().any(|language| language.as_str() == Some(required)) {
        return Err(right());
    }
    each_once(found)?;
    Ok(value.clone())
}

fn each_once(found: &[Value]) -> Result<(), String> {
    match found.iter().enumerate().find(|(at, value)| found[..*at].contains(value)) {
        Some((_, twice)) => Err(format!("{twice} stands there twice; write each once")),
        None => Ok(()),
    }
}

fn zone(value: &Value) -> Result<Value, String> {
    let right = "write the IANA name of a time zone, for example Asia/Ho_Chi_Minh";
    let name = text(value, right)?;
    match TimeZone::get(&name) {
        Ok(_) => Ok(Value::String(name)),
        Err(_) => Err(right.to_owned()),
    }
}

fn base_url(value: &Value) -> Result<Value, String> {
    let right =
        "write an absolute URL without credentials, query or fragment, for example https://api.example.com";
    let written = text(value, right)?;
    let trimmed = written.trim_end_matches('/');
    // The parser accepts `https:host` and white space; what is written here is joined with paths as it stands.
    let absolute = trimmed.starts_with("http://") || trimmed.starts_with("https://");
    let Ok(url) = reqwest::Url::parse(trimmed) else { return Err(right.to_owned()) };
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && !trimmed.contains(|char: char| char.is_whitespace() || char == '@');
    if absolute && plain && url.has_host() {
        Ok(Value::String(trimmed.to_owned()))
    } else {
        Err(right.to_owned())
    }
}
