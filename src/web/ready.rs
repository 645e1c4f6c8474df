//! `GET /ready`: whether the daemon can do all of its work now, dependency by dependency, each with the reason why not.
//!
//! A dependency that takes too long is not there, and that is the reason. What was found is told to everybody for a
//! second, and no dependency is asked while it owes an answer, so that whoever probes often loads nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::{HttpResponse, route, web};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::face::Face;
use crate::clock::Stopwatch;
use crate::supervision::status::{ChildState, SupervisorState, SupervisorStatus};

/// How long a dependency may take.
const WITHIN: Duration = Duration::from_secs(2);

/// How long what was found is told again.
const KEPT: Duration = Duration::from_secs(1);

/// Whether the daemon can do all of its work, and why not.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct Readiness {
    /// `ready` or `unready`.
    status: &'static str,
    /// All that is wrong, in one line; absent while nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<String>,
    /// Everything that was looked at.
    checks: Vec<Check>,
}

/// One dependency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct Check {
    /// `supervisor`, `actors`, `database`, `snapshot`, and `redis` where one is configured.
    name: &'static str,
    /// Whether it is as it should be.
    ok: bool,
    /// Why not; absent while it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
}

/// What is known between two probes.
#[derive(Debug, Default)]
pub(super) struct Probes {
    latest: Mutex<Option<(Stopwatch, Readiness)>>,
    supervisor: Question,
    database: Question,
    snapshot: Question,
    redis: Question,
}

/// Whether an answer is owed.
#[derive(Debug, Default)]
struct Question(Arc<AtomicBool>);

/// Until it is dropped, an answer is owed.
struct Owed(Arc<AtomicBool>);

impl Drop for Owed {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Question {
    /// Asks, unless an answer is owed, and waits for [`WITHIN`]; the question goes on after that.
    async fn ask<T: 'static>(
        &self,
        question: impl Future<Output = Result<T, String>> + 'static,
    ) -> Result<T, String> {
        if self.0.swap(true, Ordering::Acquire) {
            return Err("a question of earlier has not been answered yet".to_owned());
        }
        let owed = Owed(Arc::clone(&self.0));
        let asked = actix_rt::spawn(async move {
            let answer = question.await;
            drop(owed);
            answer
        });
        match tokio::time::timeout(WITHIN, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(ended)) => Err(format!("the question came to nothing: {ended}")),
            Err(_) => Err(format!("no answer within {WITHIN:?}")),
        }
    }
}

impl Probes {
    /// What was found a moment ago, or else what is found now.
    async fn readiness(&self, examine: impl Future<Output = Vec<Check>>) -> Readiness {
        // Who comes while somebody looks waits for what he finds.
        let mut latest = self.latest.lock().await;
        if let Some((since, readiness)) = &*latest
            && since.elapsed() < KEPT
        {
            return readiness.clone();
        }
        let readiness = Readiness::of(examine.await);
        *latest = Some((Stopwatch::start(), readiness.clone()));
        readiness
    }

    async fn examine(&self, face: &Face) -> Vec<Check> {
        let (supervisor, archive) = (face.supervisor.clone(), face.archive.clone());
        let (store, server) = (Arc::clone(&face.store), Arc::clone(&face.store));
        let status =
            self.supervisor.ask(async move { supervisor.status().await.map_err(|error| error.to_string()) });
        let database = self.database.ask(async move {
            let read = web::block(move || archive.latest()).await;
            read.map_err(|_| "the daemon is ending".to_owned())?.map(drop).map_err(|error| error.to_string())
        });
        let snapshot = self.snapshot.ask(async move {
            let latest = store.latest().await.map_err(|error| error.to_string())?;
            let missing = "there is none that is younger than market.snapshot_ttl";
            latest.map(drop).ok_or_else(|| missing.to_owned())
        });
        let is_shared = server.is_shared();
        let redis = self.redis.ask(async move { server.check().await.map_err(|error| error.to_string()) });
        let redis = async { if is_shared { Some(redis.await) } else { None } };
        let (status, database, snapshot, redis) = tokio::join!(status, database, snapshot, redis);
        let actors = match &status {
            Ok(status) => all_run(status),
            Err(_) => Err("nobody knows without the supervisor".to_owned()),
        };
        let supervisor = status.and_then(|status| supervises(face, &status));
        let found = [
            ("supervisor", Some(supervisor)),
            ("actors", Some(actors)),
            ("database", Some(database)),
            ("snapshot", Some(snapshot)),
            ("redis", redis),
        ];
        found.into_iter().filter_map(|(name, outcome)| Some(Check::of(name, outcome?))).collect()
    }
}

