//! The parts of the page as they were rendered lately, for everybody who looks.
//!
//! A part is rendered twice a second at most in each language and for each period, however many look: what they cost is
//! sending. There is a hook for each, and on it what was rendered last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::problem::Problem;
use crate::clock::Stopwatch;
use crate::memory::timeline::Range;
use crate::report::language::Language;

/// How long a part is good for, in real time.
const FRESH: Duration = Duration::from_millis(500);

/// Which part it is, and for whom.
type Label = (&'static str, Language, Range);

type Hook = Arc<tokio::sync::Mutex<Option<(Stopwatch, Arc<str>)>>>;

/// The rack.
#[derive(Debug, Default)]
pub(super) struct Rack(Mutex<HashMap<Label, Hook>>);

impl Rack {
    /// What hangs there, if it was rendered a moment ago, or else what `render` gives. Whoever asks while it is rendered
    /// waits for it.
    pub(super) async fn fresh(
        &self,
        label: Label,
        render: impl Future<Output = Result<String, Problem>>,
    ) -> Result<Arc<str>, Problem> {
        let hook = self.hook(label);
        let mut kept = hook.lock().await;
        if let Some((rendered, html)) = &*kept
            && rendered.elapsed() < FRESH
        {
            return Ok(Arc::clone(html));
        }
        let html: Arc<str> = render.await?.into();
        *kept = Some((Stopwatch::start(), Arc::clone(&html)));
        Ok(html)
    }

    fn hook(&self, label: Label) -> Hook {
        let mut hooks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hooks.entry(label).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_part_is_rendered_once_a_moment_for_each_who_looks_differently() {
        let (rack, times) = (Rack::default(), Cell::new(0));
        let part = async |label| {
            let render = async {
                times.set(times.get() + 1);
                Ok(times.get().to_string())
            };
            rack.fresh(label, render).await.unwrap().to_string()
        };
        let (head, other) = (("head", Language::Vi, Range::Hour), ("head", Language::En, Range::Hour));
        assert_eq!([part(head).await, part(head).await, part(other).await], ["1", "1", "2"]);
        tokio::time::sleep(FRESH).await;
        assert_eq!([part(head).await, part(other).await], ["3", "4"]);
        let failing = async { Err(Problem::bad_request("no")) };
        tokio::time::sleep(FRESH).await;
        assert!(rack.fresh(head, failing).await.is_err());
        assert_eq!(part(head).await, "5", "a failure is not kept");
    }
}
