//! What the actor does with the points that wait: with each message that brings more, before and after a report, and
//! every few seconds as long as the database does not take them.

use std::time::Duration;

use actix::prelude::*;

use super::Persistence;
use crate::persistence::error::PersistenceError;
use crate::persistence::history;

/// How often points that wait are tried again when nothing else comes, in real time.
const RETRY_EVERY: Duration = Duration::from_secs(5);

impl Persistence {
    pub(super) fn write_waiting(&mut self) -> Result<(), PersistenceError> {
        if self.backlog.len() == 0 {
            return Ok(());
        }
        let points = self.backlog.take();
        match self
            .on_database(|database| database.persist(|connection| history::insert_all(connection, &points)))
        {
            Ok(written) => {
                self.points_written += written;
                self.recovered(points.len());
                Ok(())
            }
            Err(error) => {
                self.backlog.put_back(points);
                Err(error)
            }
        }
    }

    /// Has the points that wait tried again later, whether or not a message comes until then.
    pub(super) fn retry_later(&mut self, ctx: &mut Context<Self>) {
        if self.retrying || self.backlog.len() == 0 {
            return;
        }
        self.retrying = true;
        ctx.run_later(RETRY_EVERY, |actor, ctx| {
            actor.retrying = false;
            // The refresh that brought the points has said why they wait.
            if actor.open.is_none()
                && let Err(error) = actor.write_waiting()
            {
                log::debug!("history points still wait: {error}");
            }
            actor.retry_later(ctx);
        });
    }

    /// Writes what waits for the last time, or says what is lost.
    pub(super) fn write_last(&mut self) -> Result<(), String> {
        self.write_waiting()
            .map_err(|error| format!("{} history points are lost: {error}", self.backlog.len()))
    }

    pub(super) fn write_waiting_or_warn(&mut self) {
        if let Err(error) = self.write_waiting() {
            let points = self.backlog.len();
            log::warn!(event = "points-waiting", points = points; "{points} history points still wait to be written: {error}");
        }
    }
}
