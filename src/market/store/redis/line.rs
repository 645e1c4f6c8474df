//! One connection to the server, opened by whoever first needs it, and the pool that bounds how many there are.
//!
//! Every wait has an end: opening, logging in and each exchange of commands have a time limit of their own, however
//! many answers are awaited and however slowly they come. A connection on which anything went wrong is closed at once;
//! one that lay idle and turns out to be dead is replaced within the same operation.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::io::tcp::TcpSettings;
use redis::{
    Client, Cmd, Connection, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, RedisError,
    TlsCertificates, Value, cmd,
};
use socket2::TcpKeepalive;

use crate::clock::{Clock, Stopwatch};
use crate::config::{RedisConfig, RedisPlace, RedisUrl};

/// A connection lies idle from one refresh to the next; what stands between must not forget it.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Why the server could not be used. Names the server, never a password.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum Trouble {
    #[error("{server} cannot be reached: {reason}")]
    Unreachable { server: String, reason: String },
    #[error("{server} did not answer within {} ms", limit.as_millis())]
    TimedOut { server: String, limit: Duration },
    #[error("{server} broke off: {reason}")]
    BrokenOff { server: String, reason: String },
    #[error("{server} refuses {what}: {reason}")]
    Refused { server: String, what: &'static str, reason: String },
}

/// Where the server is, who logs in, and how long anything may take.
pub(super) struct Dial {
    client: Client,
    url: RedisUrl,
    /// The URL as it may be shown.
    server: String,
    connect_within: Duration,
    answer_within: Duration,
    clock: Clock,
    opened: AtomicU64,
}

impl Dial {
    /// `ca` is what the configured file of certificates holds.
    pub(super) fn new(
        config: &RedisConfig,
        url: &RedisUrl,
        ca: Option<Vec<u8>>,
        clock: Clock,
    ) -> Result<Self, RedisError> {
        let address = match url.place() {
            RedisPlace::Tcp { host, port, tls: false } => ConnectionAddr::Tcp(host.clone(), *port),
            RedisPlace::Tcp { host, port, tls: true } => {
                ConnectionAddr::TcpTls { host: host.clone(), port: *port, insecure: false, tls_params: None }
            }
            RedisPlace::Socket(path) => ConnectionAddr::Unix(path.clone()),
        };
        let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE / 4);
        // The crate would log in with a limit for each answer; here it is done with one for all of them.
        let info = address
            .into_connection_info()?
            .set_redis_settings(RedisConnectionInfo::default().set_skip_set_lib_name())
            .set_tcp_settings(TcpSettings::default().set_nodelay(true).set_keepalive(keepalive));
        let client = match ca {
            Some(pem) => {
                Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert: Some(pem) })?
            }
            None => Client::open(info)?,
        };
        Ok(Self {
            client,
            server: url.to_string(),
            url: url.clone(),
            connect_within: config.connect_within,
            answer_within: config.answer_within,
            clock,
            opened: AtomicU64::new(0),
        })
    }

    /// Connections opened up to now.
    pub(super) fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// The longest that [`Line::ask`] and one more exchange take: a dead connection, a new one, and two answers.
    pub(super) fn longest(&self) -> Duration {
        self.connect_within * 2 + self.answer_within * 3
    }

    /// What a refusal of `what` with this answer is.
    pub(super) fn refused(&self, what: &'static str, answer: &Value) -> Trouble {
        let reason = match answer {
            Value::ServerError(error) => format!("{} {}", error.code(), error.details().unwrap_or_default()),
            _ => "an answer that is not understood".to_owned(),
        };
        Trouble::Refused { server: self.server.clone(), what, reason: one_line(&reason) }
    }

    pub(super) fn timed_out(&self, limit: Duration) -> Trouble {
        Trouble::TimedOut { server: self.server.clone(), limit }
    }

    /// A connection that is logged in.
    fn open(&self) -> Result<Connection, Trouble> {
        let since = self.clock.stopwatch();
        let mut connection = self
            .client
            .get_connection_with_timeout(self.connect_within)
            .map_err(|error| self.unreachable(&error))?;
        self.opened.fetch_add(1, Ordering::Relaxed);
        let mut commands = Vec::with_capacity(2);
        if self.url.user().is_some() || self.url.password().is_some() {
            let mut auth = cmd("AUTH");
            auth.arg(self.url.user()).arg(self.url.password().unwrap_or_default());
            commands.push(("the login", auth));
        }
        if self.url.database() != 0 {
            let mut select = cmd("SELECT");
            select.arg(self.url.database());
            commands.push(("the database", select));
        }
        let packed: Vec<&Cmd> = commands.iter().map(|(_, command)| command).collect();
        let answers = self.exchange(&mut connection, &packed, since, self.connect_within)?;
        match commands.iter().zip(&answers).find(|(_, answer)| !matches!(answer, Value::Okay)) {
            Some(((what, _), answer)) => Err(self.refused(what, answer)),
            None => Ok(connection),
        }
    }

    fn unreachable(&self, error: &RedisError) -> Trouble {
        if error.is_timeout() {
            return self.timed_out(self.connect_within);
        }
        Trouble::Unreachable { server: self.server.clone(), reason: one_line(&error.to_string()) }
    }

    /// Sends all commands at once and reads an answer to each, all within `limit` after `since`.
    fn exchange(
        &self,
        connection: &mut Connection,
        commands: &[&Cmd],
        since: Stopwatch,
        limit: Duration,
    ) -> Result<Vec<Value>, Trouble> {
        let failed = |error: RedisError| match error.is_timeout() {
            true => self.timed_out(limit),
            false => Trouble::BrokenOff { server: self.server.clone(), reason: one_line(&error.to_string()) },
        };
        let left = || match limit.checked_sub(since.elapsed()) {
            Some(left) if !left.is_zero() => Ok(Some(left)),
            _ => Err(self.timed_out(limit)),
        };
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let mut packed = Vec::new();
        commands.iter().for_each(|command| command.write_packed_command(&mut packed));
        connection.set_write_timeout(left()?).map_err(failed)?;
        connection.send_packed_command(&packed).map_err(failed)?;
        let mut answers = Vec::with_capacity(commands.len());
        for _ in commands {
            connection.set_read_timeout(left()?).map_err(failed)?;
            answers.push(connection.recv_response().map_err(failed)?);
        }
        Ok(answers)
    }
}

