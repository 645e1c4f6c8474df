//! Memory over time as a graph of braille dots, with a column of larger ones wherever a generation began.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Block, Chart, Dataset, GraphType};

use crate::journal::line::one_line;
use crate::memory::bytes::size;
use crate::memory::timeline::{Cause, Happened, Mark, Point, Range, Stretch};

/// Lines of restarts that are told apart on a screen.
const MARKS: usize = 24;

/// Whose memory.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose<'a> {
    Process,
    Actor(&'a str),
}

/// A stretch of time that ends now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) range: Range,
    pub(super) now_ms: i64,
}

/// Draws the graph.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, stretch: &Stretch, whose: Whose<'_>, window: Window) {
    let points = points(stretch, whose);
    let (begin, end) = ((window.now_ms - window.range.length_ms()) as f64, window.now_ms as f64);
    let (low, high) = bounds(&points);
    let marks = marks(stretch, whose);
    let lines: Vec<([(f64, f64); 2], Color)> = marks
        .iter()
        .map(|(mark, color)| ([(mark.at_ms as f64, low), (mark.at_ms as f64, high)], *color))
        .collect();
    let set = |marker| Dataset::default().marker(marker).graph_type(GraphType::Line);
    let mut sets: Vec<Dataset<'_>> = lines
        .iter()
        .map(|(line, color)| set(Marker::Dot).style(Style::new().fg(*color)).data(line))
        .collect();
    sets.push(set(Marker::Braille).style(Style::new().fg(Color::Green)).data(&points));
    let axis = |bounds| Axis::default().style(Style::new().dim()).bounds(bounds);
    let begun = match window.range {
        Range::Hour => "an hour ago",
        Range::Day => "24 h ago",
        Range::Week => "7 days ago",
    };
    let chart = Chart::new(sets)
        .block(Block::new().title(title(whose, &points, &marks)))
        .x_axis(axis([begin, end]).labels([begun, "now"]))
        .y_axis(axis([low, high]).labels([size(low as u64), size(high as u64)]))
        .legend_position(None);
    frame.render_widget(chart, area);
}

fn title<'a>(whose: Whose<'a>, points: &[(f64, f64)], marks: &[(&Mark, Color)]) -> Line<'a> {
    let name = match whose {
        Whose::Process => "process".to_owned(),
        Whose::Actor(name) => one_line(name),
    };
    let now = points.last().map_or("not measured yet".to_owned(), |(_, bytes)| size(*bytes as u64));
    let mut title = vec![Span::from(name).bold(), Span::from(format!(" {now} "))];
    for (word, color) in [("memory", Color::Yellow), ("crash", Color::Red), ("asked", Color::Cyan)] {
        let count = marks.iter().filter(|(_, of)| *of == color).count();
        if count > 0 {
            title.push(Span::styled(format!(" •{word} {count}"), Style::new().fg(color)));
        }
    }
    Line::from(title)
}

/// Time and bytes; a step in which nothing was read has none.
fn points(stretch: &Stretch, whose: Whose<'_>) -> Vec<(f64, f64)> {
    let column = match whose {
        Whose::Process => None,
        Whose::Actor(name) => match stretch.names.iter().position(|known| known == name) {
            Some(column) => Some(column),
            None => return Vec::new(),
        },
    };
    let bytes = |point: &Point| match column {
        None => point.rss,
        Some(column) => point.children.get(column).copied().flatten(),
    };
    let points = stretch.points.iter();
    points.filter_map(|point| Some((point.at_ms as f64, bytes(point)? as f64))).collect()
}

/// From a little below the lowest to a little above the highest; what hardly moves looks flat.
fn bounds(points: &[(f64, f64)]) -> (f64, f64) {
    let bytes = || points.iter().map(|(_, bytes)| *bytes);
    let (low, high) = (bytes().fold(f64::INFINITY, f64::min), bytes().fold(0.0, f64::max));
    if !low.is_finite() {
        return (0.0, 1024.0 * 1024.0);
    }
    let margin = ((high - low) * 0.1).max(high * 0.05).max(1.0);
    ((low - margin).max(0.0), high + margin)
}

/// The restarts of whoever it is, each with its colour.
fn marks<'a>(stretch: &'a Stretch, whose: Whose<'_>) -> Vec<(&'a Mark, Color)> {
    let color = |mark: &Mark| match (&mark.what, whose) {
        (Happened::Begun, _) => Some(Color::DarkGray),
        (Happened::Restart { child, .. }, Whose::Actor(name)) if child != name => None,
        (Happened::Restart { cause, .. }, _) => Some(match cause {
            Cause::Memory => Color::Yellow,
            Cause::Crash => Color::Red,
            Cause::Request => Color::Cyan,
        }),
    };
    let mut marks: Vec<_> =
        stretch.marks.iter().rev().filter_map(|mark| Some((mark, color(mark)?))).take(MARKS).collect();
    marks.reverse();
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hardly_moves_looks_flat_and_nothing_is_no_trouble() {
        assert_eq!(bounds(&[]), (0.0, 1_048_576.0));
        assert_eq!(bounds(&[(0.0, 1000.0), (1.0, 1001.0)]), (950.0 - 0.05, 1001.0 + 50.05));
        assert_eq!(bounds(&[(0.0, 0.0), (1.0, 1000.0)]), (0.0, 1100.0));
    }
}
