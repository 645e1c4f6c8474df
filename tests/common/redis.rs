//! Redis servers: the one that tests share, each with a key prefix of its own, and one of a test's own, which it may kill.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use evenkeel::config::RedisUrl;
use redis::{Client, Connection, FromRedisValue, cmd};
use tempfile::TempDir;

use super::{SOON, eventually};

/// The login of a server that has one.
pub const USER: &str = "evenkeel";
pub const PASSWORD: &str = "hunter2-p@ss/w%rd";
/// The same password in a URL.
pub const PASSWORD_IN_URL: &str = "hunter2-p%40ss%2Fw%25rd";

/// A part of the shared server: the keys with a prefix, removed when dropped.
pub struct Shared {
    pub url: RedisUrl,
    pub prefix: String,
    client: Client,
}

/// The part of the shared server for one test; `name` is different in each.
pub fn shared(name: &str) -> Shared {
    let url = std::env::var("EVENKEEL_TEST_REDIS").unwrap_or_else(|_| {
        panic!(
            "EVENKEEL_TEST_REDIS names no Redis server: run scripts/test, or scripts/services cargo test …"
        )
    });
    let prefix = format!("test:{name}:{}:", std::process::id());
    Shared { client: Client::open(url.as_str()).unwrap(), url: RedisUrl::parse(&url).unwrap(), prefix }
}

impl Shared {
    pub fn client(&self) -> Connection {
        self.client.get_connection_with_timeout(SOON).unwrap()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Ok(mut client) = self.client.get_connection_with_timeout(SOON) else { return };
        let keys: Vec<String> =
            cmd("KEYS").arg(format!("{}*", self.prefix)).query(&mut client).unwrap_or_default();
        for key in keys {
            let _ = cmd("DEL").arg(key).exec(&mut client);
        }
    }
}

/// What a server of a test's own is asked for besides a port and a socket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wants {
    /// A port with TLS, and a CA of its own.
    pub tls: bool,
    /// A login by name, and none without.
    pub login: bool,
}

/// A server of a test's own: on a free port of 127.0.0.1 and on a socket, stopped when dropped.
pub struct RedisServer {
    directory: TempDir,
    port: u16,
    tls_port: u16,
    wants: Wants,
    child: Option<Child>,
}

impl RedisServer {
    pub async fn start() -> Self {
        Self::start_with(Wants::default()).await
    }

    pub async fn start_with(wants: Wants) -> Self {
        let directory = TempDir::new().unwrap();
        if wants.tls {
            make_certificates(directory.path());
        }
        let mut server = Self { directory, port: 0, tls_port: 0, wants, child: None };
        // Somebody else may take the port between our look and the server's start.
        for _ in 0..10 {
            (server.port, server.tls_port) = free_ports();
            if server.try_start().await {
                return server;
            }
        }
        panic!("redis-server does not start: {}", server.log());
    }

    /// Whether it came up.
    async fn try_start(&mut self) -> bool {
        let port = self.port.to_string();
        let mut command = Command::new("redis-server");
        command.current_dir(self.directory.path()).stdin(Stdio::null());
        command.args(["--port", &port, "--bind", "127.0.0.1", "--unixsocket", "redis.sock"]);
        command.args(["--save", "", "--appendonly", "no", "--logfile", "log"]);
        if self.wants.tls {
            command.args(["--tls-port", &self.tls_port.to_string(), "--tls-auth-clients", "no"]);
            command.args(["--tls-cert-file", "server.pem", "--tls-key-file", "server.key"]);
            command.args(["--tls-ca-cert-file", "ca.pem"]);
        }
        if self.wants.login {
            let acl = format!("user default off\nuser {USER} on >{PASSWORD} ~* &* +@all\n");
            std::fs::write(self.directory.path().join("users.acl"), acl).unwrap();
            command.args(["--aclfile", "users.acl"]);
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.unwrap_or_else(|error| {
            panic!("redis-server: {error}; install it, for example with `apt-get install -y redis-server`")
        });
        let child = std::cell::RefCell::new(child);
        let client = Client::open(self.plain_url()).unwrap();
        let started = eventually(SOON, "redis-server starts or ends", async || {
            if child.borrow_mut().try_wait().unwrap().is_some() {
                return Some(false);
            }
            let mut connection = client.get_connection_with_timeout(Duration::from_secs(1)).ok()?;
            cmd("PING").query::<String>(&mut connection).ok().map(|_| true)
        })
        .await;
        self.child = Some(child.into_inner());
        started
    }

    /// With SIGKILL: it says goodbye to nobody.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// On the same port, without the data of before.
    pub async fn start_again(&mut self) {
        assert!(self.try_start().await, "redis-server does not start again: {}", self.log());
    }

    fn plain_url(&self) -> String {
        let login = if self.wants.login { format!("{USER}:{PASSWORD_IN_URL}@") } else { String::new() };
        format!("redis://{login}127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> RedisUrl {
        RedisUrl::parse(&self.plain_url()).unwrap()
    }

    pub fn url_with_tls(&self) -> String {
        self.plain_url()
            .replace("redis://", "rediss://")
            .replace(&self.port.to_string(), &self.tls_port.to_string())
    }

    pub fn socket(&self) -> PathBuf {
        self.directory.path().join("redis.sock")
    }

    pub fn ca_file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    pub fn client(&self) -> Connection {
        Client::open(self.plain_url()).unwrap().get_connection_with_timeout(SOON).unwrap()
    }

    /// Asks with a connection of its own.
    pub fn ask<T: FromRedisValue>(&self, command: &str) -> T {
        let mut words = command.split(' ');
        let mut asked = cmd(words.next().unwrap());
        asked.arg(words.collect::<Vec<_>>()).query(&mut self.client()).unwrap()
    }

    /// A number that `INFO` tells.
    pub fn info(&self, name: &str) -> u64 {
        let info: String = self.ask("INFO");
        let value = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value.unwrap_or_else(|| panic!("{name} is not in INFO")).parse().unwrap()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}

fn free_ports() -> (u16, u16) {
    let [one, other] = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    (one.local_addr().unwrap().port(), other.local_addr().unwrap().port())
}

/// A CA and a certificate of it for 127.0.0.1 and localhost, for a day.
fn make_certificates(directory: &Path) {
    std::fs::write(directory.join("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n").unwrap();
    let steps = [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=test-ca \
         -keyout ca.key -out ca.pem",
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=redis -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile names -out server.pem",
    ];
    for step in steps {
        let output = Command::new("openssl").args(step.split_whitespace()).current_dir(directory).output();
        let output = output.unwrap_or_else(|error| panic!("openssl: {error}; install it"));
        assert!(output.status.success(), "openssl {step}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
