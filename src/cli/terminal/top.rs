//! `evenkeel top`: the running daemon on the whole terminal.
//!
//! The terminal is given back whatever happens: at the end, on a signal, and on a panic.

mod graph;
mod seen;
mod state;
mod view;

use std::io::IsTerminal;
use std::time::Duration;

use futures_util::future::{FutureExt, LocalBoxFuture, OptionFuture};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::super::failure::Failure;
use super::super::inquiry::{Inquiry, Unanswered};
use super::command::restart_of;
use super::status::EVERY;
use crate::memory::timeline::Range;
use crate::web::Restarting;
use seen::Seen;
use state::{Top, Wish};

/// How often the keyboard's thread looks whether it is still needed.
const LISTEN_FOR: Duration = Duration::from_millis(250);

/// Keys that wait.
const KEYS: usize = 16;

pub(super) async fn top(inquiry: &Inquiry) -> Result<(), Failure> {
    if !(std::io::stdout().is_terminal() && std::io::stdin().is_terminal()) {
        let line =
            "top draws on a terminal and reads its keys, and this is none; `evenkeel status` prints the same";
        return Err(Failure::Failed(line.to_owned()));
    }
    // Before the terminal is touched: that nobody answers is one line like any other.
    let first = Seen::of(inquiry, Range::Hour).await?;
    let mut terminal = ratatui::try_init()?;
    let shown = show(&mut terminal, inquiry, Top::new(first)).await;
    ratatui::try_restore()?;
    shown
}

async fn show(terminal: &mut DefaultTerminal, inquiry: &Inquiry, mut top: Top) -> Result<(), Failure> {
    let mut keys = listen();
    let (mut terminate, mut hang_up) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    let mut looking = look(inquiry, top.range, EVERY);
    let mut ordering: Option<LocalBoxFuture<'_, Result<Restarting, Unanswered>>> = None;
    loop {
        terminal.draw(|frame| view::draw(frame, &top))?;
        let wish = tokio::select! {
            seen = &mut looking => {
                top.take(seen);
                looking = look(inquiry, top.range, EVERY);
                Wish::Nothing
            }
            Some(ordered) = OptionFuture::from(ordering.as_mut()) => {
                ordering = None;
                top.told(ordered);
                Wish::Look
            }
            event = keys.recv() => match event {
                Some(Event::Key(key)) => top.key(key),
                // What was resized is drawn anew.
                Some(_) => Wish::Nothing,
                None => Wish::Leave,
            },
            _ = terminate.recv() => Wish::Leave,
            _ = hang_up.recv() => Wish::Leave,
        };
        match wish {
            Wish::Nothing => {}
            Wish::Leave => return Ok(()),
            Wish::Look => looking = look(inquiry, top.range, Duration::ZERO),
            Wish::Restart(actor) => {
                ordering = Some(async move { inquiry.order(&restart_of(&actor)).await }.boxed_local());
            }
        }
    }
}

fn look(inquiry: &Inquiry, range: Range, after: Duration) -> LocalBoxFuture<'_, Result<Seen, Unanswered>> {
    async move {
        tokio::time::sleep(after).await;
        Seen::of(inquiry, range).await
    }
    .boxed_local()
}

/// The keyboard, read by a thread of its own: reading it waits.
fn listen() -> mpsc::Receiver<Event> {
    let (send, keys) = mpsc::channel(KEYS);
    std::thread::spawn(move || {
        while !send.is_closed() {
            let heard = event::poll(LISTEN_FOR).and_then(|any| any.then(event::read).transpose());
            match heard {
                Ok(None) => {}
                Ok(Some(event)) if send.blocking_send(event.clone()).is_ok() => {}
                // Nobody wants it, or there is no keyboard any more.
                Ok(Some(_)) | Err(_) => return,
            }
        }
    });
    keys
}
