//! The guarantee that a database file has one writer, in this process and among processes.
//!
//! The lock lies on a file beside the database, never on the database itself: closing any handle of a database file
//! would take away the locks that SQLite holds on it. The file stays when the lock is gone; removing it would let two
//! processes lock two files of the same name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::open_error::OpenError;

/// Held for as long as the value lives; the system takes it back from a process that ends in any way.
#[derive(Debug)]
pub(super) struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Becomes the writer of `database`, or says at once who is.
    pub(super) fn take(database: &Path) -> Result<Self, OpenError> {
        let lock = lock_path(database);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock)
            .map_err(|error| not_writable(database, &lock, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::InUse { path: database.to_path_buf(), holder: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(not_writable(database, &lock, &error)),
        }
        write_holder(&mut file).map_err(|error| not_writable(database, &lock, &error))?;
        Ok(Self { _file: file })
    }
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn write_holder(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = Read::take(file, 20).read_to_string(&mut text);
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if read.is_ok() && is_number { text } else { "unknown".to_owned() }
}

fn not_writable(database: &Path, lock: &Path, error: &std::io::Error) -> OpenError {
    OpenError::NotWritable { path: database.to_path_buf(), reason: format!("{}: {error}", lock.display()) }
}
