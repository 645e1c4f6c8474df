//! The owner's socket: `evenkeel.sock` in the data directory, by which the commands of the same user find the daemon.
//!
//! A data directory has one daemon: a lock on the directory says so, and the system takes it back from a process that
//! ends in any way. Whoever holds it may therefore replace a socket that is there, which nobody listens to any more.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, Socket, Type};

use super::error::StartError;

/// The name of the socket in the data directory.
pub const SOCKET: &str = "evenkeel.sock";

/// Bytes of the longest path that a socket can have (`man 7 unix`: 108, of which one ends it).
const LONGEST_PATH: usize = 107;

/// Connections that may wait: those of a few terminals.
const BACKLOG: i32 = 128;

/// For its owner and nobody else: whoever may write to the socket may command the daemon.
const MODE: u32 = 0o600;

/// The socket while the daemon listens to it. Dropping it removes it.
#[derive(Debug)]
pub struct OwnersSocket {
    listener: UnixListener,
    path: PathBuf,
    stays: bool,
    /// Goes last: until then nobody else makes a socket of this name.
    lock: Option<File>,
}

enum Refused {
    /// Another daemon works in this directory.
    Occupied,
    Impossible(String),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Impossible(error.to_string())
    }
}

impl OwnersSocket {
    /// Makes the socket in `data_dir`, of which `reserved` is the lock if it was there before. Where that cannot be, the
    /// daemon does without: nobody but its own terminal needs it.
    ///
    /// # Errors
    /// When another daemon works in that directory.
    pub(super) fn open(data_dir: &Path, reserved: Option<File>) -> Result<Option<Self>, StartError> {
        let path = data_dir.join(SOCKET);
        let shown = path.display().to_string();
        match Self::make(data_dir, reserved, path) {
            Ok(socket) => {
                log::info!(event = "socket-open", path = shown.as_str(); "this user's commands find the daemon at {shown}");
                Ok(Some(socket))
            }
            Err(Refused::Occupied) => Err(occupied(data_dir)),
            Err(Refused::Impossible(reason)) => {
                log::warn!(event = "socket-missing", path = shown.as_str(); "there is no socket {shown}: {reason}; evenkeel status, top, logs, restart and refresh need --url");
                Ok(None)
            }
        }
    }

    fn make(data_dir: &Path, reserved: Option<File>, path: PathBuf) -> Result<Self, Refused> {
        fs::create_dir_all(data_dir)?;
        let lock = match reserved {
            Some(lock) => lock,
            None => lock(data_dir)?,
        };
        if let Some(reason) = too_long(&path) {
            return Err(Refused::Impossible(reason));
        }
        remove_stale(&path)?;
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.bind(&SockAddr::unix(&path)?)?;
        // Before anybody can connect: nobody can until it listens.
        fs::set_permissions(&path, fs::Permissions::from_mode(MODE))?;
        socket.listen(BACKLOG)?;
        Ok(Self { listener: socket.into(), path, stays: false, lock: Some(lock) })
    }

    pub(super) fn listener(&self) -> &UnixListener {
        &self.listener
    }

    /// Removes the socket, and keeps others out of the directory for as long as the value lives.
    pub(super) fn close(mut self) -> Option<File> {
        self.lock.take()
    }

    /// Leaves the file where it is, for the next image of this process to replace: whoever connects meanwhile learns
    /// that nobody listens now, and not that there is no daemon.
    pub fn stay(mut self) {
        self.stays = true;
    }
}

impl Drop for OwnersSocket {
    fn drop(&mut self) {
        if !self.stays {
            // One that was removed already is gone.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The lock on the data directory, before anything is written there; nothing where there is none yet, or it cannot be
/// locked.
///
/// # Errors
/// When another daemon works in it: both would write the same files.
pub(super) fn reserve(data_dir: &Path) -> Result<Option<File>, StartError> {
    match lock(data_dir) {
        Ok(lock) => Ok(Some(lock)),
        Err(Refused::Occupied) => Err(occupied(data_dir)),
        // What is the matter is told when the socket is made.
        Err(Refused::Impossible(_)) => Ok(None),
    }
}

/// The same for a daemon without a socket, which holds the lock for as long as it lives.
///
/// # Errors
/// When another daemon works in it.
pub(super) fn occupy(data_dir: &Path) -> Result<Option<File>, StartError> {
    // Where it cannot be made, whoever writes there says so.
    let _ = fs::create_dir_all(data_dir);
    reserve(data_dir)
}

fn lock(data_dir: &Path) -> Result<File, Refused> {
    let directory = File::open(data_dir)?;
    match directory.try_lock() {
        Ok(()) => Ok(directory),
        Err(TryLockError::WouldBlock) => Err(Refused::Occupied),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn occupied(data_dir: &Path) -> StartError {
    StartError::Occupied { path: data_dir.display().to_string() }
}

/// Why a socket cannot have this path, if it is too long for one.
pub fn too_long(path: &Path) -> Option<String> {
    let bytes = path.as_os_str().as_bytes().len();
    (bytes > LONGEST_PATH).then(|| {
        format!(
            "its path has {bytes} bytes, and a socket's has {LONGEST_PATH} at most; choose a shorter data_dir"
        )
    })
}

/// What was left by a daemon that is dead. Anything but a socket is somebody's file.
fn remove_stale(path: &Path) -> Result<(), Refused> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => Ok(fs::remove_file(path)?),
        Ok(_) => Err(Refused::Impossible(
            "there is a file of that name, which is no socket; move it away".to_owned(),
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    fn open(directory: &Path) -> Result<Option<OwnersSocket>, StartError> {
        OwnersSocket::open(directory, reserve(directory)?)
    }

    #[test]
    fn a_socket_is_its_owners_alone_and_goes_with_its_daemon() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(SOCKET);
        let socket = open(directory.path()).unwrap().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, MODE);
        assert!(UnixStream::connect(&path).is_ok());
        assert!(matches!(open(directory.path()), Err(StartError::Occupied { .. })));
        assert!(UnixStream::connect(&path).is_ok(), "the living daemon's socket is left alone");
        let lock = socket.close();
        assert!(!path.exists());
        assert!(matches!(open(directory.path()), Err(StartError::Occupied { .. })));
        drop(lock);
        assert!(open(directory.path()).unwrap().is_some());
    }

    #[test]
    fn what_a_dead_daemon_has_left_is_replaced_and_a_file_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(SOCKET);
        open(directory.path()).unwrap().unwrap().stay();
        assert!(path.exists() && UnixStream::connect(&path).is_err());
        drop(open(directory.path()).unwrap().unwrap());
        fs::write(&path, "precious").unwrap();
        assert!(open(directory.path()).unwrap().is_none());
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }

    #[test]
    fn a_path_that_is_too_long_is_done_without() {
        let directory = tempfile::tempdir().unwrap();
        let deep = directory.path().join("x".repeat(120));
        assert!(open(&deep).unwrap().is_none());
        assert!(too_long(&deep.join(SOCKET)).unwrap().contains("107 at most"));
        assert_eq!(too_long(Path::new("evenkeel-data/evenkeel.sock")), None);
    }
}
