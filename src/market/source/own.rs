//! Sources that an application brings: asked beside the others, and heard first.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use jiff::Timestamp;

use super::failure::one_line;
use crate::clock::Stopwatch;
use crate::market::model::{
    Good, Index, IndexReading, OwnIndex, Quote, Reading, Snapshot, SourceName, SourceOutcome,
};
use crate::market::source_name::{NameError, OwnName, is_plain, plain};

/// How long a source may take, unless it says otherwise.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A source of indices that an application brings.
///
/// It is asked at every refresh, at the same time as all others, on the `MarketIndices` actor's thread: it must not
/// block. What it allocates is charged to that actor. What it tells of an index of the
/// [catalogue](crate::market::model::CATALOGUE) holds instead of what the other sources tell; where it fails, theirs
/// stands. An index of another name is added: it is in the document and the history, on the dashboard and in the metrics,
/// and not in reports, whose text is written for the indices of the catalogue.
///
/// ```
/// use evenkeel::market::{BoxFuture, IndexSource, OwnIndex, Quote};
///
/// struct Gold;
///
/// impl IndexSource for Gold {
///     fn name(&self) -> &str {
///         "bullion-desk"
///     }
///
///     fn indices(&self) -> Vec<OwnIndex> {
///         vec![OwnIndex::new("gold", "XAU", "Gold, USD an ounce")]
///     }
///
///     fn fetch(&self) -> BoxFuture<'_, Result<Vec<(String, Quote)>, String>> {
///         Box::pin(async { Err("the desk is closed".to_owned()) })
///     }
/// }
/// ```
pub trait IndexSource: Send + Sync + 'static {
    /// Its name in logs, documents, history and metrics: 1 to 23 characters of `a` to `z`, `0` to `9`, `-` and `_`.
    fn name(&self) -> &str;

    /// The indices that it may tell, always the same. One that has a name of the catalogue is that index.
    fn indices(&self) -> Vec<OwnIndex>;

    /// The quotes of its indices, as far as it knows them, by name; or why there is none, in a sentence that continues
    /// the source's name.
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<(String, Quote)>, String>>;

    /// How long it may take for that, in real time.
    fn time_limit(&self) -> Duration {
        TIME_LIMIT
    }
}

/// The sources that an application brings, checked. Cheap to clone.
#[derive(Clone, Default)]
pub struct OwnSources(Arc<[Own]>);

struct Own {
    name: SourceName,
    indices: Vec<OwnIndex>,
    source: Box<dyn IndexSource>,
}

impl OwnSources {
    /// Takes the sources, the most trusted first.
    ///
    /// # Errors
    /// When a source or an index has a name that it cannot have, or one that another one has.
    pub fn new(sources: Vec<Box<dyn IndexSource>>) -> Result<Self, NameError> {
        let mut taken = BTreeSet::new();
        let mut checked = Vec::with_capacity(sources.len());
        for source in sources {
            let (name, indices) = (OwnName::new(source.name())?, source.indices());
            let refused =
                |given: &str, what, right: String| Err(NameError { given: given.to_owned(), what, right });
            if !taken.insert(name) {
                return refused(
                    source.name(),
                    "a source",
                    "another source has it; choose another".to_owned(),
                );
            }
            if let Some(wrong) = indices.iter().find(|index| !is_plain(&index.name)) {
                return refused(&wrong.name, "an index", plain());
            }
            checked.push(Own { name: SourceName::Own(name), indices, source });
        }
        Ok(Self(checked.into()))
    }

    /// The names of the indices that are not in the catalogue, each once.
    pub fn added(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for index in self.0.iter().flat_map(|own| &own.indices) {
            if Index::named(&index.name).is_none() && !names.contains(&index.name) {
                names.push(index.name.clone());
            }
        }
        names
    }

    /// Asks all of them at the same time.
    pub(super) async fn ask(&self) -> Told<'_> {
        Told(join_all(self.0.iter().map(Own::ask)).await)
    }
}

