//! The writer of one report, lent to the blocking thread for one section at a time.

use super::courier::{Cancelled, Courier, Sender};
use super::messages::{BuildError, Progress};
use super::section::Section;
use super::writer::{ReportWriter, WriteError};
use crate::memory::arena::Arena;
use crate::persistence::messages::ArtifactDigest;

/// The writer, lent to the blocking thread for one section at a time.
pub(super) struct Press<'a> {
    courier: Courier,
    writer: Option<ReportWriter<Sender>>,
    progress: &'a Progress,
    /// Where the pages of constituents lived and died.
    arena: Option<Arena>,
}

impl<'a> Press<'a> {
    pub(super) fn new(
        courier: Courier,
        writer: ReportWriter<Sender>,
        progress: &'a Progress,
        arena: Option<Arena>,
    ) -> Self {
        Self { courier, writer: Some(writer), progress, arena }
    }

    /// Writes one section on the blocking thread while its chunks are carried away.
    pub(super) async fn run(
        &mut self,
        section: Section,
        write: impl FnOnce(&mut ReportWriter<Sender>) -> Result<(), WriteError> + Send + 'static,
    ) -> Result<(), BuildError> {
        let Some(mut writer) = self.writer.take() else { return Err(BuildError::Cancelled) };
        self.progress.enter(section);
        let work = move || {
            let written = write(&mut writer);
            (writer, written)
        };
        let (writer, written) = self.courier.serve(work).await?;
        self.writer = Some(writer);
        self.progress.advance();
        // Within a second the allocator would do it by itself, but a second is ten pages.
        if let Some(Err(error)) = self.arena.as_ref().map(Arena::purge) {
            log::debug!("the garbage of a section stays for a while: {error}");
        }
        Ok(written?)
    }

    /// Says what is going to be written, while its data is still on the way.
    pub(super) fn prepare(&self, section: Section) {
        self.progress.enter(section);
    }

    /// Hands over what is left of each artifact.
    pub(super) async fn finish(mut self) -> Result<Vec<ArtifactDigest>, BuildError> {
        let Some(writer) = self.writer.take() else { return Err(BuildError::Cancelled) };
        Ok(self.courier.serve(move || writer.finish()).await??)
    }
}

impl From<Cancelled> for BuildError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<WriteError> for BuildError {
    fn from(error: WriteError) -> Self {
        let reason = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        let told = reason.fold(error.to_string(), |told, cause| format!("{told}: {cause}"));
        Self::Writing(told)
    }
}
