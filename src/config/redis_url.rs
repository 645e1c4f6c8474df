//! The URL of a Redis server: what it says, what may be wrong with it, and how much of it may be shown.
//!
//! Stricter than a browser is: a character of a password that a lenient reader would take for a part of the address is
//! an error here, not a connection to somewhere else.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::secret::{HIDDEN, Secret};

const RIGHT: &str = "write redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], rediss:// in place of redis:// for TLS, \
                     or unix:///PATH[?db=DATABASE]";
const ESCAPE: &str = "write @ : / ? # % in a user name or a password as %40 %3A %2F %3F %23 %25";
const USUAL_PORT: u16 = 6379;

/// Settings of another client library that environment files have in their URLs and that mean nothing here.
const OF_OTHER_CLIENTS: [&str; 12] = [
    "client_name",
    "decode_responses",
    "encoding",
    "encoding_errors",
    "health_check_interval",
    "max_connections",
    "protocol",
    "retry_on_timeout",
    "socket_connect_timeout",
    "socket_keepalive",
    "socket_timeout",
    "timeout",
];

/// Where a Redis server is and who logs in there. Displays, debugs and serialises without the password.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl {
    place: RedisPlace,
    user: Option<String>,
    password: Option<Secret>,
    database: u32,
}

/// Where a Redis server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedisPlace {
    /// A host and a port.
    Tcp {
        /// A name or an address; IPv6 without brackets.
        host: String,
        /// The port.
        port: u16,
        /// Whether the connection is encrypted.
        tls: bool,
    },
    /// A socket in the file system.
    Socket(PathBuf),
}

impl RedisUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// What would be right; it repeats nothing of the URL.
    ///
    /// ```
    /// use evenkeel::config::RedisUrl;
    ///
    /// let url = RedisUrl::parse("redis://reader:p%40ss@cache.example.com/1")?;
    /// assert_eq!(url.password(), Some("p@ss"));
    /// assert_eq!(url.to_string(), "redis://reader:(hidden)@cache.example.com:6379/1");
    /// assert!(RedisUrl::parse("redis://reader:p@ss@cache.example.com/1").is_err());
    /// # Ok::<(), String>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").ok_or(RIGHT)?;
        let is_socket = match scheme.to_ascii_lowercase().as_str() {
            "redis" | "rediss" => false,
            "unix" | "redis+unix" => true,
            _ => return Err(RIGHT.to_owned()),
        };
        if rest.contains(|char: char| char.is_whitespace() || char.is_control()) {
            return Err(format!("there are spaces in it; {RIGHT}"));
        }
        if rest.contains('#') {
            return Err(ESCAPE.to_owned());
        }
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = before.split_at(before.find('/').unwrap_or(before.len()));
        let too_late = query.contains('@') || (!is_socket && path.contains('@'));
        if too_late || authority.matches('@').count() > 1 {
            return Err(ESCAPE.to_owned());
        }
        let (login, address) = authority.split_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let mut url = Self {
            place: if is_socket {
                socket(address, path)?
            } else {
                let (host, port) = host_and_port(address)?;
                RedisPlace::Tcp { host, port, tls: scheme.eq_ignore_ascii_case("rediss") }
            },
            user: not_empty(decoded(user)?),
            password: not_empty(decoded(password)?).map(Secret::new),
            database: if is_socket { 0 } else { database(path.trim_matches('/'))? },
        };
        for option in query.split('&').filter(|option| !option.is_empty()) {
            url.set(option)?;
        }
        Ok(url)
    }

    /// One `name=value` of the query.
    fn set(&mut self, option: &str) -> Result<(), String> {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match name {
            "db" => self.database = database(value)?,
            "user" | "username" => self.user = not_empty(decoded(value)?),
            "pass" | "password" => self.password = not_empty(decoded(value)?).map(Secret::new),
            "ssl_cert_reqs" if value != "required" => {
                return Err(
                    "certificates are always checked here; leave ssl_cert_reqs out, and name a CA of \
                            your own in redis.ca_file"
                        .to_owned(),
                );
            }
            "ssl_cert_reqs" => {}
            _ if OF_OTHER_CLIENTS.contains(&name) => {}
            _ => return Err("of options, db, username and password are known; leave others out".to_owned()),
        }
        Ok(())
    }

    /// Where the server listens.
    pub fn place(&self) -> &RedisPlace {
        &self.place
    }

    /// The ACL user, if one logs in by name.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The password itself, for the one place that sends it.
    pub fn password(&self) -> Option<&str> {
        self.password.as_ref().map(Secret::expose)
    }

    /// The number of the database.
    pub fn database(&self) -> u32 {
        self.database
    }

    /// Why the server cannot be used where the program was built without Redis.
    #[cfg(not(feature = "redis"))]
    pub(crate) fn not_built(&self) -> super::ConfigError {
        super::ConfigError::Value {
            subject: "redis.url".to_owned(),
            value: format!("\"{self}\""),
            right: super::built::without("redis"),
        }
    }

    /// Whether the connection is encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self.place, RedisPlace::Tcp { tls: true, .. })
    }

    /// Whether a part of it is hidden when it is shown.
    pub(super) fn has_login(&self) -> bool {
        self.user.is_some() || self.password.is_some()
    }
}

