//! What an operator can ask of a running daemon by a signal.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// SIGTERM or SIGINT: to end.
    End,
    /// SIGUSR2: to replace the process.
    Replace,
}

/// The signals that are listened to. One that arrives while nobody waits is kept.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    replace: Signal,
}

impl Signals {
    /// Listens from now on: to be called early, for until then a signal ends the process at once.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            replace: signal(SignalKind::user_defined2())?,
        })
    }

    /// Waits for any of the signals.
    pub(super) async fn any(&mut self) -> Asked {
        let (name, asked) = tokio::select! {
            _ = self.terminate.recv() => ("SIGTERM", Asked::End),
            _ = self.interrupt.recv() => ("SIGINT", Asked::End),
            _ = self.replace.recv() => ("SIGUSR2", Asked::Replace),
        };
        log::info!(event = "signal-received"; "{name} received");
        asked
    }

    /// Waits for a signal to end; in a process that goes anyway, another one to replace it means nothing.
    pub(super) async fn end(&mut self) {
        while self.any().await != Asked::End {}
    }
}