/// A place in the pool, with or without an open connection.
pub(super) struct Line {
    dial: Arc<Dial>,
    connection: Option<Connection>,
}

impl Line {
    /// Where it leads.
    pub(super) fn dial(&self) -> &Dial {
        &self.dial
    }

    /// An answer to each of `commands`, which must do no harm if they are sent twice: where an idle connection turns
    /// out to be dead, a new one is opened and asked.
    pub(super) fn ask(&mut self, commands: &[&Cmd]) -> Result<Vec<Value>, Trouble> {
        if self.connection.is_some()
            && let Ok(answers) = self.go_on(commands)
        {
            return Ok(answers);
        }
        self.connection = Some(self.dial.open()?);
        self.go_on(commands)
    }

    /// An answer to each of `commands`, which are sent once, over the connection that [`Line::ask`] has just used.
    pub(super) fn go_on(&mut self, commands: &[&Cmd]) -> Result<Vec<Value>, Trouble> {
        let since = self.dial.clock.stopwatch();
        // Out of its place while it is used: unless everything went well, it is closed.
        let Some(mut connection) = self.connection.take() else {
            return Err(Trouble::BrokenOff {
                server: self.dial.server.clone(),
                reason: "no connection".to_owned(),
            });
        };
        let answers = self.dial.exchange(&mut connection, commands, since, self.dial.answer_within)?;
        self.connection = Some(connection);
        Ok(answers)
    }
}

/// Makes lines for the pool. They are opened where they are used, so that a failure is told to whoever needs the
/// connection, and nobody tries in the background.
pub(super) struct Lines(pub(super) Arc<Dial>);

impl r2d2::ManageConnection for Lines {
    type Connection = Line;
    type Error = Infallible;

    fn connect(&self) -> Result<Line, Infallible> {
        Ok(Line { dial: Arc::clone(&self.0), connection: None })
    }

    fn is_valid(&self, _: &mut Line) -> Result<(), Infallible> {
        Ok(())
    }

    fn has_broken(&self, _: &mut Line) -> bool {
        false
    }
}

/// At most as much as is useful in a log.
fn one_line(text: &str) -> String {
    text.chars().take(200).map(|char| if char.is_control() { ' ' } else { char }).collect()
}
