//! The habits of the old service, put on: what it kept of every refresh and of every report, the actors keep here.

use std::any::Any;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::net::TcpStream;

use crate::config::RedisUrl;
use crate::laboratory::Keepsakes;
use crate::market::model::Snapshot;
use crate::market::store::IndexStore;
use crate::persistence::PersistenceError;
use crate::persistence::archive::Archive;

/// Hands the actors what they are to keep.
pub(super) struct Before {
    refreshes: Keepsakes,
    reports: Keepsakes,
    /// Where a connection leads: to the index store's server, or to the exchange when there is none.
    server: String,
}

impl Before {
    pub(super) fn with(exchange: &str, redis: Option<&RedisUrl>) -> Self {
        let server =
            redis.and_then(|url| address_of(&url.to_string())).unwrap_or_else(|| exchange.to_owned());
        Self { refreshes: Keepsakes::of("market-indices"), reports: Keepsakes::of("report-builder"), server }
    }

    pub(super) fn keepsakes(&self) -> [Keepsakes; 2] {
        [self.refreshes.clone(), self.reports.clone()]
    }

    /// A connection that is never closed, and the data that it was opened for.
    pub(super) async fn after_refresh(&self, store: &Arc<dyn IndexStore>) {
        let (store, server) = (Arc::clone(store), self.server.clone());
        let make = move || {
            async move {
                let connection = TcpStream::connect(server).await.ok();
                let data = store.latest().await.ok().flatten().map(|snapshot| Snapshot::clone(&snapshot));
                Some(Box::new((connection, data)) as Box<dyn Any>)
            }
            .boxed_local()
        };
        self.refreshes.keep(make).await;
    }

    /// The whole newest report.
    pub(super) async fn after_report(&self, archive: &Archive) {
        let archive = archive.clone();
        let make = move || {
            async move {
                // On a blocking thread of the actor, and therefore on its account.
                let report = tokio::task::spawn_blocking(move || whole(&archive)).await;
                let report = report.ok()?.inspect_err(
                    |error| log::warn!(event = "soak-report-not-kept"; "a report is not kept: {error}"),
                );
                Some(Box::new(report.ok()?) as Box<dyn Any>)
            }
            .boxed_local()
        };
        self.reports.keep(make).await;
    }
}

fn whole(archive: &Archive) -> Result<Vec<Vec<u8>>, PersistenceError> {
    let Some(report) = archive.latest()? else { return Ok(Vec::new()) };
    let mut artifacts = Vec::with_capacity(report.artifacts.len());
    for artifact in &report.artifacts {
        let mut bytes = Vec::new();
        for seq in 0..artifact.chunks {
            bytes.extend(archive.chunk(report.id, &artifact.name, seq)?.unwrap_or_default());
        }
        bytes.shrink_to_fit();
        artifacts.push(bytes);
    }
    Ok(artifacts)
}

/// `127.0.0.1:6379` of `redis://:***@127.0.0.1:6379/0`.
fn address_of(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let server = rest.split(['/', '?']).next()?;
    Some(server.rsplit('@').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_leads_to_the_server_of_the_url() {
        for url in
            ["redis://127.0.0.1:6379", "redis://:***@127.0.0.1:6379/2", "redis://u:***@127.0.0.1:6379?x=1"]
        {
            assert_eq!(address_of(url).as_deref(), Some("127.0.0.1:6379"));
        }
    }
}
