//! How `top` looks, on 80 by 24 characters or more.

use ratatui::Frame;
use ratatui::layout::{Constraint, Flex, Layout, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Cell, Clear, Padding, Paragraph, Row, Table, TableState, Wrap};

use super::super::screen::{cells, headline, indices, reports, when};
use super::graph::{self, Whose, Window};
use super::state::{Overlay, Top};
use crate::journal::line::one_line;
use crate::journal::{Entry, Severity};
use crate::memory::bytes::size;
use crate::supervision::status::ChildState;
use crate::web::ActorStatus;

/// Lines of the log, with their heading, on the smallest screen.
const LOG: u16 = 5;

/// Lines of a graph that says something.
const GRAPH: u16 = 6;

/// The width from which on every column has room.
const ALL_FROM: u16 = 90;

/// A column's heading, its cell among those of a row, and its width.
type Column = (&'static str, usize, u16);

const COLUMNS: [Column; 9] = [
    ("actor", 0, 15),
    ("gen", 1, 4),
    ("state", 2, 10),
    ("rss", 3, 10),
    ("live", 4, 10),
    ("growth/day", 5, 11),
    ("mail", 6, 4),
    ("restarts", 8, 8),
    ("work", 7, 9),
];

const HELP: [&str; 12] = [
    "↑ ↓ j k   select an actor",
    "1 2 3     the last hour, day, week",
    "r         restart the selected actor",
    "? h       this help",
    "q Esc     leave",
    "",
    "Left the memory of the process, right that of",
    "the selected actor. A column of • is a new",
    "generation: because of memory, after a crash,",
    "or as it was asked for. restarts counts them",
    "in this order. mail is what waits for an",
    "actor. Any key closes this.",
];

pub(super) fn draw(frame: &mut Frame<'_>, top: &Top) {
    let status = &top.seen.status;
    let rows = u16::try_from(status.actors.len()).unwrap_or(u16::MAX).saturating_add(1);
    let areas = Layout::vertical([
        Constraint::Length(3),
        Constraint::Length(rows),
        Constraint::Min(GRAPH),
        Constraint::Max(LOG + frame.area().height.saturating_sub(24) / 2),
        Constraint::Length(1),
    ]);
    let [head, actors, graphs, log, foot] = areas.areas(frame.area());
    frame.render_widget(heading(top), head);
    table(frame, actors, top);
    graphs_of(frame, graphs, top);
    frame.render_widget(lines(top, log.height), log);
    frame.render_widget(footer(top), foot);
    match &top.overlay {
        Overlay::Nothing => {}
        Overlay::Help => popup(frame, "keys", HELP.map(Line::from).to_vec()),
        Overlay::Confirm(actor) => popup(frame, "restart", question(actor)),
    }
}

fn heading(top: &Top) -> Paragraph<'_> {
    let status = &top.seen.status;
    let healthy = top.trouble.is_none() && status.course.fault.is_none();
    let style = if healthy { Style::new().bold() } else { Style::new().fg(Color::Red).bold() };
    let failed = !status.indices.failed.is_empty() || status.indices.taken_at.is_none();
    let warning = if failed { Style::new().fg(Color::Yellow) } else { Style::new() };
    Paragraph::new(vec![
        Line::styled(headline(status), style),
        Line::styled(format!("indices {}", indices(status)), warning),
        Line::from(format!("reports {}", reports(status))),
    ])
}

fn table(frame: &mut Frame<'_>, area: Rect, top: &Top) {
    // The last one where there is room for it.
    let columns = if area.width < ALL_FROM { &COLUMNS[..COLUMNS.len() - 1] } else { &COLUMNS[..] };
    let header = Row::new(columns.iter().map(|(heading, ..)| *heading)).style(Style::new().dim());
    let rows = top.seen.status.actors.iter().map(|actor| row(actor, columns));
    let table = Table::new(rows, columns.iter().map(|(.., width)| Constraint::Length(*width)))
        .header(header)
        .row_highlight_style(Modifier::REVERSED);
    frame.render_stateful_widget(table, area, &mut TableState::new().with_selected(top.selected));
}

