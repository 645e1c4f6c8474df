//! `evenkeel status`: how the daemon is, once or every two seconds.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use ratatui::crossterm::cursor::MoveTo;
use ratatui::crossterm::queue;
use ratatui::crossterm::terminal::{Clear, ClearType};

use super::super::browse::print;
use super::super::failure::Failure;
use super::super::inquiry::{Inquiry, Unanswered};
use super::screen::screen;
use crate::web::DaemonStatus;

/// Where it is asked for.
pub(super) const STATUS: &str = "/api/v1/status";

/// How often it is shown anew.
pub(super) const EVERY: Duration = Duration::from_secs(2);

pub(super) async fn status(inquiry: &Inquiry, watch: bool, json: bool) -> Result<(), Failure> {
    if !watch {
        return print(&shown(inquiry, json).await?);
    }
    tokio::select! {
        watched = watched(inquiry, json) => watched,
        // That is how it is ended.
        signal = tokio::signal::ctrl_c() => Ok(signal?),
    }
}

async fn watched(inquiry: &Inquiry, json: bool) -> Result<(), Failure> {
    let anew = !json && std::io::stdout().is_terminal();
    loop {
        // A daemon that is not there comes back, perhaps.
        let text = shown(inquiry, json).await.unwrap_or_else(|unanswered| match json {
            true => String::new(),
            false => {
                format!("{}\nasking again every {} s; Ctrl-C leaves\n", unanswered.line(), EVERY.as_secs())
            }
        });
        if anew {
            redraw(&text)?
        } else {
            print(&text)?
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn shown(inquiry: &Inquiry, json: bool) -> Result<String, Unanswered> {
    let (status, text) = inquiry.ask::<DaemonStatus>(STATUS).await?;
    Ok(if json { text + "\n" } else { screen(&status) })
}

/// Over what was there before, line by line, so that nothing flickers.
fn redraw(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    queue!(out, MoveTo(0, 0))?;
    for line in text.lines() {
        write!(out, "{line}")?;
        queue!(out, Clear(ClearType::UntilNewLine))?;
        writeln!(out)?;
    }
    queue!(out, Clear(ClearType::FromCursorDown))?;
    Ok(out.flush()?)
}
