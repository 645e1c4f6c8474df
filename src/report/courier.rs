//! Carries chunks from the blocking thread that renders them to `Persistence`, one at a time.
//!
//! The rendering thread waits for each acknowledgement, so that one chunk is under way at most. When either side goes
//! away the other one is told: a cancelled build ends its thread at the next chunk.

use std::io;

use tokio::sync::{mpsc, oneshot};

use super::chunk::ChunkSink;
use super::phases::Meter;
use crate::persistence::messages::{AppendChunk, ArtifactName, SessionId};
use crate::supervision::recipient::Recipient;

/// The rendering thread's end.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    parcels: mpsc::Sender<Parcel>,
    meter: Meter,
}

/// The builder's end.
#[derive(Debug)]
pub(super) struct Courier {
    parcels: mpsc::Receiver<Parcel>,
    append: Recipient<AppendChunk>,
    session: SessionId,
    meter: Meter,
}

#[derive(Debug)]
struct Parcel {
    artifact: ArtifactName,
    seq: u32,
    body: Vec<u8>,
    signed: oneshot::Sender<Result<(), String>>,
}

impl Courier {
    /// A courier for one open report.
    pub(super) fn new(append: Recipient<AppendChunk>, session: SessionId, meter: &Meter) -> (Sender, Self) {
        let (sender, parcels) = mpsc::channel(1);
        let sender = Sender { parcels: sender, meter: meter.clone() };
        (sender, Self { parcels, append, session, meter: meter.clone() })
    }

    /// Runs `work` on a blocking thread and delivers what it writes meanwhile.
    ///
    /// A panic of `work` goes on in the caller.
    pub(super) async fn serve<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Cancelled> {
        let since = self.meter.stopwatch();
        let mut working = tokio::task::spawn_blocking(work);
        let worked = loop {
            tokio::select! {
                worked = &mut working => break worked,
                Some(parcel) = self.parcels.recv() => self.deliver(parcel).await,
            }
        };
        self.meter.wrote(&since);
        worked.map_err(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Cancelled,
        })
    }

    async fn deliver(&self, parcel: Parcel) {
        let Parcel { artifact, seq, body, signed } = parcel;
        let append = AppendChunk { session: self.session, artifact, seq, body };
        let result = match self.append.send(append).await {
            Ok(result) => result.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        // The thread waits for this; if it is gone, so is the build.
        let _ = signed.send(result);
    }
}

/// The runtime ended before the work did.
#[derive(Debug)]
pub(super) struct Cancelled;

impl ChunkSink for Sender {
    fn append(&mut self, artifact: ArtifactName, seq: u32, body: Vec<u8>) -> io::Result<()> {
        let (signed, receipt) = oneshot::channel();
        let parcel = Parcel { artifact, seq, body, signed };
        let cancelled = || io::Error::new(io::ErrorKind::BrokenPipe, "the build was cancelled");
        let since = self.meter.stopwatch();
        self.parcels.blocking_send(parcel).map_err(|_| cancelled())?;
        let signed = receipt.blocking_recv().map_err(|_| cancelled())?;
        self.meter.appended(&since);
        signed.map_err(io::Error::other)
    }
}
