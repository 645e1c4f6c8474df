//! Recorded samples: what was measured at every tick, in a file that is bounded in size, for a replay.
//!
//! The file begins with the rules that held when it was written. When it has half of its size it becomes `….1`, in
//! place of the one before, and a new one is begun. A disk that fails costs the recording and nothing else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::json_lines::{JsonLines, LineError};
use super::sample::Sample;
use crate::config::MemoryConfig;

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TapeLine {
    /// The settings from here on; generations begin anew, unless it is the first line of the later of two files.
    Rules(Box<MemoryConfig>),
    /// What was measured.
    Tick(Tick),
}

/// All accounts at one tick. Sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// When, in milliseconds of the daemon's clock since 1970.
    pub at_ms: i64,
    /// The process's resident set, if it could be read.
    pub rss: Option<u64>,
    /// The part of it that is charged to no child.
    pub unattributed: Option<i64>,
    /// One entry a child.
    pub children: Vec<ChildTick>,
}

/// One child's account at one tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildTick {
    /// The child's name.
    pub name: String,
    /// Its generation.
    pub generation: u64,
    /// Living bytes; nothing where they could not be read.
    pub allocated: Option<u64>,
    /// Physical memory.
    pub resident: Option<u64>,
    /// Messages that the generation has taken.
    pub work: u64,
    /// Messages that wait.
    pub mailbox: usize,
    /// Endings that counted against the crash budget.
    #[serde(default)]
    pub crashes: u64,
    /// Restarts because of its memory.
    #[serde(default)]
    pub memory_restarts: u64,
}

impl Tick {
    /// The sample of the process's account: what is charged to no child is what may grow without an owner, and the
    /// resident set is what limits are compared with. Without accounts of children both are the resident set.
    pub fn process(&self) -> Option<Sample> {
        let resident = self.rss?;
        let allocated = match self.unattributed {
            Some(bytes) => bytes.max(0).unsigned_abs(),
            // What no child owns is not known at this tick.
            None if self.children.iter().any(|child| child.allocated.is_some()) => return None,
            None => resident,
        };
        Some(Sample { at_ms: self.at_ms, generation: 1, allocated, resident, work: None })
    }

    /// The sample of one of the `children`.
    pub fn sample(&self, child: &ChildTick) -> Option<Sample> {
        let (at_ms, generation, work) = (self.at_ms, child.generation, Some(child.work));
        Some(Sample { at_ms, generation, allocated: child.allocated?, resident: child.resident?, work })
    }
}

/// Writes ticks.
#[derive(Debug)]
pub struct Tape {
    path: PathBuf,
    /// Bytes of the two files together.
    most: u64,
    rules: Vec<u8>,
    file: Option<(File, u64)>,
    failed: bool,
}

impl Tape {
    /// A recorder into the file at `path` and the one beside it, of at most `config.samples` together.
    pub fn new(path: &Path, config: &MemoryConfig) -> Self {
        let rules = line(&TapeLine::Rules(Box::new(config.clone()))).unwrap_or_default();
        Self { path: path.to_owned(), most: config.samples.as_u64(), rules, file: None, failed: false }
    }

    /// Appends a tick.
    pub fn record(&mut self, tick: Tick) {
        if self.most == 0 {
            return;
        }
        match self.append(tick) {
            Ok(()) => self.failed = false,
            Err(error) => {
                self.file = None;
                if !self.failed {
                    log::warn!(event = "samples-not-recorded"; "samples are not recorded in {}: {error}", self.path.display());
                }
                self.failed = true;
            }
        }
    }

    fn append(&mut self, tick: Tick) -> io::Result<()> {
        let line = line(&TapeLine::Tick(tick))?;
        let (mut file, mut length) = match self.file.take() {
            Some(open) => open,
            None => self.begin(false)?,
        };
        let more = line.len() as u64;
        if length + more > self.most / 2 && length > self.rules.len() as u64 {
            (file, length) = self.begin(true)?;
        }
        file.write_all(&line)?;
        self.file = Some((file, length + more));
        Ok(())
    }

