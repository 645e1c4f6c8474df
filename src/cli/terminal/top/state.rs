//! What `top` shows, and what the keys do to it. Pure.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::super::super::inquiry::Unanswered;
use super::seen::Seen;
use crate::memory::timeline::Range;
use crate::web::{ActorStatus, Restarting};

/// What is shown.
#[derive(Debug)]
pub(super) struct Top {
    pub(super) seen: Seen,
    pub(super) range: Range,
    /// The position of the selected actor.
    pub(super) selected: usize,
    pub(super) overlay: Overlay,
    /// What came of the last command.
    pub(super) note: Option<String>,
    /// Why what is shown is not of now.
    pub(super) trouble: Option<String>,
}

/// What lies above the rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Overlay {
    Nothing,
    Help,
    /// Whether this actor is to be restarted.
    Confirm(String),
}

/// What follows from a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// To draw.
    Nothing,
    /// To ask the daemon at once.
    Look,
    /// To restart this actor.
    Restart(String),
    /// To leave.
    Leave,
}

impl Top {
    pub(super) fn new(seen: Seen) -> Self {
        let range = seen.range;
        Self { seen, range, selected: 0, overlay: Overlay::Nothing, note: None, trouble: None }
    }

    /// Takes an answer; without one, what was seen before stays.
    pub(super) fn take(&mut self, seen: Result<Seen, Unanswered>) {
        match seen {
            // An answer to a question of before another range was chosen.
            Ok(seen) if seen.range != self.range => {}
            Ok(seen) => {
                self.trouble = None;
                self.selected = self.selected.min(seen.status.actors.len().saturating_sub(1));
                self.seen = seen;
            }
            Err(unanswered) => self.trouble = Some(unanswered.line()),
        }
    }

    /// Takes what came of a restart.
    pub(super) fn told(&mut self, ordered: Result<Restarting, Unanswered>) {
        self.note = Some(match ordered {
            Ok(Restarting { name, generation }) => {
                format!("{name} generation {generation} is drained and replaced")
            }
            Err(unanswered) => unanswered.line(),
        });
    }

    pub(super) fn actor(&self) -> Option<&ActorStatus> {
        self.seen.status.actors.get(self.selected)
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Wish {
        if key.kind == KeyEventKind::Release {
            return Wish::Nothing;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return Wish::Leave;
        }
        match std::mem::replace(&mut self.overlay, Overlay::Nothing) {
            Overlay::Nothing => self.command(key.code),
            // Any key.
            Overlay::Help => Wish::Nothing,
            Overlay::Confirm(actor) => match key.code {
                KeyCode::Char('y' | 'Y') => {
                    self.note = Some(format!("{actor} is told to restart"));
                    Wish::Restart(actor)
                }
                _ => {
                    self.note = Some(format!("{actor} is left alone"));
                    Wish::Nothing
                }
            },
        }
    }

    fn command(&mut self, code: KeyCode) -> Wish {
        self.note = None;
        let last = self.seen.status.actors.len().saturating_sub(1);
        match code {
            KeyCode::Char('q') | KeyCode::Esc => return Wish::Leave,
            KeyCode::Up | KeyCode::Char('k') => self.selected = self.selected.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.selected = (self.selected + 1).min(last),
            KeyCode::Home => self.selected = 0,
            KeyCode::End => self.selected = last,
            KeyCode::Char('1') => return self.choose(Range::Hour),
            KeyCode::Char('2') => return self.choose(Range::Day),
            KeyCode::Char('3') => return self.choose(Range::Week),
            KeyCode::Char('r') => {
                if let Some(actor) = self.actor() {
                    self.overlay = Overlay::Confirm(actor.name.clone());
                }
            }
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.overlay = Overlay::Help,
            _ => {}
        }
        Wish::Nothing
    }

    fn choose(&mut self, range: Range) -> Wish {
        self.range = range;
        Wish::Look
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::tests::top;
    use super::*;

    fn press(top: &mut Top, code: KeyCode) -> Wish {
        top.key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn arrows_select_and_stay_within_the_actors() {
        let mut top = top();
        let mut at = |code| {
            assert_eq!(press(&mut top, code), Wish::Nothing);
            top.selected
        };
        let moves = [KeyCode::Up, KeyCode::Down, KeyCode::Down, KeyCode::Down, KeyCode::Char('k')];
        assert_eq!(moves.map(&mut at), [0, 1, 1, 1, 0]);
    }

    #[test]
    fn a_restart_is_confirmed_first_and_anything_but_yes_is_no() {
        let mut top = top();
        press(&mut top, KeyCode::Down);
        assert_eq!(press(&mut top, KeyCode::Char('r')), Wish::Nothing);
        assert_eq!(top.overlay, Overlay::Confirm("report-builder".to_owned()));
        assert_eq!(press(&mut top, KeyCode::Enter), Wish::Nothing);
        assert_eq!(top.note.as_deref(), Some("report-builder is left alone"));
        press(&mut top, KeyCode::Char('r'));
        assert_eq!(press(&mut top, KeyCode::Char('y')), Wish::Restart("report-builder".to_owned()));
        top.told(Ok(Restarting { name: "report-builder".to_owned(), generation: 3 }));
        assert_eq!(top.note.as_deref(), Some("report-builder generation 3 is drained and replaced"));
    }

    #[test]
    fn another_range_is_asked_for_at_once_and_an_old_answer_does_not_undo_it() {
        let mut chosen = top();
        assert_eq!(press(&mut chosen, KeyCode::Char('2')), Wish::Look);
        let hour = top().seen;
        chosen.take(Ok(hour));
        assert_eq!((chosen.range, chosen.trouble.as_deref()), (Range::Day, None));
        chosen.take(Err(Unanswered::Nobody("nobody is there".to_owned())));
        assert_eq!(chosen.trouble.as_deref(), Some("nobody is there"));
        assert_eq!(press(&mut chosen, KeyCode::Char('?')), Wish::Nothing);
        assert_eq!(press(&mut chosen, KeyCode::Char('q')), Wish::Nothing, "it closes the help");
        assert_eq!(press(&mut chosen, KeyCode::Char('q')), Wish::Leave);
    }
}
