//! Who judges the process as a whole: it has one resident set, however many supervisors live in it.

/// Whether a supervisor's monitor judges the whole process, besides the children of its own.
///
/// Supervisors share nothing and do not know of each other: where several live in one process, the application says which of
/// them judges it. If all do, each says what it finds; none of them ends the process by itself.
///
/// ```
/// # actix::System::new().block_on(async {
/// use evenkeel::{Supervisor, WholeProcess};
///
/// let first = Supervisor::start();
/// let further = Supervisor::builder().process(WholeProcess::Shown).start();
/// # drop((first, further));
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WholeProcess {
    /// It does.
    #[default]
    Judged,
    /// It shows the process and says nothing of it.
    Shown,
}
