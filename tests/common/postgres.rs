//! PostgreSQL for tests: a schema of a test's own on the server that they share, and servers of a test's own, which it
//! may kill.
//!
//! A server refuses to run as root; then everything runs as the user `postgres`, or `nobody` where there is none.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

const INSTALL: &str = "install the server, for example with `apt-get install -y postgresql`";

/// The password of every server that is reached over TCP, and the same in a URL.
pub(crate) const PASSWORD: &str = "hunter2-p@ss/w%rd";
pub(crate) const PASSWORD_IN_URL: &str = "hunter2-p%40ss%2Fw%25rd";

/// A schema of its own on the shared server, dropped with the value. Whoever uses its URL sees nothing else.
pub(crate) struct Schema {
    name: String,
    server: String,
}

impl Schema {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("EVENKEEL_TEST_POSTGRES").unwrap_or_else(|_| {
            panic!(
                "EVENKEEL_TEST_POSTGRES names no PostgreSQL server: run scripts/test, or scripts/services cargo test …"
            )
        });
        let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let schema = Self { name, server };
        run_psql(&Programs::find(), &schema.server, &format!("CREATE SCHEMA {}", schema.name));
        schema
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn url(&self) -> String {
        format!("{}?options=-csearch_path%3D{}", self.server, self.name)
    }

    /// Runs statements, all in one transaction, and returns what they print: a line a row, columns separated by `|`.
    pub(crate) fn run_sql(&self, statements: &str) -> String {
        run_psql(&Programs::find(), &self.url(), statements)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let quietly = format!("SET client_min_messages = error; DROP SCHEMA {} CASCADE", self.name);
        run_psql(&Programs::find(), &self.server, &quietly);
    }
}

/// How a server of a test's own is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// A socket, and everybody is let in.
    Socket,
    /// A port of 127.0.0.1, with the password.
    Port { number: u16, tls: bool },
}

/// A running server.
pub(crate) struct Postgres {
    directory: TempDir,
    programs: Programs,
    door: Door,
    is_running: bool,
}

struct Programs {
    folder: PathBuf,
    user: Option<(u32, u32)>,
}

impl Postgres {
    /// Makes a cluster that is reached by its socket and starts it; panics with the package's name if no server is
    /// installed.
    pub(crate) fn start() -> Self {
        Self::with_cluster(Door::Socket)
    }

    /// The same with a port and a password, so that it can be killed and started again where it was.
    pub(crate) fn on_a_port() -> Self {
        Self::with_cluster(Door::Port { number: free_port(), tls: false })
    }

    /// The same with a certificate that nobody knows.
    pub(crate) fn with_tls() -> Self {
        Self::with_cluster(Door::Port { number: free_port(), tls: true })
    }

    fn with_cluster(door: Door) -> Self {
        let server = Self::in_a_directory(door);
        let password = server.directory.path().join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        let auth = if door == Door::Socket { "--auth=trust" } else { "--auth=scram-sha-256" };
        let (data, password) = (server.data(), format!("--pwfile={}", password.display()));
        let data = data.to_str().unwrap();
        server
            .run("initdb", &["-D", data, "-U", "evenkeel", auth, "--encoding=UTF8", "--no-sync", &password]);
        server.started()
    }

    /// A copy of this one that follows it, and refuses to be written until it is promoted.
    pub(crate) fn standby(&self) -> Self {
        let standby = Self::in_a_directory(Door::Port { number: free_port(), tls: false });
        let data = standby.data();
        let source = ["-D", data.to_str().unwrap(), "-d", &self.url(), "-R", "-X", "stream", "-c", "fast"];
        standby.run("pg_basebackup", &source);
        standby.started()
    }

    fn in_a_directory(door: Door) -> Self {
        let programs = Programs::find();
        let directory = TempDir::new().unwrap();
        if let Some((user, group)) = programs.user {
            chown(directory.path(), Some(user), Some(group)).unwrap();
        }
        if matches!(door, Door::Port { tls: true, .. }) {
            make_certificate(directory.path(), &programs);
        }
        Self { directory, programs, door, is_running: false }
    }

    fn started(mut self) -> Self {
        self.start_again();
        self
    }