fn socket(address: &str, path: &str) -> Result<RedisPlace, String> {
    let path = decoded(path)?;
    if !address.is_empty() || path.ends_with('/') || !Path::new(&path).is_absolute() {
        return Err(format!("a socket has an absolute path; {RIGHT}"));
    }
    Ok(RedisPlace::Socket(PathBuf::from(path)))
}

fn host_and_port(address: &str) -> Result<(String, u16), String> {
    let (host, port) = match address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, port)) if inner.parse::<Ipv6Addr>().is_ok() => (inner, port.strip_prefix(':')),
        Some(_) => return Err(format!("there is no IPv6 address between the brackets; {RIGHT}")),
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    let is_host = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_' | ':');
    if host.is_empty() {
        return Err(format!("there is no host in it; {RIGHT}"));
    }
    if !host.chars().all(is_host) {
        return Err(format!("there is no such host; {RIGHT}; {ESCAPE}"));
    }
    if matches!(host, "0.0.0.0" | "::") {
        return Err(
            "servers listen on this address, nobody can connect to it; write the server's own".to_owned()
        );
    }
    let port = match port {
        None | Some("") => USUAL_PORT,
        Some(digits) if digits.chars().all(|char| char.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port > 0).ok_or("a port is a whole number from 1 to 65535")?
        }
        Some(_) => return Err(format!("a port is a whole number from 1 to 65535; {ESCAPE}")),
    };
    Ok((host.to_owned(), port))
}

fn database(text: &str) -> Result<u32, String> {
    let is_number = text.chars().all(|char| char.is_ascii_digit());
    let number = if text.is_empty() { Some(0) } else { text.parse().ok().filter(|_| is_number) };
    number.ok_or_else(|| "a database is a whole number of 0 or more, for example redis://HOST/0".to_owned())
}

/// The text with its escapes replaced.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let is_escape = |digits: &&str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let byte = digits.filter(is_escape).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.ok_or_else(|| format!("a % begins no escape there; {ESCAPE}"))?);
        rest = &after[2..];
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err("its escapes give no text in UTF-8".to_owned()),
    }
}

fn not_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// The text as it may be shown: without what hides in it, and of one that is no such URL the scheme at most.
pub(super) fn shown(text: &str) -> String {
    if let Ok(url) = RedisUrl::parse(text) {
        return url.to_string();
    }
    let is_scheme = |name: &&str| {
        let is_scheme_char = |char: char| char.is_ascii_alphabetic() || matches!(char, '+' | '-' | '.');
        !name.is_empty() && name.len() <= 12 && name.chars().all(is_scheme_char)
    };
    let scheme = text.split_once("://").map(|(name, _)| name).filter(is_scheme);
    scheme.map_or_else(|| "…".to_owned(), |scheme| format!("{scheme}://…"))
}

/// Who logs in with a user name alone may have written a password there: it is hidden as well.
impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = match (&self.user, &self.password) {
            (None, None) => String::new(),
            (Some(user), Some(_)) => format!("{}:{HIDDEN}@", encoded(user)),
            (None, Some(_)) => format!(":{HIDDEN}@"),
            (Some(_), None) => format!("{HIDDEN}@"),
        };
        let database = self.database;
        match &self.place {
            RedisPlace::Tcp { host, port, tls } => {
                let scheme = if *tls { "rediss" } else { "redis" };
                let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
                write!(f, "{scheme}://{login}{host}:{port}/{database}")
            }
            RedisPlace::Socket(path) => {
                write!(f, "unix://{login}{}?db={database}", encoded(&path.to_string_lossy()))
            }
        }
    }
}

/// The text with everything escaped that means something in a URL, or nothing on a line.
fn encoded(text: &str) -> String {
    let escape = |char: char| match char {
        '@' | ':' | '?' | '#' | '%' => format!("%{:02X}", u32::from(char)),
        char if char.is_whitespace() || char.is_control() => {
            char.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}")).collect()
        }
        char => char.to_string(),
    };
    text.chars().map(escape).collect()
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisUrl({self})")
    }
}

impl Serialize for RedisUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RedisUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
