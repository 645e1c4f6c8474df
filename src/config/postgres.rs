//! Which Postgres server a `database.url` names: checked before anybody connects, and shown without its password.
//!
//! libpq reads the URL itself; here is only seen to it that what it will read is what was meant. A mistake that libpq
//! would report with half a password in its text is found here first.

use std::fmt;

use super::secret::HIDDEN;

/// What may stand in a Postgres URL.
const RIGHT: &str = "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE";

/// The parameters that libpq knows, and whether one may be shown.
const PARAMETERS: &[(&str, bool)] = &[
    ("application_name", true),
    ("channel_binding", true),
    ("client_encoding", true),
    ("connect_timeout", true),
    ("dbname", true),
    ("fallback_application_name", true),
    ("gssdelegation", true),
    ("gssencmode", true),
    ("gsslib", true),
    ("host", true),
    ("hostaddr", true),
    ("keepalives", true),
    ("keepalives_count", true),
    ("keepalives_idle", true),
    ("keepalives_interval", true),
    ("krbsrvname", true),
    ("load_balance_hosts", true),
    ("max_protocol_version", true),
    ("min_protocol_version", true),
    ("options", true),
    ("passfile", true),
    ("password", false),
    ("port", true),
    ("replication", true),
    ("require_auth", true),
    ("requirepeer", true),
    ("service", true),
    ("ssl", true),
    ("sslcert", true),
    ("sslcertmode", true),
    ("sslcompression", true),
    ("sslcrl", true),
    ("sslcrldir", true),
    ("sslkey", true),
    ("ssl_max_protocol_version", true),
    ("ssl_min_protocol_version", true),
    ("sslmode", true),
    ("sslnegotiation", true),
    ("sslpassword", false),
    ("sslrootcert", true),
    ("sslsni", true),
    ("target_session_attrs", true),
    ("tcp_user_timeout", true),
    ("user", true),
];

const SSL_MODES: &[&str] = &["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
const SESSION_ATTRIBUTES: &[&str] =
    &["any", "read-write", "read-only", "primary", "standby", "prefer-standby"];

/// The address of a Postgres database. Displays without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    url: String,
    shown: String,
    /// As written and decoded: whatever of it turns up in a text is taken out.
    secrets: Vec<String>,
}

impl PostgresUrl {
    /// Checks `url`; what would be right otherwise. The text of the error holds nothing of the password.
    pub fn parse(url: &str) -> Result<Self, String> {
        let rest = ["postgresql://", "postgres://"].iter().find_map(|scheme| url.strip_prefix(scheme));
        let rest = rest.ok_or_else(|| RIGHT.to_owned())?;
        if url.chars().any(|char| char.is_whitespace() || char.is_control() || char == '#') {
            return Err(format!("{RIGHT}, with spaces, # and the like written as %20, %23"));
        }
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = before_query.split_once('/').unwrap_or((before_query, ""));
        let (user, hosts) = match authority.matches('@').count() {
            0 => (None, authority),
            1 => authority.split_once('@').map_or((None, authority), |(user, hosts)| (Some(user), hosts)),
            _ => return Err(format!("{RIGHT}, with an @ of the password written as %40")),
        };
        if database.contains(['@', '/', ':']) {
            return Err(format!("{RIGHT}, with @, / and : of the password written as %40, %2F and %3A"));
        }
        let mut secrets = Vec::new();
        let shown_user = user.map(|user| shown_user(user, &mut secrets)).transpose()?.unwrap_or_default();
        hosts.split(',').try_for_each(check_host)?;
        decoded(database)?;
        let shown_query = shown_query(query, &mut secrets)?;
        let path = if before_query.contains('/') { format!("/{database}") } else { String::new() };
        let shown = format!("postgresql://{shown_user}{hosts}{path}{shown_query}");
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Ok(Self { url: url.to_owned(), shown, secrets })
    }

    /// The URL with its password, with `defaults` added where it says nothing itself: what libpq is given.
    pub fn with_defaults(&self, defaults: &[(&str, &str)]) -> String {
        let query = self.url.split_once('?').map_or("", |(_, query)| query);
        let is_set = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
        let mut url = self.url.clone();
        for (name, value) in defaults.iter().filter(|(name, _)| !is_set(name)) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&format!("{name}={value}"));
        }
        url
    }

    /// What the URL says itself about one of libpq's parameters, as it is written there.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.url.split_once('?')?;
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// How many servers it names, each of which is asked in turn; at least 1.
    pub fn hosts(&self) -> u32 {
        let named = |text: &str| u32::try_from(text.split(',').count()).unwrap_or(u32::MAX);
        let authority =
            self.url.split(['?']).next().and_then(|url| url.split('/').nth(2)).unwrap_or_default();
        let in_query = ["host", "hostaddr"].iter().filter_map(|name| self.parameter(name)).map(named);
        in_query.fold(named(authority.rsplit('@').next().unwrap_or_default()), u32::max)
    }

    /// `text` in one line and without the password.
    pub fn hide(&self, text: &str) -> String {
        let mut hidden = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for secret in &self.secrets {
            hidden = hidden.replace(secret.as_str(), HIDDEN);
        }
        hidden
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

fn shown_user(user: &str, secrets: &mut Vec<String>) -> Result<String, String> {
    let Some((name, password)) = user.split_once(':') else {
        decoded(user)?;
        return Ok(format!("{user}@"));
    };
    decoded(name)?;
    keep_secret(password, secrets)?;
    Ok(format!("{name}:{HIDDEN}@"))
}

fn shown_query(query: &str, secrets: &mut Vec<String>) -> Result<String, String> {
    let mut shown = String::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some((name, is_public)) = PARAMETERS.iter().find(|(known, _)| *known == name) else {
            // Its name may be the rest of a password.
            return Err(
                "holds a parameter that libpq does not know; write for example ?sslmode=require".to_owned()
            );
        };
        check_value(name, value)?;
        let value = if *is_public { value } else { keep_secret(value, secrets)? };
        shown.push_str(&format!("{}{name}={value}", if shown.is_empty() { '?' } else { '&' }));
    }
    Ok(shown)
}

