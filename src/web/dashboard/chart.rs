//! The memory timeline as a chart: what each child holds, one upon the other, up to what the kernel charges the process.
//!
//! Pure geometry in user units of an SVG; words and colours are the template's and the style sheet's.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::memory::bytes::size;
use crate::memory::timeline::{Point, Range, Stretch};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 260.0;
/// Kept free for the labels of the heights, the marks and the times.
const LEFT: f64 = 64.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 24.0;
/// Points of the chart: twice as many could not be told apart.
const MOST_POINTS: usize = 180;
/// Times below the chart.
const TIMES: i64 = 6;

/// The chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Chart {
    width: f64,
    height: f64,
    left: f64,
    top: f64,
    bottom: f64,
    /// From the bottom to the top: what no child owns, then the children.
    layers: Vec<Layer>,
    /// The resident set of the process.
    line: String,
    heights: Vec<Tick>,
    times: Vec<Tick>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Layer {
    /// The child; empty for what no child owns.
    name: String,
    /// The number of its colour.
    colour: usize,
    path: String,
    /// What it holds at the end.
    now: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Tick {
    at: String,
    label: String,
}

/// Where a moment lies between the left and the right edge.
pub(super) struct Scale {
    since_ms: i64,
    length_ms: i64,
}

impl Scale {
    pub(super) fn new(range: Range, now_ms: i64) -> Self {
        Self { since_ms: now_ms - range.length_ms(), length_ms: range.length_ms() }
    }

    /// The user units from the left edge; nothing for what lies beyond.
    pub(super) fn x(&self, at_ms: i64) -> Option<String> {
        let share = (at_ms - self.since_ms) as f64 / self.length_ms as f64;
        (0.0..=1.0).contains(&share).then(|| fixed(LEFT + share * (WIDTH - LEFT)))
    }

    fn at(&self, at_ms: i64) -> f64 {
        let share = (at_ms - self.since_ms) as f64 / self.length_ms as f64;
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT)
    }
}

/// Draws a stretch; nothing where no two points are known.
pub(super) fn chart(stretch: &Stretch, range: Range, now_ms: i64, zone: &TimeZone) -> Option<Chart> {
    let points = thinned(&stretch.points);
    let highest = points.iter().map(|point| total(point)).max().filter(|_| points.len() > 1)?;
    let step = rounded_step(highest as f64 / 4.0);
    let top = (highest as f64 / step).ceil().max(1.0) * step;
    let scale = Scale::new(range, now_ms);
    let y = |bytes: f64| HEIGHT - BOTTOM - bytes / top * (HEIGHT - BOTTOM - TOP);
    let runs = runs(&points);
    let mut layers = vec![Layer {
        name: String::new(),
        colour: 0,
        path: layer(&runs, &scale, &y, 0),
        now: points.last().and_then(|point| point.unattributed).map(size),
    }];
    for (child, name) in stretch.names.iter().enumerate() {
        layers.push(Layer {
            name: name.clone(),
            colour: child % 8 + 1,
            path: layer(&runs, &scale, &y, child + 1),
            now: points.last().and_then(|point| *point.children.get(child)?).map(size),
        });
    }
    let heights = (0..=(top / step).round() as u32).map(|count| {
        let bytes = f64::from(count) * step;
        Tick { at: fixed(y(bytes)), label: size(bytes as u64) }
    });
    Some(Chart {
        width: WIDTH,
        height: HEIGHT,
        left: LEFT,
        top: TOP,
        bottom: HEIGHT - BOTTOM,
        layers,
        line: line(&runs, &scale, &y),
        heights: heights.collect(),
        times: times(range, now_ms, zone),
    })
}

/// Of several neighbours the one with the highest resident set.
fn thinned(points: &[Point]) -> Vec<&Point> {
    let group = points.len().div_ceil(MOST_POINTS).max(1);
    points.chunks(group).filter_map(|group| group.iter().max_by_key(|point| total(point))).collect()
}

/// The height of everything at a point: what the parts add up to, or the process where they are not known.
fn total(point: &Point) -> u64 {
    point.rss.unwrap_or_default().max(held(point, point.children.len() + 1))
}

/// The height of the lowest `layers` layers.
fn held(point: &Point, layers: usize) -> u64 {
    let parts = [point.unattributed].into_iter().chain(point.children.iter().copied());
    parts.take(layers).flatten().sum()
}

/// Points without a gap between them: where nothing was measured nothing is drawn.
fn runs<'a>(points: &[&'a Point]) -> Vec<Vec<&'a Point>> {
    let mut pauses: Vec<i64> = points.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms).collect();
    pauses.sort_unstable();
    let usual = pauses.get(pauses.len() / 2).copied().unwrap_or(i64::MAX / 4);
    let mut runs: Vec<Vec<&Point>> = Vec::new();
    for point in points {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| point.at_ms - last.at_ms <= 3 * usual) => {
                run.push(point)
            }
            Some(_) | None => runs.push(vec![point]),
        }
    }
    runs
}

fn layer(runs: &[Vec<&Point>], scale: &Scale, y: &dyn Fn(f64) -> f64, position: usize) -> String {
    let run = |run: &Vec<&Point>| {
        let mut path = String::new();
        let mut corner = |point: &Point, layers: usize| {
            push(&mut path, scale.at(point.at_ms), y(held(point, layers) as f64));
        };
        run.iter().for_each(|point| corner(point, position + 1));
        run.iter().rev().for_each(|point| corner(point, position));
        path.push('Z');
        path
    };
    runs.iter().filter(|run| run.len() > 1).map(run).collect()
}

fn line(runs: &[Vec<&Point>], scale: &Scale, y: &dyn Fn(f64) -> f64) -> String {
    let run = |run: &Vec<&Point>| {
        let mut path = String::new();
        for (point, rss) in run.iter().filter_map(|point| Some((point, point.rss?))) {
            push(&mut path, scale.at(point.at_ms), y(rss as f64));
        }
        path
    };
    runs.iter().map(run).collect()
}

/// Adds a corner: the first one of a path is moved to.
fn push(path: &mut String, x: f64, y: f64) {
    let command = if path.is_empty() { "M" } else { " " };
    // Writing to a string cannot fail.
    let _ = write!(path, "{command}{} {}", fixed(x), fixed(y));
}

/// One decimal, without a zero.
fn fixed(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// 1, 2 or 5 times a power of two of KiB or more, at least `least`.
fn rounded_step(least: f64) -> f64 {
    let mut unit = 1024.0;
    while unit * 1024.0 <= least {
        unit *= 1024.0;
    }
    let steps =
        [1.0, 2.0, 4.0, 5.0, 8.0, 10.0, 16.0, 20.0, 32.0, 50.0, 64.0, 100.0, 128.0, 200.0, 256.0, 512.0];
    steps.into_iter().map(|step| step * unit).find(|step| *step >= least).unwrap_or(unit * 1024.0)
}

fn times(range: Range, now_ms: i64, zone: &TimeZone) -> Vec<Tick> {
    let scale = Scale::new(range, now_ms);
    let step = range.length_ms() / TIMES;
    let format = match range {
        Range::Hour | Range::Day => "%H:%M",
        Range::Week => "%d/%m %H:%M",
    };
    let tick = |at_ms: i64| {
        let local = Timestamp::from_millisecond(at_ms).ok()?.to_zoned_datetime(zone.clone());
        Some(Tick { at: scale.x(at_ms)?, label: local.strftime(format).to_string() })
    };
    // The last one would lie half outside.
    (0..TIMES).filter_map(|count| tick(now_ms - range.length_ms() + count * step)).collect()
}

#[cfg(test)]
mod tests;
