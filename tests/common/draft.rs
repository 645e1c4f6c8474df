//! A builder that sends what a test tells it to.

use actix::prelude::*;
use evenkeel::persistence::PersistenceError;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::messages::{
    AppendChunk, ArtifactDigest, ArtifactName, BeginReport, CommitReport, Lease, LeaseHolder, SessionId,
    StoredReport,
};
use evenkeel::persistence::slot_messages::SlotClaim;
use sha2::{Digest, Sha256};

/// A report that is being sent.
pub(crate) struct Draft {
    address: Addr<Persistence>,
    pub(crate) session: SessionId,
    _holder: LeaseHolder,
    parts: Vec<(ArtifactName, u32, u64, Sha256)>,
}

impl Draft {
    pub(crate) async fn begin(
        address: &Addr<Persistence>,
        artifacts: &[ArtifactName],
    ) -> Result<Self, PersistenceError> {
        Self::begin_for(address, artifacts, None).await
    }

    /// The same for a due slot.
    pub(crate) async fn begin_for(
        address: &Addr<Persistence>,
        artifacts: &[ArtifactName],
        slot: Option<SlotClaim>,
    ) -> Result<Self, PersistenceError> {
        let (holder, lease) = Lease::new();
        let begin = BeginReport {
            edition: "daily".to_owned(),
            created_at: "2026-03-02T02:00:00.123456Z".parse().unwrap(),
            artifacts: artifacts.to_vec(),
            lease,
            slot,
        };
        let session = address.send(begin).await.unwrap()?;
        let parts = artifacts.iter().map(|name| (*name, 0, 0, Sha256::new())).collect();
        Ok(Self { address: address.clone(), session, _holder: holder, parts })
    }

    pub(crate) async fn append(
        &mut self,
        artifact: ArtifactName,
        body: Vec<u8>,
    ) -> Result<(), PersistenceError> {
        let part = self.parts.iter_mut().find(|part| part.0 == artifact).unwrap();
        part.3.update(&body);
        part.2 += body.len() as u64;
        let append = AppendChunk { session: self.session, artifact, seq: part.1, body };
        part.1 += 1;
        self.address.send(append).await.unwrap()
    }

    pub(crate) fn digests(&self) -> Vec<ArtifactDigest> {
        let digest = |(artifact, _, length, sha256): &(ArtifactName, u32, u64, Sha256)| ArtifactDigest {
            artifact,
            length: *length,
            sha256: sha256.clone().finalize().into(),
        };
        self.parts.iter().map(digest).collect()
    }

    pub(crate) async fn commit(self) -> Result<StoredReport, PersistenceError> {
        let commit = CommitReport { session: self.session, digests: self.digests() };
        self.address.send(commit).await.unwrap()
    }
}
