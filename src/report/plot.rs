//! Large charts with axes, as SVG.
//!
//! plotters draws them in colours that stand for roles; what comes out names the style sheet's variables instead, so that one
//! drawing serves light, dark and print. Nothing here knows what is plotted: labels come in already written.

use std::fmt::Write as _;
use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::prelude::{
    AreaSeries, ChartBuilder, Color, DrawingAreaErrorKind, IntoDrawingArea, LineSeries, RGBColor, SVGBackend,
    ShapeStyle, TRANSPARENT,
};
use serde::Serialize;

/// The drawing in user units: so many that a whole one is finer than a pixel.
const WIDTH: u32 = 1440;
const HEIGHT: u32 = 600;
/// Lettering that can still be read when the chart is as wide as a telephone.
const LETTERS: u32 = 54;
const LEFT: u32 = 240;
const BELOW: u32 = 84;

/// What each colour of the drawing stands for, and what takes its place.
const COURSE: RGBColor = RGBColor(1, 0, 0);
const GRID: RGBColor = RGBColor(2, 0, 0);
const LABEL: RGBColor = RGBColor(3, 0, 0);
const BAND: RGBColor = RGBColor(4, 0, 0);
const ROLES: [(&str, &str); 4] = [
    ("#010000", "currentColor"),
    ("#020000", "var(--rule)"),
    ("#030000", "var(--mute)"),
    ("#040000", "var(--accent)"),
];

/// What is plotted. Points are in the order of x, finite on both axes, and at least two.
pub(super) struct Drawing<'a> {
    /// The line that the chart is about.
    pub(super) course: &'a [(f64, f64)],
    /// Thinner lines around it.
    pub(super) bands: &'a [Vec<(f64, f64)>],
    /// A level to compare with.
    pub(super) reference: Option<f64>,
    /// Where the x axis has marks.
    pub(super) marks: &'a [f64],
    /// How a mark of the x axis is written.
    pub(super) write_x: &'a dyn Fn(f64) -> String,
    /// How a value is written on the y axis, given the distance of two marks.
    pub(super) write_y: &'a dyn Fn(f64, f64) -> String,
    /// How a point is written beside the crosshair.
    pub(super) write_point: &'a dyn Fn(f64, f64) -> String,
}

/// A drawing, ready to stand inside an `<svg>` element of this view box.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Plot {
    view_box: String,
    /// Markup of numbers and labels, escaped.
    markup: String,
    /// `x y label` of every point of the course, in user units, for the crosshair.
    points: String,
}

/// An axis whose marks are chosen here: the library's own choice knows neither hours nor the words of a language.
struct Axis {
    from: f64,
    to: f64,
    marks: Vec<f64>,
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (begin, end): (i32, i32)) -> i32 {
        let share = (value - self.from) / (self.to - self.from);
        begin + (share * f64::from(end - begin)).round() as i32
    }

    fn key_points<H: KeyPointHint>(&self, hint: H) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.marks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        value.to_string()
    }
}

/// The plot, or nothing when there are fewer than two points.
pub(super) fn plot(drawing: &Drawing<'_>) -> Option<Plot> {
    let (first, last) = (drawing.course.first()?.0, drawing.course.last()?.0);
    if last <= first {
        return None;
    }
    let (low, high) = extent(drawing)?;
    let mut svg = String::new();
    let points = draw(drawing, (first, last), (low, high), &mut svg).ok()?;
    let markup = svg.find("<svg").and_then(|start| svg[start..].find('>').map(|end| start + end + 1));
    let inner = svg.get(markup?..)?.trim().strip_suffix("</svg>")?.replace(" font-family=\"sans-serif\"", "");
    let markup = ROLES.iter().fold(inner, |markup, (colour, role)| markup.replace(colour, role));
    Some(Plot { view_box: format!("0 0 {WIDTH} {HEIGHT}"), markup, points })
}

/// From the lowest to the highest value with some room, never nothing wide.
fn extent(drawing: &Drawing<'_>) -> Option<(f64, f64)> {
    let lines = drawing.bands.iter().flatten().chain(drawing.course);
    let values = lines.map(|(_, value)| *value).chain(drawing.reference);
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    // Nothing smaller than what a number of this size can tell apart.
    let room = ((high - low) * 0.06).max(high.abs() * 1e-9).max(f64::MIN_POSITIVE * 1e9);
    (low <= high && (high + room).is_finite()).then_some((low - room, high + room))
}

