//! Files of one JSON value a line, read within bounds.
//!
//! A line that cannot be read is an error of its own, which names file and line; the lines after it are read. Empty
//! lines are passed over.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A longer line is none that was written here.
const LONGEST_LINE: u64 = 64 * 1024;

/// A line that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{} line {line}: {reason}", path.display())]
pub struct LineError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// The values of a file, one after the other; holds one line at a time.
#[derive(Debug)]
pub struct JsonLines<T> {
    path: PathBuf,
    reader: BufReader<File>,
    line: u64,
    /// After an error of the file there is nothing more.
    failed: bool,
    of: PhantomData<T>,
}

impl<T: DeserializeOwned> JsonLines<T> {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let reader = BufReader::new(File::open(path)?);
        Ok(Self { path: path.to_owned(), reader, line: 0, failed: false, of: PhantomData })
    }

    /// The next line; nothing at the end.
    fn line(&mut self) -> Option<Result<Vec<u8>, String>> {
        if self.failed {
            return None;
        }
        let mut bytes = Vec::new();
        let mut part = self.reader.by_ref().take(LONGEST_LINE);
        match part.read_until(b'\n', &mut bytes) {
            Ok(0) => None,
            Ok(_) if bytes.ends_with(b"\n") => Some(Ok(bytes)),
            Ok(length) if length as u64 == LONGEST_LINE => {
                let skipped = self.reader.skip_until(b'\n').map_err(|error| error.to_string());
                Some(skipped.and(Err(format!("longer than {LONGEST_LINE} bytes"))))
            }
            Ok(_) => Some(Err("broken off: it does not end".to_owned())),
            Err(error) => {
                self.failed = true;
                Some(Err(format!("cannot be read: {error}")))
            }
        }
    }
}

impl<T: DeserializeOwned> Iterator for JsonLines<T> {
    type Item = Result<T, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = loop {
            self.line += 1;
            match self.line()? {
                Ok(empty) if empty == b"\n" => {}
                line => break line,
            }
        };
        let parsed = line.and_then(|bytes| {
            serde_json::from_slice(&bytes).map_err(|error| format!("not what is written here: {error}"))
        });
        Some(parsed.map_err(|reason| LineError { path: self.path.clone(), line: self.line, reason }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named_and_the_rest_is_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let long = "9".repeat(LONGEST_LINE as usize + 5);
        std::fs::write(file.path(), format!("1\nrubbish\n{long}\n\u{0}\n\n2\n3")).unwrap();
        let lines: Vec<_> = JsonLines::<u64>::open(file.path()).unwrap().collect();
        let read: Vec<u64> = lines.iter().flatten().copied().collect();
        assert_eq!(read, [1, 2]);
        let wrong: Vec<u64> = lines.iter().filter_map(|line| line.as_ref().err()).map(|it| it.line).collect();
        assert_eq!(wrong, [2, 3, 4, 7]);
        let broken = lines[5].as_ref().unwrap_err().to_string();
        assert_eq!(broken, format!("{} line 7: broken off: it does not end", file.path().display()));
    }
}
