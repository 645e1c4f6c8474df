//! A PostgreSQL server of a test's own: a fresh cluster on a socket in a temporary directory, gone with the value.
//!
//! The server refuses to run as root; then everything runs as the user `postgres`, or `nobody` where there is none.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

const INSTALL: &str = "install the server, for example with `apt-get install -y postgresql`";

/// A running server.
pub(crate) struct Postgres {
    directory: TempDir,
    programs: Programs,
}

struct Programs {
    folder: PathBuf,
    user: Option<(u32, u32)>,
}

impl Postgres {
    /// Makes a cluster and starts it; panics with the package's name if no server is installed.
    pub(crate) fn start() -> Self {
        let programs = Programs::find();
        let directory = TempDir::new().unwrap();
        if let Some((user, group)) = programs.user {
            chown(directory.path(), Some(user), Some(group)).unwrap();
        }
        let server = Self { directory, programs };
        let data = server.data();
        let data = data.to_str().unwrap();
        server.run("initdb", &["-D", data, "-U", "evenkeel", "--auth=trust", "--encoding=UTF8", "--no-sync"]);
        // No TCP at all: nothing to collide with, nothing to be reached from outside.
        let options = format!("-k {} -c listen_addresses= -c fsync=off", server.directory.path().display());
        let log = server.directory.path().join("log");
        let log = log.to_str().unwrap();
        server.run("pg_ctl", &["-D", data, "-l", log, "-o", &options, "-w", "-t", "60", "start"]);
        server
    }

    /// Runs statements, all in one transaction, and returns what they print: a line a row, columns separated by `|`.
    pub(crate) fn run_sql(&self, statements: &str) -> String {
        let socket = self.directory.path().to_str().unwrap();
        let arguments = ["-h", socket, "-U", "evenkeel", "-d", "postgres", "-X", "-q", "-A", "-t", "-1"];
        let mut psql = self.programs.command("psql");
        let output = psql.args(arguments).args(["-v", "ON_ERROR_STOP=1", "-c", statements]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "psql refused: {said}\n{statements}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The URL under which it is reached.
    pub(crate) fn url(&self) -> String {
        format!("postgresql://evenkeel@/postgres?host={}", self.directory.path().display())
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
        assert!(status.success(), "{program} failed: {said}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
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
        let complete =
            |folder: &&PathBuf| ["initdb", "pg_ctl", "psql"].iter().all(|name| folder.join(name).is_file());
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

fn unprivileged_user() -> (u32, u32) {
    let users = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody")).expect("a user other than root to run PostgreSQL as")
}
