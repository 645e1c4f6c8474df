//! One report in the making: what was promised, what has come so far.
//!
//! No database and no clock. A session never accepts a chunk out of order, and never confirms a report that differs by
//! a byte from what its builder counted.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::error::SessionError;
use super::messages::{ArtifactDigest, ArtifactName, SessionId, StoredArtifact, StoredReport};

/// The state of an open report.
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) report_id: i32,
    edition: String,
    pub(super) created_at: Timestamp,
    parts: Vec<Part>,
}

/// One artifact of an open report.
struct Part {
    name: ArtifactName,
    artifact_id: i32,
    chunks: u32,
    length: u64,
    digest: Sha256,
}

/// An artifact that is complete and confirmed by its builder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Confirmed {
    pub(super) artifact_id: i32,
    pub(super) name: ArtifactName,
    pub(super) bytes: u64,
    pub(super) chunks: u32,
    pub(super) sha256: [u8; 32],
}

/// Refuses a list of artifacts of which no report can be made.
pub(super) fn check_artifacts(names: &[ArtifactName]) -> Result<(), SessionError> {
    if names.is_empty() {
        return Err(SessionError::NoArtifacts);
    }
    for (position, name) in names.iter().enumerate() {
        if names[..position].contains(name) {
            return Err(SessionError::Repeated { artifact: (*name).to_owned() });
        }
    }
    Ok(())
}

impl Session {
    /// A session that has received nothing; `artifacts` are names with their ids in the database.
    pub(super) fn new(
        id: SessionId,
        report_id: i32,
        edition: String,
        created_at: Timestamp,
        artifacts: Vec<(ArtifactName, i32)>,
    ) -> Self {
        let part =
            |(name, artifact_id)| Part { name, artifact_id, chunks: 0, length: 0, digest: Sha256::new() };
        Self { id, report_id, edition, created_at, parts: artifacts.into_iter().map(part).collect() }
    }

    /// Takes note of a chunk and says which artifact, in the database, it belongs to. A refused chunk leaves no mark.
    pub(super) fn accept(
        &mut self,
        artifact: ArtifactName,
        seq: u32,
        body: &[u8],
    ) -> Result<i32, SessionError> {
        let session = self.id.0;
        let name = || artifact.to_owned();
        let Some(part) = self.parts.iter_mut().find(|part| part.name == artifact) else {
            return Err(SessionError::UnknownArtifact { session, artifact: name() });
        };
        let expected = part.chunks;
        if seq > expected {
            return Err(SessionError::Gap { session, artifact: name(), seq, expected });
        }
        if seq < expected {
            return Err(SessionError::Duplicate { session, artifact: name(), seq, expected });
        }
        if body.is_empty() {
            return Err(SessionError::EmptyChunk { session, artifact: name(), seq });
        }
        part.chunks += 1;
        part.length += body.len() as u64;
        part.digest.update(body);
        Ok(part.artifact_id)
    }

    /// Compares what has come with what the builder says it sent.
    pub(super) fn confirm(&self, digests: &[ArtifactDigest]) -> Result<Vec<Confirmed>, SessionError> {
        let session = self.id.0;
        if let Some(stranger) =
            digests.iter().find(|d| !self.parts.iter().any(|part| part.name == d.artifact))
        {
            return Err(SessionError::UnknownArtifact { session, artifact: stranger.artifact.to_owned() });
        }
        let artifacts = self.names_of(|part| part.length == 0);
        if !artifacts.is_empty() {
            return Err(SessionError::Incomplete { session, artifacts });
        }
        let artifacts = self.names_of(|part| !digests.iter().any(|digest| digest.artifact == part.name));
        if !artifacts.is_empty() {
            return Err(SessionError::Unconfirmed { session, artifacts });
        }
        let confirmed: Vec<Confirmed> = self.parts.iter().map(Part::finished).collect();
        for part in &confirmed {
            for sent in digests.iter().filter(|digest| digest.artifact == part.name) {
                if (sent.length, sent.sha256) != (part.bytes, part.sha256) {
                    return Err(SessionError::DigestMismatch {
                        session,
                        artifact: part.name.to_owned(),
                        sent: describe(sent.length, &sent.sha256),
                        received: describe(part.bytes, &part.sha256),
                    });
                }
            }
        }
        Ok(confirmed)
    }