impl Check {
    fn of(name: &'static str, outcome: Result<(), String>) -> Self {
        Self { name, ok: outcome.is_ok(), reason: outcome.err() }
    }
}

impl Readiness {
    fn of(checks: Vec<Check>) -> Self {
        let wrong: Vec<String> = checks
            .iter()
            .filter_map(|check| Some(format!("{}: {}", check.name, check.reason.as_ref()?)))
            .collect();
        let detail = (!wrong.is_empty()).then(|| wrong.join("; "));
        let status = if detail.is_none() { "ready" } else { "unready" };
        Self { status, detail, checks }
    }
}

fn supervises(face: &Face, status: &SupervisorStatus) -> Result<(), String> {
    match status.state {
        SupervisorState::Supervising => Ok(()),
        SupervisorState::ShuttingDown => Err("the daemon is shutting down".to_owned()),
        SupervisorState::GaveUp => Err(face.supervisor.fault().map_or_else(
            || "it gave up".to_owned(),
            |fault| format!("it gave up: {} {}", fault.child, fault.root_cause),
        )),
    }
}

fn all_run(status: &SupervisorStatus) -> Result<(), String> {
    let idle: Vec<String> = status
        .children
        .iter()
        .filter_map(|child| {
            let state = match child.state {
                ChildState::Running => return None,
                ChildState::Draining => "is draining",
                ChildState::Restarting => "is being restarted",
                ChildState::Ended => "has ended",
            };
            Some(format!("{} {state}", child.name))
        })
        .collect();
    if idle.is_empty() { Ok(()) } else { Err(idle.join(", ")) }
}

/// Whether the daemon can do all of its work now.
///
/// For whoever decides whether to send it work, or to wait for it. It is alive as long as `/health` says so, and serves
/// what it has even where this answers 503.
#[utoipa::path(
    operation_id = "ready",
    tag = "operation",
    responses(
        (status = 200, description = "It can.", body = Readiness),
        (status = 503, description = "It cannot; each failing check has its reason.", body = Readiness),
    )
)]
#[route("/ready", method = "GET", method = "HEAD")]
pub(super) async fn ready(face: web::Data<Face>, probes: web::Data<Probes>) -> HttpResponse {
    let readiness = probes.readiness(probes.examine(&face)).await;
    let mut answer = match readiness.detail {
        None => HttpResponse::Ok(),
        Some(_) => HttpResponse::ServiceUnavailable(),
    };
    answer.insert_header(("Cache-Control", "no-store")).json(readiness)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[actix_rt::test]
    async fn what_was_found_is_told_for_a_second() {
        tokio::time::pause();
        let probes = Probes::default();
        let looked = Cell::new(0);
        let look = || async {
            looked.set(looked.get() + 1);
            vec![Check::of("database", Err(format!("look {}", looked.get())))]
        };
        for (later, expected) in [(0, 1), (0, 1), (990, 1), (20, 2), (500, 2)] {
            tokio::time::sleep(Duration::from_millis(later)).await;
            let readiness = probes.readiness(look()).await;
            assert_eq!(readiness.detail, Some(format!("database: look {expected}")));
        }
    }

    #[actix_rt::test]
    async fn who_takes_too_long_has_failed_and_is_not_asked_again_before_he_answers() {
        tokio::time::pause();
        let question = Question::default();
        let (answer, answered) = tokio::sync::oneshot::channel();
        let slow = async { answered.await.map_err(|error| error.to_string()) };
        assert_eq!(question.ask(slow).await, Err("no answer within 2s".to_owned()));
        let never = async { panic!("it was asked again") };
        let owed = "a question of earlier has not been answered yet".to_owned();
        assert_eq!(question.ask::<()>(never).await, Err(owed));
        answer.send(()).unwrap();
        tokio::task::yield_now().await;
        assert_eq!(question.ask(async { Ok(7) }).await, Ok(7));
    }
}
