//! Which lines somebody wants to see.

use super::super::problem::Problem;
use crate::config::memory::ACTORS;
use crate::journal::{Entry, Severity};

/// Whose lines a module's are, where no field says whom they are about; the first that fits counts.
const AUTHORS: [(&str, &str); 7] = [
    ("evenkeel::report::auto", "auto-report"),
    ("evenkeel::report::schedule", "auto-report"),
    ("evenkeel::report", "report-builder"),
    ("evenkeel::market", "market-indices"),
    ("evenkeel::persistence", "persistence"),
    ("evenkeel::supervision::memory_monitor", "memory-monitor"),
    ("evenkeel::memory", "memory-monitor"),
];

/// Which lines somebody wants to see.
#[derive(Debug)]
pub(super) struct Wanted {
    child: Option<String>,
    level: Severity,
}

impl Wanted {
    pub(super) fn new(child: Option<String>, level: Option<&str>) -> Result<Self, Problem> {
        if let Some(child) = child.as_deref().filter(|child| !ACTORS.contains(child)) {
            let known = ACTORS.join(", ");
            return Err(Problem::bad_request(format!(
                "child: there is no actor {child:?}; the actors are {known}"
            )));
        }
        let level = level.map_or(Ok(Severity::Debug), |text| {
            let level = Severity::ALL.into_iter().find(|level| level.as_str() == text);
            level.ok_or_else(|| {
                Problem::bad_request(format!(
                    "level: there is no level {text:?}; use debug, info, warn or error"
                ))
            })
        })?;
        Ok(Self { child, level })
    }

    pub(super) fn is(&self, entry: &Entry) -> bool {
        let about = || entry.child().or_else(|| author(&entry.target));
        entry.level >= self.level && self.child.as_ref().is_none_or(|child| about() == Some(child))
    }
}

fn author(target: &str) -> Option<&'static str> {
    AUTHORS.iter().find(|(module, _)| target.starts_with(module)).map(|(_, actor)| *actor)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(target: &str, child: Option<&str>, level: Severity) -> Entry {
        let fields = child.map_or(json!({}), |child| json!({ "child": child }));
        Entry {
            number: 1,
            at: jiff::Timestamp::UNIX_EPOCH,
            level,
            event: "tested".to_owned(),
            target: target.to_owned(),
            message: "a line".to_owned(),
            fields: fields.as_object().unwrap().clone(),
        }
    }

    #[test]
    fn a_line_is_an_actors_by_its_field_or_else_by_its_module() {
        let about = |name: &str| Wanted::new(Some(name.to_owned()), None).unwrap();
        let supervisor = "evenkeel::supervision::supervisor";
        for (target, child, whose) in [
            (supervisor, Some("persistence"), "persistence"),
            ("evenkeel::supervision::memory_monitor::action", Some("report-builder"), "report-builder"),
            ("evenkeel::market::indices", None, "market-indices"),
            ("evenkeel::report::auto", None, "auto-report"),
            ("evenkeel::report::workshop", None, "report-builder"),
        ] {
            let line = entry(target, child, Severity::Info);
            for actor in ACTORS {
                assert_eq!(about(actor).is(&line), actor == whose, "{target} {actor}");
            }
        }
        assert!(!about("persistence").is(&entry(supervisor, None, Severity::Info)));
        assert!(AUTHORS.iter().all(|(_, actor)| ACTORS.contains(actor)));
    }

    #[test]
    fn a_level_is_the_least_that_is_wanted() {
        let warn = Wanted::new(None, Some("warn")).unwrap();
        let seen = Severity::ALL.map(|level| warn.is(&entry("x", None, level)));
        assert_eq!(seen, [false, false, true, true]);
        assert!(Wanted::new(None, Some("loud")).unwrap_err().to_string().contains("no level \"loud\""));
        assert!(Wanted::new(Some("bob".to_owned()), None).unwrap_err().to_string().contains("no actor"));
    }
}
