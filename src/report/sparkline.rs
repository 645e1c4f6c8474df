//! A series of values as the path of a small line chart.
//!
//! Pure geometry: the path depends on the values only and is the same in every language.

use serde::Serialize;

/// The most points that a path has; longer series are thinned out to this.
pub(super) const MOST_POINTS: usize = 168;

/// The drawing area of a chart, in user units of its SVG.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Canvas {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Kept free at the top and at the bottom, so that the line's thickness is not cut off.
    pub(crate) margin: f64,
}

/// A chart of the constituents table.
pub(crate) const ROW: Canvas = Canvas { width: 120.0, height: 32.0, margin: 2.0 };
/// A chart of an index card.
pub(super) const CARD: Canvas = Canvas { width: 240.0, height: 56.0, margin: 4.0 };

/// A line chart, and what it shows in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Trace {
    /// The `d` of the line.
    pub(crate) line: String,
    /// Where the line ends.
    pub(crate) end_x: String,
    /// Where the line ends.
    pub(crate) end_y: String,
    /// Height of the reference value, if it lies within the chart.
    pub(crate) reference_y: Option<String>,
    /// First, last, lowest and highest value.
    #[serde(skip)]
    pub(crate) extent: Extent,
}

/// First, last, lowest and highest value of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    pub(crate) first: f64,
    pub(crate) last: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// The chart of `values`, oldest first; nothing if fewer than two of them are positive numbers.
pub(crate) fn trace(
    values: impl Iterator<Item = f64>,
    reference: Option<f64>,
    canvas: Canvas,
) -> Option<Trace> {
    let values: Vec<f64> = values.filter(|value| value.is_finite() && *value > 0.0).collect();
    let extent = extent(&values)?;
    let points = thinned(&values);
    let step = canvas.width / (points.len() - 1) as f64;
    let mut line = String::with_capacity(points.len() * 12);
    line.push('M');
    for (position, value) in points.iter().enumerate() {
        if position > 0 {
            line.push(' ');
        }
        push_fixed(&mut line, step * position as f64, 1);
        line.push(' ');
        push_fixed(&mut line, height_of(*value, extent, canvas), 2);
    }
    let fixed = |value| {
        let mut text = String::new();
        push_fixed(&mut text, value, 2);
        text
    };
    let reference_y = reference
        .filter(|value| (extent.low..=extent.high).contains(value))
        .map(|value| fixed(height_of(value, extent, canvas)));
    Some(Trace {
        line,
        end_x: fixed(canvas.width),
        end_y: fixed(height_of(extent.last, extent, canvas)),
        reference_y,
        extent,
    })
}

fn extent(values: &[f64]) -> Option<Extent> {
    let (first, last) = (*values.first()?, *values.last()?);
    if values.len() < 2 {
        return None;
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(0.0, f64::max);
    Some(Extent { first, last, low, high })
}

/// At most [`MOST_POINTS`] values at even distances, the first and the last among them.
fn thinned(values: &[f64]) -> Vec<f64> {
    if values.len() <= MOST_POINTS {
        return values.to_vec();
    }
    let last = values.len() - 1;
    (0..MOST_POINTS).map(|position| values[position * last / (MOST_POINTS - 1)]).collect()
}

/// High values lie at the top; a flat series lies in the middle.
fn height_of(value: f64, extent: Extent, canvas: Canvas) -> f64 {
    let span = extent.high - extent.low;
    let share = if span > 0.0 { (value - extent.low) / span } else { 0.5 };
    canvas.margin + (1.0 - share) * (canvas.height - 2.0 * canvas.margin)
}

/// Writes a coordinate of at most a few hundred units without trailing zeros. A report has half a million of them:
/// the general formatting of floating-point numbers would be most of its rendering time.
fn push_fixed(text: &mut String, value: f64, decimals: u32) {
    let scale = 10u32.pow(decimals);
    let scaled = (value * f64::from(scale)).round() as u32;
    let (whole, mut fraction) = (scaled / scale, scaled % scale);
    push_digits(text, whole);
    if fraction == 0 {
        return;
    }
    text.push('.');
    let mut unit = scale / 10;
    while fraction > 0 {
        push_digits(text, fraction / unit);
        fraction %= unit;
        unit = (unit / 10).max(1);
    }
}

fn push_digits(text: &mut String, value: u32) {
    if value >= 10 {
        push_digits(text, value / 10);
    }
    text.push(char::from(b'0' + (value % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[f64]) -> Option<String> {
        trace(values.iter().copied(), None, ROW).map(|trace| trace.line)
    }

    #[test]
    fn the_line_runs_from_edge_to_edge_and_rises_with_the_values() {
        assert_eq!(line(&[1.0, 2.0]).as_deref(), Some("M0 30 120 2"));
        assert_eq!(line(&[3.0, 1.0, 2.0, 1.5]).as_deref(), Some("M0 2 40 30 80 16 120 23"));
        assert_eq!(line(&[5.0, 5.0, 5.0]).as_deref(), Some("M0 16 60 16 120 16"));
    }

    #[test]
    fn absurd_values_are_left_out_and_one_value_is_no_line() {
        assert_eq!(line(&[f64::NAN, 1.0, 0.0, -4.0, f64::INFINITY, 2.0]), line(&[1.0, 2.0]));
        assert_eq!(line(&[]), None);
        assert_eq!(line(&[f64::NAN, 1.0]), None);
        assert!(line(&[1e-300, 1e300]).is_some());
    }

    #[test]
    fn a_long_series_is_thinned_out_but_keeps_both_ends() {
        let values: Vec<f64> = (1..=5_000).map(f64::from).collect();
        let trace = trace(values.into_iter(), None, ROW).unwrap();
        assert_eq!(trace.line.split(' ').count(), 2 * MOST_POINTS);
        assert!(trace.line.starts_with("M0 30 ") && trace.line.ends_with(" 120 2"), "{}", trace.line);
        assert_eq!((trace.extent.first, trace.extent.last), (1.0, 5_000.0));
    }

    #[test]
    fn a_reference_outside_the_chart_is_not_drawn() {
        let reference_y =
            |reference| trace([1.0, 3.0].into_iter(), Some(reference), ROW).unwrap().reference_y;
        assert_eq!(reference_y(2.0).as_deref(), Some("16"));
        assert_eq!(reference_y(4.0), None);
        assert_eq!(reference_y(f64::NAN), None);
    }

    #[test]
    fn coordinates_are_short_and_exact() {
        for (value, decimals, expected) in [
            (0.0, 2, "0"),
            (1.5, 2, "1.5"),
            (0.05, 2, "0.05"),
            (10.999, 2, "11"),
            (119.96, 1, "120"),
            (7.25, 2, "7.25"),
        ] {
            let mut text = String::new();
            push_fixed(&mut text, value, decimals);
            assert_eq!(text, expected);
        }
    }
}
