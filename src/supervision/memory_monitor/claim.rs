//! Who judges the process as a whole. A process has one resident set, so that of several supervisors in it one judges
//! it, and the others show it.

use std::sync::atomic::{AtomicBool, Ordering};

/// One claim a process.
static HELD: AtomicBool = AtomicBool::new(false);

/// Whether a supervisor's monitor judges the whole process, besides the children of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WholeProcess {
    /// The monitor that asked first, as long as it lives; then whichever asks next. Monitors ask at every tick.
    #[default]
    First,
    /// This one, whatever others do: the program has one supervisor and knows it.
    Always,
    /// Not this one. It shows the process and says nothing of it.
    Never,
}

/// The right to judge the process; given back when dropped.
#[derive(Debug)]
pub(super) struct Claim {
    exclusive: bool,
}

impl Claim {
    pub(super) fn take(process: WholeProcess) -> Option<Self> {
        match process {
            WholeProcess::Always => Some(Self { exclusive: false }),
            WholeProcess::Never => None,
            WholeProcess::First => {
                let free = HELD.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire).is_ok();
                // Made only if it is free: one that is made is given back when it is dropped.
                free.then(|| Self { exclusive: true })
            }
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.exclusive {
            HELD.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_holds_the_process_and_the_next_one_follows() {
        let first = Claim::take(WholeProcess::First);
        assert!(first.is_some());
        assert!(Claim::take(WholeProcess::First).is_none() && Claim::take(WholeProcess::Never).is_none());
        drop(Claim::take(WholeProcess::Always).unwrap());
        assert!(Claim::take(WholeProcess::First).is_none(), "what was not taken is not given back");
        drop(first);
        assert!(Claim::take(WholeProcess::First).is_some());
    }
}