    /// Starts it where it was, with the data that it had.
    pub(crate) fn start_again(&mut self) {
        let folder = self.directory.path().display();
        let door = match self.door {
            Door::Socket => "-c listen_addresses=".to_owned(),
            Door::Port { number, tls: false } => format!("-c listen_addresses=127.0.0.1 -p {number}"),
            Door::Port { number, tls: true } => format!(
                "-c listen_addresses=127.0.0.1 -p {number} -c ssl=on -c ssl_cert_file={folder}/server.pem \
                 -c ssl_key_file={folder}/server.key"
            ),
        };
        let options = format!("-k {folder} -c fsync=off {door}");
        let (data, log) = (self.data(), self.directory.path().join("log"));
        let (data, log) = (data.to_str().unwrap(), log.to_str().unwrap());
        self.run("pg_ctl", &["-D", data, "-l", log, "-o", &options, "-w", "-t", "60", "start"]);
        self.is_running = true;
    }

    /// Ends it and all its sessions at once, as a loss of power would: nothing is written, nobody is told.
    pub(crate) fn kill(&mut self) {
        let data = self.data();
        self.run("pg_ctl", &["-D", data.to_str().unwrap(), "-m", "immediate", "-w", "stop"]);
        self.is_running = false;
    }

    /// Makes a standby the primary.
    pub(crate) fn promote(&self) {
        self.run("pg_ctl", &["-D", self.data().to_str().unwrap(), "-w", "-t", "60", "promote"]);
    }

    /// Runs statements, all in one transaction, and returns what they print: a line a row, columns separated by `|`.
    pub(crate) fn run_sql(&self, statements: &str) -> String {
        run_psql(&self.programs, &self.url(), statements)
    }

    /// The URL under which it is reached, for a superuser.
    pub(crate) fn url(&self) -> String {
        match self.door {
            Door::Socket => {
                format!("postgresql://evenkeel@/postgres?host={}", self.directory.path().display())
            }
            Door::Port { number, .. } => {
                format!("postgresql://evenkeel:{PASSWORD_IN_URL}@127.0.0.1:{number}/postgres")
            }
        }
    }

    /// The file with the certificate of a server that has one.
    pub(crate) fn certificate(&self) -> String {
        self.directory.path().join("server.pem").display().to_string()
    }

    /// The port of a server that has one.
    pub(crate) fn port(&self) -> u16 {
        match self.door {
            Door::Socket => panic!("the server has no port"),
            Door::Port { number, .. } => number,
        }
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        // The server inherits what pg_ctl has open: a pipe would never be closed.
        let out = self.directory.path().join("out");
        let file = std::fs::File::create(&out).unwrap();
        let mut command = self.programs.command(program);
        command.args(arguments).stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let status = command.status().unwrap();
        let said = std::fs::read_to_string(&out).unwrap();
        let log = std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        assert!(status.success(), "{program} failed: {said}\n{log}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if !self.is_running {
            return;
        }
        let mut stop = self.programs.command("pg_ctl");
        stop.arg("-D").arg(self.data()).args(["-m", "immediate", "-w", "stop"]);
        let stopped = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !std::thread::panicking() {
            assert!(stopped.is_ok_and(|status| status.success()), "the server did not stop");
        }
    }
}

impl Programs {
    fn find() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        // Debian keeps the server's programs out of the path, one folder a version.
        if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
            folders.extend(versions.flatten().map(|version| version.path().join("bin")));
        }
        let complete = |folder: &&PathBuf| {
            ["initdb", "pg_ctl", "pg_basebackup", "psql"].iter().all(|name| folder.join(name).is_file())
        };
        let folder = folders.iter().find(complete).cloned();
        let folder =
            folder.unwrap_or_else(|| panic!("PostgreSQL's initdb, pg_ctl and psql are missing: {INSTALL}"));
        let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
        Self { folder, user: is_root.then(unprivileged_user) }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        // The messages are compared with nothing, but people read them.
        command.current_dir("/").env("LC_ALL", "C");
        command
    }
}

fn run_psql(programs: &Programs, url: &str, statements: &str) -> String {
    let mut psql = programs.command("psql");
    psql.args(["-d", url, "-X", "-q", "-A", "-t", "-1", "-v", "ON_ERROR_STOP=1", "-c", statements]);
    let output = psql.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "psql refused: {said}\n{statements}");
    String::from_utf8(output.stdout).unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// One for localhost, for a day.
fn make_certificate(directory: &Path, programs: &Programs) {
    let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost \
                     -keyout server.key -out server.pem";
    let mut openssl = Command::new("openssl");
    if let Some((user, group)) = programs.user {
        openssl.uid(user).gid(group);
    }
    let output = openssl.args(arguments.split_whitespace()).current_dir(directory).output();
    let output = output.unwrap_or_else(|error| panic!("openssl: {error}; install it"));
    assert!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
}

fn unprivileged_user() -> (u32, u32) {
    let users = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody")).expect("a user other than root to run PostgreSQL as")
}
