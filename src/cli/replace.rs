//! The process replaces itself: the same program, in the same process, with the listening socket handed over.
//!
//! The PID stays, so that a service manager sees nothing. Everything else of the process is gone, its memory first of
//! all: no descriptor but the socket and the standard streams is handed on.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use command_fds::{CommandFdExt, FdMapping};

use super::failure::Failure;
use crate::daemon::FIRST_DESCRIPTOR;

/// The program that runs, whatever has become of its file.
const THIS_PROGRAM: &str = "/proc/self/exe";

/// Starts the program anew in this process, with the arguments of this one but `changed` options. Returns only if that
/// is not possible; the process is of no use then.
pub(super) fn replace(
    listener: Option<TcpListener>,
    changed: &[(&str, String)],
) -> Result<Infallible, Failure> {
    let program = program();
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    let arguments =
        changed.iter().fold(arguments.collect(), |arguments, (name, value)| with(arguments, name, value));
    let pid = std::process::id();
    log::info!(event = "process-anew", pid, program:% = program.display(); "{} is started anew in process {pid}", program.display());
    let mut command = Command::new(&program);
    command.arg0(name.as_deref().unwrap_or(program.as_os_str())).args(arguments);
    command.env_remove("LISTEN_FDNAMES").env_remove("LISTEN_FDS_FIRST_FD");
    if let Some(listener) = listener {
        command.env("LISTEN_FDS", "1").env("LISTEN_PID", pid.to_string());
        let mapping = FdMapping { parent_fd: listener.into(), child_fd: FIRST_DESCRIPTOR };
        command.fd_mappings(vec![mapping]).map_err(Failure::failed)?;
    }
    let reason = command.exec();
    Err(Failure::StartAgain(format!("cannot start {} anew: {reason}", program.display())))
}

/// Whether the program's file can be started, as far as that can be seen without starting it.
pub(super) fn can_be_run() -> Result<(), Failure> {
    let program = program();
    let refused = |reason: &dyn std::fmt::Display| {
        Failure::Failed(format!("cannot start {} anew: {reason}", program.display()))
    };
    let file = fs::metadata(&program).map_err(|reason| refused(&reason))?;
    if file.mode() & 0o111 == 0 { Err(refused(&"it is not executable")) } else { Ok(()) }
}

/// By its own path if possible: it is the name under which the process is listed.
fn program() -> PathBuf {
    let identity = |path: &Path| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    let this = Path::new(THIS_PROGRAM);
    let moved = |path: &PathBuf| identity(path).is_none() || identity(path) != identity(this);
    std::env::current_exe().ok().filter(|path| !moved(path)).unwrap_or_else(|| this.to_path_buf())
}

/// `arguments` with the option `name` set to `value`, whether or not it was given before. What follows `--` is no
/// option.
fn with(arguments: Vec<OsString>, name: &str, value: &str) -> Vec<OsString> {
    let assigned = format!("{name}=");
    let mut changed = Vec::with_capacity(arguments.len() + 1);
    let mut arguments = arguments.into_iter();
    let mut rest = None;
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            rest = Some(argument);
            break;
        } else if argument == name {
            arguments.next();
        } else if !argument.as_encoded_bytes().starts_with(assigned.as_bytes()) {
            changed.push(argument);
        }
    }
    changed.push(OsString::from(assigned + value));
    changed.extend(rest);
    changed.extend(arguments);
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_set_however_it_was_given_before() {
        for (given, expected) in [
            (&["demo"][..], &["demo", "--for=5s"][..]),
            (&["demo", "--for", "60s", "--port", "0"], &["demo", "--port", "0", "--for=5s"]),
            (&["--log-format", "json", "demo", "--for=60s"], &["--log-format", "json", "demo", "--for=5s"]),
            (&["demo", "--for", "60s", "--for=59s"], &["demo", "--for=5s"]),
            (&["demo", "--form", "a"], &["demo", "--form", "a", "--for=5s"]),
            (&["demo", "--for"], &["demo", "--for=5s"]),
            (&["demo", "--for", "60s", "--"], &["demo", "--for=5s", "--"]),
            (&["demo", "--", "--for", "60s"], &["demo", "--for=5s", "--", "--for", "60s"]),
            (&["--", "demo", "--for=60s", "--"], &["--for=5s", "--", "demo", "--for=60s", "--"]),
        ] {
            let given = given.iter().map(OsString::from).collect();
            assert_eq!(with(given, "--for", "5s"), expected);
        }
    }

    #[test]
    fn a_program_whose_file_is_there_is_started_by_its_path() {
        assert_eq!(program(), std::env::current_exe().unwrap());
    }
}
