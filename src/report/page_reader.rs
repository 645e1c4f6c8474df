//! A stored report read as a complete page, one piece at a time: never more than one chunk in memory.

use std::vec::IntoIter;

use super::page::{Embedder, PagePart};
use crate::persistence::PersistenceError;
use crate::persistence::archive::Archive;
use crate::persistence::messages::ArtifactName;

/// Reads the parts of one page, in order. Blocks while it reads the database.
#[derive(Debug)]
pub struct PageReader {
    archive: Archive,
    report: i32,
    parts: IntoIter<PagePart>,
    artifact: Option<OpenArtifact>,
}

#[derive(Debug)]
struct OpenArtifact {
    name: ArtifactName,
    next: u32,
    embedder: Embedder,
}

impl PageReader {
    /// A reader at the beginning of a page of report `report`.
    pub fn new(archive: Archive, report: i32, parts: Vec<PagePart>) -> Self {
        Self { archive, report, parts: parts.into_iter(), artifact: None }
    }

    /// The next piece, never empty; nothing after the last one.
    ///
    /// # Errors
    /// When the database cannot be read; the page is then incomplete.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, PersistenceError> {
        loop {
            let piece = match self.artifact.take() {
                Some(artifact) => self.read(artifact)?,
                None => match self.parts.next() {
                    Some(PagePart::Text(text)) => text.into_bytes(),
                    Some(PagePart::Artifact(name, place)) => {
                        self.artifact = Some(OpenArtifact { name, next: 0, embedder: Embedder::new(place) });
                        continue;
                    }
                    None => return Ok(None),
                },
            };
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
    }

    fn read(&mut self, mut artifact: OpenArtifact) -> Result<Vec<u8>, PersistenceError> {
        let Some(chunk) = self.archive.chunk(self.report, artifact.name, artifact.next)? else {
            return Ok(artifact.embedder.finish());
        };
        let piece = artifact.embedder.push(chunk);
        artifact.next += 1;
        self.artifact = Some(artifact);
        Ok(piece)
    }
}
