//! The instrument's check of itself: whether the numbers can be believed, and what follows when they cannot.

use std::fmt;
use std::hint::black_box;

use serde::{Deserialize, Serialize};

use super::arena::{ArenaError, Arenas};
use super::probe::{HugePages, huge_pages};

/// Allocated on trial. Larger than what a thread's cache keeps.
const TRIAL: usize = 256 * 1024;

/// Why only the process can be measured.
const UNAVAILABLE: &str = if cfg!(feature = "jemalloc") {
    "memory is observed and not acted upon: the program does not use evenkeel's allocator, so that only the whole process \
     can be measured; see install_allocator!"
} else {
    "memory is observed and not acted upon: evenkeel was built without the feature jemalloc, so that only the whole process \
     can be measured"
};

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Instrument {
    /// The program uses the allocator that tells children apart, with its statistics compiled in.
    pub available: bool,
    /// What a thread of a child allocates is charged to an arena of its own: tried out on the monitor's thread.
    pub charged: bool,
    /// The allocator's background thread is on; nothing when it does not say.
    pub background_thread: Option<bool>,
    /// The kernel's setting for transparent huge pages.
    pub huge_pages: HugePages,
}

impl Instrument {
    /// Checks, on the calling thread, which has to be one of a child.
    pub fn check(arenas: Option<&Arenas>) -> Self {
        let charged = arenas.map(is_charged).and_then(|tried| {
            tried.inspect_err(|error| log::warn!(event = "instrument-untried"; "the instrument cannot be tried out: {error}")).ok()
        });
        Self {
            available: arenas.is_some(),
            charged: charged.unwrap_or(false),
            background_thread: arenas.and_then(|arenas| arenas.background_thread().ok()),
            huge_pages: huge_pages(),
        }
    }

    /// What is wrong, each with its consequence.
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        if !self.available {
            warnings.push(UNAVAILABLE);
            return warnings;
        }
        if !self.charged {
            warnings.push(
                "a child's memory is not charged to its own arena: the numbers of the children mean nothing",
            );
        }
        if self.background_thread != Some(true) {
            warnings.push(
                "the allocator's background thread is off: a child that is idle keeps its unused pages, and looks \
                 larger than it is until it is purged",
            );
        }
        if self.huge_pages == HugePages::Always {
            warnings.push(
                "transparent huge pages are always on: memory becomes resident 2 MiB at a time, and resident sets \
                 are larger than what is used; madvise in /sys/kernel/mm/transparent_hugepage/enabled prevents that",
            );
        }
        warnings
    }
}

impl fmt::Display for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes_or_no = |is: bool| if is { "yes" } else { "no" };
        let background = self.background_thread.map_or("unknown", |on| if on { "on" } else { "off" });
        let huge_pages = match self.huge_pages {
            HugePages::Always => "always",
            HugePages::Madvise => "madvise",
            HugePages::Never => "never",
            HugePages::Unknown => "unknown",
        };
        write!(
            f,
            "statistics: {}, children on arenas of their own: {}, background thread: {background}, huge pages: {huge_pages}",
            yes_or_no(self.available),
            yes_or_no(self.charged)
        )
    }
}

/// Whether what this thread allocates appears in the arena that it is bound to, and goes when it is freed.
fn is_charged(arenas: &Arenas) -> Result<bool, ArenaError> {
    let arena = arenas.bound()?;
    let before = arena.usage()?.allocated;
    let block = black_box(vec![1_u8; TRIAL]);
    let during = arena.usage()?.allocated;
    drop(block);
    let after = arena.usage()?.allocated;
    let trial = TRIAL as u64;
    let close = |left: u64, right: u64| left.abs_diff(right) < trial / 4;
    Ok(close(during.saturating_sub(before), trial) && close(during.saturating_sub(after), trial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_fails_names_its_consequence() {
        let good = Instrument {
            available: true,
            charged: true,
            background_thread: Some(true),
            huge_pages: HugePages::Madvise,
        };
        assert_eq!(good.warnings(), [""; 0]);
        assert_eq!(
            good.to_string(),
            "statistics: yes, children on arenas of their own: yes, background thread: on, huge pages: madvise"
        );
        let bad = Instrument {
            charged: false,
            background_thread: Some(false),
            huge_pages: HugePages::Always,
            ..good.clone()
        };
        assert_eq!(bad.warnings().len(), 3);
        let none = Instrument { available: false, ..bad };
        assert_eq!(none.warnings().len(), 1);
        let remedy = if cfg!(feature = "jemalloc") { "install_allocator!" } else { "the feature jemalloc" };
        assert!(none.warnings()[0].contains(remedy));
    }

    #[test]
    fn without_the_allocator_nothing_is_claimed() {
        let found = Instrument::check(None);
        assert!(!found.available && !found.charged && found.background_thread.is_none());
    }
}