fn check_value(name: &str, value: &str) -> Result<(), String> {
    let choice = |words: &[&str]| match words.contains(&value) {
        true => Ok(()),
        false => Err(format!("its {name} is none that libpq knows; write {}", words.join(", "))),
    };
    match name {
        "sslmode" => choice(SSL_MODES),
        "target_session_attrs" => choice(SESSION_ATTRIBUTES),
        "connect_timeout"
        | "tcp_user_timeout"
        | "keepalives_idle"
        | "keepalives_interval"
        | "keepalives_count" => {
            let right = || format!("its {name} is not a whole number");
            value.parse::<u32>().map(|_| ()).map_err(|_| right())
        }
        "port" => value.split(',').try_for_each(check_port),
        _ => decoded(value).map(|_| ()),
    }
}

/// Notes both forms of a secret and gives back what is shown for it.
fn keep_secret(secret: &str, secrets: &mut Vec<String>) -> Result<&'static str, String> {
    let plain = decoded(secret)?;
    // Less than that would be taken out of every text.
    secrets.extend([secret.to_owned(), plain].into_iter().filter(|form| form.len() > 2));
    Ok(HIDDEN)
}

fn check_host(host: &str) -> Result<(), String> {
    let (name, port) = match host.strip_prefix('[') {
        Some(bracketed) => {
            let (address, rest) = bracketed.split_once(']').ok_or_else(|| RIGHT.to_owned())?;
            address.parse::<std::net::Ipv6Addr>().map_err(|_| RIGHT.to_owned())?;
            (
                address,
                rest.strip_prefix(':').or(rest.is_empty().then_some("")).ok_or_else(|| RIGHT.to_owned())?,
            )
        }
        None => host.split_once(':').unwrap_or((host, "")),
    };
    decoded(name)?;
    if port.is_empty() { Ok(()) } else { check_port(port) }
}

fn check_port(port: &str) -> Result<(), String> {
    match port.parse::<u16>() {
        Ok(1..) => Ok(()),
        // Not repeated: it may be a password that an unescaped character put there.
        _ => Err(format!("its port is no number from 1 to 65535; {RIGHT}")),
    }
}

/// The text without its percent signs.
fn decoded(text: &str) -> Result<String, String> {
    let wrong = || "a % in it is not followed by two hexadecimal digits; write a % itself as %25".to_owned();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).ok_or_else(wrong)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| wrong())?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_url_is_shown_without_its_password() {
        let cases = [
            ("postgres://host/db", "postgresql://host/db"),
            ("postgresql://user:hunter2@host:5432/db", "postgresql://user:(hidden)@host:5432/db"),
            (
                "postgresql://user@host,other:5433/db?sslmode=require",
                "postgresql://user@host,other:5433/db?sslmode=require",
            ),
            (
                "postgresql:///db?host=/run/pg&password=hunter2",
                "postgresql:///db?host=/run/pg&password=(hidden)",
            ),
            ("postgresql://u:p%40ss@[::1]:5432/db", "postgresql://u:(hidden)@[::1]:5432/db"),
            ("postgresql://", "postgresql://"),
        ];
        for (url, shown) in cases {
            let parsed = PostgresUrl::parse(url).unwrap();
            assert_eq!((parsed.to_string(), format!("{parsed:?}")), (shown.to_owned(), shown.to_owned()));
            assert_eq!(PostgresUrl::parse(shown).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn a_bad_url_is_refused_without_a_word_of_its_password() {
        let cases = [
            "postgresql://user:hunter@2@host/db",
            "postgresql://user:hunter/2@host/db",
            "postgresql://user:hunter2@host:x/db",
            "postgresql://user:hunter2@host:0/db",
            "postgresql://user:hunter2@host:70000/db",
            "postgresql://user:hunter%zz@host/db",
            "postgresql://user:hunter#2@host/db",
            "postgresql://user:hunter?2@host/db",
            "postgresql://user:hunter2@host/db?sslmod=require",
            "postgresql://user:hunter2@host/db?sslmode=hunter",
            "postgresql://user:hunter2@host/db?connect_timeout=hunter",
            "postgresql://user:hunter2@[::1/db",
            "postgresql:user:hunter2@host/db",
            "postgresql+psycopg2://user:hunter2@host/db",
        ];
        for url in cases {
            let error = PostgresUrl::parse(url).unwrap_err();
            assert!(!error.contains("hunter"), "{url}: {error}");
        }
    }

    #[test]
    fn what_a_server_says_is_shown_without_the_password_in_either_form() {
        let url = PostgresUrl::parse("postgresql://user:p%40ssword@host/db").unwrap();
        assert_eq!(url.hide("no p@ssword,\n\tno p%40ssword"), "no (hidden), no (hidden)");
    }

    #[test]
    fn defaults_are_added_where_the_url_says_nothing() {
        let with = |url| PostgresUrl::parse(url).unwrap().with_defaults(&[("connect_timeout", "5")]);
        assert_eq!(with("postgresql://h/db"), "postgresql://h/db?connect_timeout=5");
        assert_eq!(
            with("postgresql://h/db?sslmode=require"),
            "postgresql://h/db?sslmode=require&connect_timeout=5"
        );
        assert_eq!(with("postgresql://h/db?connect_timeout=9"), "postgresql://h/db?connect_timeout=9");
    }
}