type DrawError = DrawingAreaErrorKind<std::io::Error>;

fn draw(
    drawing: &Drawing<'_>,
    (first, last): (f64, f64),
    (low, high): (f64, f64),
    svg: &mut String,
) -> Result<String, DrawError> {
    let (levels, step) = levels(low, high);
    let root = SVGBackend::with_string(svg, (WIDTH, HEIGHT)).into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .margin(12)
        .margin_right(28)
        .x_label_area_size(BELOW)
        .y_label_area_size(LEFT)
        .build_cartesian_2d(
            Axis { from: first, to: last, marks: drawing.marks.to_vec() },
            Axis { from: low, to: high, marks: levels },
        )?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(ShapeStyle::from(&GRID).stroke_width(2))
        .light_line_style(TRANSPARENT)
        .axis_style(ShapeStyle::from(&GRID).stroke_width(2))
        .label_style(("sans-serif", LETTERS, &LABEL))
        .x_label_formatter(&|x| (drawing.write_x)(*x))
        .y_label_formatter(&|y| (drawing.write_y)(*y, step))
        .draw()?;
    if drawing.bands.is_empty() {
        let area = AreaSeries::new(drawing.course.iter().copied(), low, COURSE.mix(0.12));
        chart.draw_series(area)?;
    }
    for band in drawing.bands {
        let style = ShapeStyle::from(&BAND.mix(0.75)).stroke_width(3);
        chart.draw_series(LineSeries::new(band.iter().copied(), style))?;
    }
    if let Some(level) = drawing.reference {
        let style = ShapeStyle::from(&LABEL).stroke_width(3);
        chart.draw_series(LineSeries::new([(first, level), (last, level)], style))?;
    }
    let style = ShapeStyle::from(&COURSE).stroke_width(5);
    chart.draw_series(LineSeries::new(drawing.course.iter().copied(), style))?;
    let mut points = String::new();
    for (x, y) in drawing.course {
        let (left, top) = chart.plotting_area().map_coordinate(&(*x, *y));
        // A string takes everything.
        let _ = writeln!(points, "{left} {top} {}", (drawing.write_point)(*x, *y));
    }
    root.present()?;
    Ok(points)
}

/// Round values between both ends, some five of them, and their distance: 1, 2 or 5 times a power of ten.
fn levels(low: f64, high: f64) -> (Vec<f64>, f64) {
    let rough = (high - low) / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough);
    let step = step.unwrap_or(rough);
    let begin = (low / step).ceil();
    let levels = (0..8).map(|count| (begin + f64::from(count)) * step).take_while(|level| *level <= high);
    (levels.collect(), step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plotted(course: &[(f64, f64)]) -> Option<Plot> {
        plot(&Drawing {
            course,
            bands: &[],
            reference: None,
            marks: &[],
            write_x: &|x| format!("{x}"),
            write_y: &|y, _| format!("{y}<"),
            write_point: &|x, y| format!("{x} {y}"),
        })
    }

    #[test]
    fn colours_are_roles_and_text_is_escaped() {
        let plot = plotted(&[(0.0, 1.0), (1.0, 3.0), (2.0, 2.0)]).unwrap();
        assert!(!plot.markup.contains('#') && !plot.markup.contains("<svg"), "{}", plot.markup);
        for part in ["currentColor", "var(--rule)", "var(--mute)", "2&lt;"] {
            assert!(plot.markup.contains(part), "{part} in {}", plot.markup);
        }
        assert_eq!(plot.points.lines().count(), 3);
    }

    #[test]
    fn what_cannot_be_plotted_is_nothing_and_extremes_are_plotted() {
        assert_eq!(
            (plotted(&[]), plotted(&[(0.0, 1.0)]), plotted(&[(1.0, 1.0), (1.0, 2.0)])),
            (None, None, None)
        );
        for value in [1e-12, 1.0, 1e15, 1e17] {
            for other in [value, value * 1.0000001, value * 50.0] {
                let plot = plotted(&[(0.0, value), (1.0, other)]).unwrap();
                assert!(!plot.markup.contains("NaN") && !plot.markup.contains("inf"), "{value} {other}");
            }
        }
    }

    #[test]
    fn levels_are_round() {
        assert_eq!(levels(1846.0, 1872.0), (vec![1850.0, 1860.0, 1870.0], 10.0));
        assert_eq!(levels(0.0, 1.0).0.len(), 6);
    }
}