impl fmt::Debug for OwnSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|own| own.name)).finish()
    }
}

impl Own {
    async fn ask(&self) -> Answer<'_> {
        let stopwatch = Stopwatch::start();
        let limit = self.source.time_limit();
        let told = match tokio::time::timeout(limit, self.source.fetch()).await {
            Ok(told) => told.map_err(|reason| one_line(&reason)),
            Err(_) => Err(format!("did not answer within {limit:?}")),
        };
        Answer { own: self, told, duration_ms: stopwatch.elapsed_ms() }
    }
}

struct Answer<'a> {
    own: &'a Own,
    told: Result<Vec<(String, Quote)>, String>,
    duration_ms: u64,
}

/// What the sources told.
pub(super) struct Told<'a>(Vec<Answer<'a>>);

impl Told<'_> {
    /// Enters it into the snapshot. The last source is entered first, so that the first has the last word.
    pub(super) fn enter(self, snapshot: &mut Snapshot, previous: Option<&Snapshot>, fetched_at: Timestamp) {
        for Answer { own, told, duration_ms } in self.0.into_iter().rev() {
            let mut complaints = Vec::new();
            for index in &own.indices {
                let said = match &told {
                    Err(reason) => Err(reason.clone()),
                    Ok(quotes) => quote(quotes, &index.name),
                };
                if let (Err(reason), Ok(_)) = (&said, &told) {
                    complaints.push(format!("{}: {reason}", index.name));
                }
                let said = said.map(|value| Good { value, source: own.name, fetched_at });
                put(snapshot, previous, index, said.map_err(|reason| format!("{} {reason}", own.name)));
            }
            let error = match told {
                Err(reason) => Some(reason),
                Ok(_) if complaints.is_empty() => None,
                Ok(_) => Some(format!("answered without {}", one_line(&complaints.join("; ")))),
            };
            snapshot.sources.push(SourceOutcome { source: own.name, error, duration_ms });
        }
        snapshot.indices.sort_by_key(|reading| {
            crate::market::model::CATALOGUE
                .iter()
                .position(|index| index.name == reading.name)
                .unwrap_or(usize::MAX)
        });
    }
}

fn quote(quotes: &[(String, Quote)], name: &str) -> Result<Quote, String> {
    let (_, quote) = quotes.iter().find(|(told, _)| told == name).ok_or("gave no value")?;
    if !(quote.close.is_finite() && quote.close > 0.0) {
        return Err(format!("gave {} as its value, which is none", quote.close));
    }
    let further = [quote.open, quote.high, quote.low, quote.volume, quote.previous_close];
    if further.into_iter().flatten().any(|value| !value.is_finite()) {
        return Err("gave a number that is none beside its value".to_owned());
    }
    Ok(quote.clone())
}

/// A value stands instead of whatever was there; a failure only where nothing is known, beside what else was said.
fn put(
    snapshot: &mut Snapshot,
    previous: Option<&Snapshot>,
    index: &OwnIndex,
    said: Result<Good<Quote>, String>,
) {
    let there = snapshot.indices.iter_mut().find(|reading| reading.name == index.name);
    match (there, said) {
        (Some(there), Ok(good)) => there.reading = Reading::Known(good),
        (Some(there), Err(reason)) => {
            if let Reading::Failed { error, .. } = &mut there.reading {
                *error = format!("{reason}; {error}");
            }
        }
        (None, said) => {
            let last_good = previous.and_then(|it| it.index(&index.name)).and_then(Reading::latest).cloned();
            let reading = match said {
                Ok(good) => Reading::Known(good),
                Err(error) => Reading::Failed { error, last_good },
            };
            let own = Index::named(&index.name).is_none().then(|| index.clone());
            snapshot.indices.push(IndexReading { name: index.name.clone(), own, reading });
        }
    }
}

#[cfg(test)]
mod tests;