fn row(actor: &ActorStatus, columns: &[Column]) -> Row<'static> {
    let cells = cells(actor);
    let style = match actor.state {
        ChildState::Running => Style::new(),
        ChildState::Draining | ChildState::Restarting => Style::new().fg(Color::Yellow),
        ChildState::Ended => Style::new().fg(Color::Red),
    };
    Row::new(columns.iter().map(|(_, cell, _)| Cell::from(cells[*cell].clone()))).style(style)
}

fn graphs_of(frame: &mut Frame<'_>, area: Rect, top: &Top) {
    let seen = &top.seen;
    let [left, right] = Layout::horizontal([Constraint::Fill(1); 2]).spacing(1).areas(area);
    let window = Window { range: seen.range, now_ms: seen.status.course.now.as_millisecond() };
    graph::draw(frame, left, &seen.stretch, Whose::Process, window);
    if let Some(actor) = top.actor() {
        graph::draw(frame, right, &seen.stretch, Whose::Actor(&actor.name), window);
    }
}

/// The latest lines of the log, the newest at the bottom.
fn lines(top: &Top, height: u16) -> Paragraph<'_> {
    let room = usize::from(height.saturating_sub(1));
    let newest = top.seen.lines.iter().skip(top.seen.lines.len().saturating_sub(room));
    let zone = top.seen.status.course.zone.as_str();
    let heading = Line::from("log").style(Style::new().dim());
    Paragraph::new([heading].into_iter().chain(newest.map(|entry| line(entry, zone))).collect::<Vec<_>>())
}

fn line(entry: &Entry, zone: &str) -> Line<'static> {
    let color = match entry.level {
        Severity::Error => Color::Red,
        Severity::Warn => Color::Yellow,
        Severity::Info | Severity::Debug => Color::Reset,
    };
    let level = entry.level.as_str().to_uppercase();
    Line::from(vec![
        Span::from(when(entry.at, zone, "%H:%M:%S ")),
        Span::styled(format!("{level:<5} "), Style::new().fg(color)),
        Span::from(one_line(&entry.message)),
    ])
}

fn footer(top: &Top) -> Line<'_> {
    if let Some(trouble) = &top.trouble {
        return Line::styled(format!("not of now: {}", one_line(trouble)), Style::new().fg(Color::Red));
    }
    if let Some(note) = &top.note {
        return Line::styled(one_line(note), Style::new().fg(Color::Cyan));
    }
    let process = &top.seen.status.process;
    let range = process.low.zip(process.high);
    let range = range.map_or(String::new(), |(low, high)| format!("  24 h: {} to {}", size(low), size(high)));
    let keys = "q leave  ↑↓ select  1 2 3 range  r restart  ? help";
    Line::from(vec![Span::from(keys), Span::from(range).dim()])
}

fn question(actor: &str) -> Vec<Line<'static>> {
    vec![
        Line::from(vec![Span::from("Restart "), Span::from(one_line(actor)).bold(), Span::from("?")]),
        Line::from("It finishes what is open and is replaced; no message is lost."),
        Line::default(),
        Line::from("y restarts it, any other key does not"),
    ]
}

fn popup(frame: &mut Frame<'_>, title: &str, text: Vec<Line<'_>>) {
    let width = text.iter().map(Line::width).max().unwrap_or_default() + 4;
    let height = text.len() + 2;
    let fit = |length: usize| Constraint::Length(u16::try_from(length).unwrap_or(u16::MAX));
    let [area] = Layout::horizontal([fit(width)]).flex(Flex::Center).areas(frame.area());
    let [area] = Layout::vertical([fit(height)]).flex(Flex::Center).areas(area);
    frame.render_widget(Clear, area);
    let block = Block::bordered().title(format!(" {title} ")).padding(Padding::horizontal(1));
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: false }).block(block), area);
}

#[cfg(test)]
pub(super) mod tests;