    /// What readers see once everything in `confirmed` is committed.
    pub(super) fn stored(self, confirmed: Vec<Confirmed>) -> StoredReport {
        let Self { report_id: id, edition, created_at, .. } = self;
        let stored = |part: Confirmed| {
            StoredArtifact::new(part.name.to_owned(), part.bytes, part.chunks, &part.sha256)
        };
        StoredReport { id, edition, created_at, artifacts: confirmed.into_iter().map(stored).collect() }
    }

    fn names_of(&self, belongs: impl Fn(&Part) -> bool) -> Vec<String> {
        self.parts.iter().filter(|part| belongs(part)).map(|part| part.name.to_owned()).collect()
    }
}

impl Part {
    fn finished(&self) -> Confirmed {
        Confirmed {
            artifact_id: self.artifact_id,
            name: self.name,
            bytes: self.length,
            chunks: self.chunks,
            sha256: self.digest.clone().finalize().into(),
        }
    }
}

fn describe(length: u64, sha256: &[u8; 32]) -> String {
    // Eight digits tell two contents apart; the whole digest would fill the line.
    let [a, b, c, d, ..] = sha256;
    format!("{length} bytes with SHA-256 {a:02x}{b:02x}{c:02x}{d:02x}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session::new(
            SessionId(7),
            1,
            "daily".to_owned(),
            Timestamp::UNIX_EPOCH,
            vec![("html", 10), ("css", 11)],
        )
    }

    fn digest(artifact: ArtifactName, content: &[u8]) -> ArtifactDigest {
        ArtifactDigest { artifact, length: content.len() as u64, sha256: Sha256::digest(content).into() }
    }

    #[test]
    fn chunks_are_accepted_in_order_and_an_artifact_at_a_time() {
        let mut session = session();
        let table = [
            ("html", 0, b"a".as_slice(), Ok(10)),
            ("css", 0, b"b".as_slice(), Ok(11)),
            ("html", 1, b"c".as_slice(), Ok(10)),
            ("html", 3, b"d".as_slice(), Err("chunk 3 of html in report session 7 came before chunk 2")),
            (
                "html",
                1,
                b"c".as_slice(),
                Err("chunk 1 of html in report session 7 came again: chunk 2 was due"),
            ),
            ("html", 2, b"".as_slice(), Err("chunk 2 of html in report session 7 is empty")),
            ("js", 0, b"d".as_slice(), Err("report session 7 has no artifact js")),
            ("html", 2, b"d".as_slice(), Ok(10)),
        ];
        for (artifact, seq, body, expected) in table {
            let got = session.accept(artifact, seq, body).map_err(|error| error.to_string());
            assert_eq!(got, expected.map_err(str::to_owned), "{artifact} {seq}");
        }
        let confirmed = session.confirm(&[digest("html", b"acd"), digest("css", b"b")]).unwrap();
        assert_eq!((confirmed[0].bytes, confirmed[0].chunks), (3, 3));
        assert_eq!((confirmed[1].bytes, confirmed[1].chunks), (1, 1));
    }

    #[test]
    fn every_missing_artifact_is_named() {
        let session = session();
        let error = session.confirm(&[digest("html", b""), digest("css", b"")]).unwrap_err();
        assert_eq!(error.to_string(), "report session 7 cannot be stored: missing or empty: html, css");
    }

    #[test]
    fn a_report_is_confirmed_by_all_its_digests_and_no_others() {
        let mut session = session();
        session.accept("html", 0, b"a").unwrap();
        session.accept("css", 0, b"b").unwrap();
        let table = [
            (vec![digest("html", b"a")], "report session 7 cannot be stored: no digest came for css"),
            (
                vec![digest("html", b"a"), digest("css", b"b"), digest("js", b"x")],
                "report session 7 has no artifact js",
            ),
            (
                vec![digest("html", b"ab"), digest("css", b"b")],
                "report session 7 cannot be stored: html was sent as 2 bytes with SHA-256 fb8e20fc… and received as 1 bytes with SHA-256 ca978112…",
            ),
        ];
        for (digests, expected) in table {
            assert_eq!(session.confirm(&digests).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn artifacts_have_names_of_their_own() {
        assert_eq!(check_artifacts(&[]), Err(SessionError::NoArtifacts));
        assert_eq!(
            check_artifacts(&["a", "b", "a"]),
            Err(SessionError::Repeated { artifact: "a".to_owned() })
        );
        assert_eq!(check_artifacts(&["a", "b"]), Ok(()));
    }
}
