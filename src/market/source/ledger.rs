//! What one refresh knows so far of a group of readings, while one source after the other is asked for what is still
//! missing.
//!
//! A reading that is settled is never asked for again; one that stays open keeps a clause of every source that could
//! have told, and the last value that was ever known.

use jiff::Timestamp;

use super::endpoint::{Endpoint, Turn};
use super::failure::{Failure, one_line};
use super::http::Deadline;
use crate::market::model::{Good, Reading, SourceName, SourceOutcome};

/// What a source said in one round.
#[derive(Debug)]
pub(super) struct Answers<T> {
    /// What it said about each reading that it was asked for and knows.
    pub(super) values: Vec<(&'static str, Result<T, Failure>)>,
    /// What ended the round early.
    pub(super) failure: Option<Failure>,
}

impl<T> Answers<T> {
    /// A round that came to nothing.
    pub(super) fn none(failure: Failure) -> Self {
        Self { values: Vec::new(), failure: Some(failure) }
    }
}

/// The state of a group of readings.
#[derive(Debug)]
pub(super) struct Ledger<'a, T> {
    taken_at: Timestamp,
    entries: Vec<Entry<'a, T>>,
    outcomes: Vec<SourceOutcome>,
}

#[derive(Debug)]
struct Entry<'a, T> {
    name: &'static str,
    previous: Option<&'a Reading<T>>,
    good: Option<Good<T>>,
    clauses: Vec<String>,
}

impl<'a, T: Clone> Ledger<'a, T> {
    /// A ledger in which everything is missing. Each reading comes with what the refresh before knew of it.
    pub(super) fn new(
        taken_at: Timestamp,
        readings: impl IntoIterator<Item = (&'static str, Option<&'a Reading<T>>)>,
    ) -> Self {
        let open = |(name, previous)| Entry { name, previous, good: None, clauses: Vec::new() };
        Self { taken_at, entries: readings.into_iter().map(open).collect(), outcomes: Vec::new() }
    }

    /// Asks one source for exactly what is missing, if it may be asked.
    ///
    /// `exchange` gets the missing names and the time limit of the whole round.
    pub(super) async fn ask(
        &mut self,
        endpoint: &Endpoint,
        exchange: impl AsyncFnOnce(&[&'static str], Deadline) -> Answers<T>,
    ) {
        let missing: Vec<&'static str> = self.open_entries().map(|entry| entry.name).collect();
        if missing.is_empty() {
            return;
        }
        let has_recent = self.open_entries().any(|entry| entry.recent(endpoint.name).is_some());
        match endpoint.turn(has_recent) {
            Turn::Off => {}
            Turn::TooEarly(not_before) => self.carry(endpoint.name, not_before),
            Turn::Cooling(cooling) => {
                let clause = format!("is not asked before {:.0}: it {}", cooling.until, cooling.why);
                self.refuse(endpoint.name, &missing, &clause);
                self.outcomes.push(SourceOutcome {
                    source: endpoint.name,
                    error: Some(clause),
                    duration_ms: 0,
                });
            }
            Turn::Ask => {
                let deadline = endpoint.deadline();
                let answers = exchange(&missing, deadline).await;
                let duration_ms = deadline.since.elapsed_ms();
                match &answers.failure {
                    Some(failure) => endpoint.note_failure(failure),
                    None => endpoint.note_answer(),
                }
                let fetched_at = endpoint.clock.now().max(self.taken_at);
                let error = self.settle(endpoint.name, &missing, answers, fetched_at);
                let name = endpoint.name;
                match &error {
                    None => {
                        log::debug!(source = name.as_str(), duration_ms; "source {name} answered in {duration_ms} ms")
                    }
                    Some(error) => log::debug!(source = name.as_str(), duration_ms; "source {name} {error}"),
                }
                self.outcomes.push(SourceOutcome { source: name, error, duration_ms });
            }
        }
    }

    /// The readings in the order of the ledger, and how each source fared that was asked.
    pub(super) fn close(self) -> (Vec<(&'static str, Reading<T>)>, Vec<SourceOutcome>) {
        let readings = self.entries.into_iter().map(|entry| (entry.name, entry.close())).collect();
        (readings, self.outcomes)
    }

    fn open_entries(&self) -> impl Iterator<Item = &Entry<'a, T>> {
        self.entries.iter().filter(|entry| entry.good.is_none())
    }

    /// Takes over what the source said at the refresh before.
    fn carry(&mut self, source: SourceName, not_before: Timestamp) {
        for entry in self.entries.iter_mut().filter(|entry| entry.good.is_none()) {
            entry.good = entry.recent(source).cloned();
            if entry.good.is_none() {
                entry.clauses.push(format!("{source} is not asked again before {not_before:.0}"));
            }
        }
    }

    fn refuse(&mut self, source: SourceName, names: &[&'static str], clause: &str) {
        for entry in self.entries.iter_mut().filter(|entry| names.contains(&entry.name)) {
            entry.clauses.push(format!("{source} {clause}"));
        }
    }

    /// Enters a round's answers; returns what is to be said of the source if it was not asked in vain of nothing.
    fn settle(
        &mut self,
        source: SourceName,
        asked: &[&'static str],
        answers: Answers<T>,
        fetched_at: Timestamp,
    ) -> Option<String> {
        let Answers { mut values, failure } = answers;
        let mut complaints = Vec::new();
        for entry in self.entries.iter_mut().filter(|entry| asked.contains(&entry.name)) {
            let said =
                values.iter().position(|(name, _)| *name == entry.name).map(|at| values.swap_remove(at).1);
            let clause = match said {
                Some(Ok(value)) => {
                    entry.good = Some(Good { value, source, fetched_at });
                    continue;
                }
                Some(Err(failure)) => failure.to_string(),
                None => failure.as_ref().map_or_else(|| "gave no value".to_owned(), Failure::to_string),
            };
            complaints.push(format!("{}: {clause}", entry.name));
            entry.clauses.push(format!("{source} {clause}"));
        }
        // What went wrong with the whole round explains every index that it left open.
        match failure {
            Some(failure) => Some(failure.to_string()),
            None if complaints.is_empty() => None,
            None => Some(format!("answered without {}", one_line(&complaints.join("; ")))),
        }
    }
}

impl<T: Clone> Entry<'_, T> {
    /// What this source said at the refresh before, if it was known then.
    fn recent(&self, source: SourceName) -> Option<&Good<T>> {
        self.previous?.known().filter(|good| good.source == source)
    }

    fn close(self) -> Reading<T> {
        match self.good {
            Some(good) => Reading::Known(good),
            None => Reading::Failed {
                error: if self.clauses.is_empty() {
                    "no source of it is enabled".to_owned()
                } else {
                    self.clauses.join("; ")
                },
                last_good: self.previous.and_then(Reading::latest).cloned(),
            },
        }
    }
}

/// Asks for one reading after the other within one time limit, until something ends the round.
pub(super) async fn one_by_one<T>(
    names: &[&'static str],
    exchange: impl AsyncFn(&'static str) -> Result<T, Failure>,
) -> Answers<T> {
    let mut answers = Answers { values: Vec::with_capacity(names.len()), failure: None };
    for name in names {
        match exchange(name).await {
            Err(failure) if failure.ends_round() => {
                answers.failure = Some(failure);
                break;
            }
            said => answers.values.push((name, said)),
        }
    }
    answers
}