    /// Opens the file, an empty one if `anew`, and writes the rules to it.
    fn begin(&self, anew: bool) -> io::Result<(File, u64)> {
        if let Some(directory) = self.path.parent() {
            fs::create_dir_all(directory)?;
        }
        if anew {
            fs::rename(&self.path, earlier(&self.path))?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        let length = file.metadata()?.len();
        // Whatever a process that was killed left half written ends here.
        let mut start = if length > 0 { vec![b'\n'] } else { Vec::new() };
        start.extend_from_slice(&self.rules);
        file.write_all(&start)?;
        Ok((file, length + start.len() as u64))
    }
}

/// Reads a recording, the earlier file beside it first. A line that cannot be read is an error of its own.
///
/// # Errors
/// When the file cannot be opened.
pub fn read(path: &Path) -> io::Result<impl Iterator<Item = Result<TapeLine, LineError>>> {
    parts(path).map(|parts| parts.into_iter().flatten())
}

/// The files of a recording: the earlier one, if there is one, and the one at `path`. What the second begins with goes
/// on from the end of the first; rules anywhere else are those of a daemon that began anew.
///
/// # Errors
/// When a file cannot be opened.
pub fn parts(path: &Path) -> io::Result<Vec<JsonLines<TapeLine>>> {
    let before = match JsonLines::open(&earlier(path)) {
        Ok(lines) => Some(lines),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    Ok(before.into_iter().chain([JsonLines::open(path)?]).collect())
}

fn earlier(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".1");
    PathBuf::from(name)
}

fn line(value: &TapeLine) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use bytesize::ByteSize;

    use super::*;

    fn tick(at_ms: i64) -> Tick {
        let child = ChildTick {
            name: "worker".to_owned(),
            generation: 2,
            allocated: Some(100),
            resident: Some(200),
            work: 3,
            mailbox: 0,
            crashes: 0,
            memory_restarts: 0,
        };
        Tick { at_ms, rss: Some(1000), unattributed: Some(800), children: vec![child] }
    }

    fn config(samples: u64) -> MemoryConfig {
        MemoryConfig { samples: ByteSize::b(samples), ..MemoryConfig::default() }
    }

    fn times(path: &Path) -> Vec<i64> {
        let ticks = read(path).unwrap().filter_map(|line| match line {
            Ok(TapeLine::Tick(tick)) => Some(tick.at_ms),
            Ok(TapeLine::Rules(_)) | Err(_) => None,
        });
        ticks.collect()
    }

    #[test]
    fn a_recording_is_bounded_and_every_file_knows_its_rules() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data/samples.jsonl");
        let mut tape = Tape::new(&path, &config(4096));
        for at_ms in 0..100 {
            tape.record(tick(at_ms));
            let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
            assert!(size(&path) + size(&earlier(&path)) <= 4096);
        }
        let read_back = times(&path);
        assert_eq!(read_back, (read_back[0]..100).collect::<Vec<_>>());
        assert!(read_back.len() > 5, "{read_back:?}");
        for file in [path.clone(), earlier(&path)] {
            let first = JsonLines::<TapeLine>::open(&file).unwrap().next().unwrap().unwrap();
            assert_eq!(first, TapeLine::Rules(Box::new(config(4096))));
        }
    }

    #[test]
    fn a_line_that_broke_off_is_named_and_recording_goes_on_behind_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("samples.jsonl");
        fs::write(&path, "{\"tick\":{\"at_ms\":1,").unwrap();
        Tape::new(&path, &config(1 << 20)).record(tick(2));
        Tape::new(&path, &config(1 << 20)).record(tick(3));
        assert_eq!(times(&path), [2, 3]);
        let error = read(&path).unwrap().find_map(Result::err).unwrap();
        assert_eq!((error.path.as_path(), error.line), (path.as_path(), 1));
    }

    #[test]
    fn nothing_is_recorded_where_there_is_no_room() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("samples.jsonl");
        Tape::new(&path, &config(0)).record(tick(1));
        assert!(!path.exists());
    }

    #[test]
    fn the_process_is_judged_by_what_no_child_owns() {
        let process = tick(5).process().unwrap();
        assert_eq!((process.allocated, process.resident, process.generation), (800, 1000, 1));
        assert_eq!(
            Tick { unattributed: None, ..tick(5) }.process(),
            None,
            "one of the accounts was not read"
        );
        let observed = Tick { unattributed: None, children: Vec::new(), ..tick(5) }.process().unwrap();
        assert_eq!((observed.allocated, observed.resident), (1000, 1000));
        assert_eq!(Tick { rss: None, ..tick(5) }.process(), None);
    }
}
