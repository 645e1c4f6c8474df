//! Rules of the web face: who may be listened to without a token.

use toml::Value;

use super::super::error::ConfigError;
use super::super::kind::Kind;
use super::super::secret::HIDDEN;
use super::super::server::{SHORTEST_TOKEN, ServerConfig};

pub(super) fn check(server: &ServerConfig, subject: &dyn Fn(&str) -> String) -> Result<(), ConfigError> {
    let Some(token) = &server.token else {
        check_guard(server, subject)?;
        return check_reach(server, subject);
    };
    let kind = Kind::Secret(SHORTEST_TOKEN);
    kind.accept(&Value::String(token.expose().to_owned())).map(drop).map_err(|right| ConfigError::Value {
        subject: subject("server.token"),
        value: HIDDEN.to_owned(),
        right,
    })
}

fn check_guard(server: &ServerConfig, subject: &dyn Fn(&str) -> String) -> Result<(), ConfigError> {
    if !server.guard_reading {
        return Ok(());
    }
    Err(ConfigError::Value {
        subject: subject("server.guard_reading"),
        value: "true".to_owned(),
        right: format!(
            "there is no token to guard it with; set server.token or EVENKEEL_TOKEN to at least {SHORTEST_TOKEN} visible \
             ASCII characters"
        ),
    })
}

/// Whoever can reach the daemon could have it write reports without end.
fn check_reach(server: &ServerConfig, subject: &dyn Fn(&str) -> String) -> Result<(), ConfigError> {
    if server.host.is_loopback() {
        return Ok(());
    }
    Err(ConfigError::Value {
        subject: subject("server.host"),
        value: format!("\"{}\"", server.host),
        right: format!(
            "listening on anything but loopback needs a bearer token; set server.token or EVENKEEL_TOKEN to at least \
             {SHORTEST_TOKEN} visible ASCII characters, or listen on 127.0.0.1"
        ),
    })
}
