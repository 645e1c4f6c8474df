//! The large charts: a market's leading index over its last session, and over the last ninety days.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::movement::Direction;
use super::quantity::{of_index, price};
use crate::market::model::{Index, Market};
use crate::market::technicals::Technicals;
use crate::report::calendar;
use crate::report::locale::Locale;
use crate::report::model::IndexSeries;
use crate::report::plot::{Drawing, Plot, plot};
use crate::report::text::{Key, TextError};

/// What is quiet for so long has closed for the day.
const CLOSED: SignedDuration = SignedDuration::from_hours(4);
/// Marks of the x axis, about.
const MARKS: i64 = 6;

/// A chart with its words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Course {
    direction: Direction,
    plot: Plot,
    title: String,
    description: String,
    caption: String,
}

/// The last session (coins: the last day) with the previous close as a level; nothing with fewer than two points.
pub(super) fn of_session(
    locale: &Locale,
    index: &'static Index,
    series: &IndexSeries,
    previous: Option<f64>,
) -> Result<Option<Course>, TextError> {
    let points: Vec<(Timestamp, f64)> =
        series.points.iter().copied().filter(|(_, value)| price(Some(*value)).is_some()).collect();
    let session = last_session(&points);
    let Some(((from, _), (to, _))) = session.first().copied().zip(session.last().copied()) else {
        return Ok(None);
    };
    let course: Vec<(f64, f64)> = session.iter().map(|(at, value)| (seconds(*at), *value)).collect();
    let time = |x: f64| timestamp(x).map(|at| calendar::time_of_day(at, &locale.zone)).unwrap_or_default();
    let (title, caption) = match index.market {
        Market::Crypto => (Key::COURSE_DAY, Key::COURSE_CAPTION_DAY),
        Market::Vietnam | Market::Us => (Key::COURSE_SESSION, Key::COURSE_CAPTION_SESSION),
    };
    let words = Words {
        title: locale.text_with(title, &[("name", index.title)])?,
        caption,
        first: locale.date_time(from),
        last: locale.date_time(to),
    };
    let marks = marks_of_time(from, to);
    let reference = price(previous);
    finished(locale, index, &words, &Lines { course, bands: Vec::new(), reference, marks, write_x: &time })
}

/// Ninety days of closes with Bollinger's bands; nothing with fewer than two.
pub(super) fn of_days(
    locale: &Locale,
    index: &'static Index,
    technicals: &Technicals,
) -> Result<Option<Course>, TextError> {
    let number = |position: usize| position as f64;
    let course: Vec<(f64, f64)> = technicals
        .closes
        .iter()
        .enumerate()
        .map(|(position, (_, close))| (number(position), *close))
        .collect();
    let Some((first, last)) = technicals.closes.first().zip(technicals.closes.last()) else {
        return Ok(None);
    };
    let bands: Vec<Vec<(f64, f64)>> = technicals
        .bands
        .iter()
        .map(|line| line.iter().enumerate().filter_map(|(at, value)| Some((number(at), (*value)?))).collect())
        .collect();
    let date = |x: f64| {
        let day = technicals.closes.get(x.round() as usize);
        day.map(|(date, _)| locale.language.day_month(*date)).unwrap_or_default()
    };
    let words = Words {
        title: locale.text_with(Key::COURSE_DAYS, &[("name", index.title)])?,
        caption: Key::COURSE_CAPTION_DAYS,
        first: locale.language.date(first.0),
        last: locale.language.date(last.0),
    };
    let step = (course.len() as f64 / MARKS as f64).ceil().max(1.0);
    let marks: Vec<f64> =
        (0..MARKS).map(|mark| mark as f64 * step).filter(|x| *x < number(course.len())).collect();
    finished(locale, index, &words, &Lines { course, bands, reference: None, marks, write_x: &date })
}

struct Words {
    title: String,
    caption: Key,
    first: String,
    last: String,
}

/// What is drawn, and how its x axis is written.
struct Lines<'a> {
    course: Vec<(f64, f64)>,
    bands: Vec<Vec<(f64, f64)>>,
    reference: Option<f64>,
    marks: Vec<f64>,
    write_x: &'a dyn Fn(f64) -> String,
}

fn finished(
    locale: &Locale,
    index: &'static Index,
    words: &Words,
    lines: &Lines<'_>,
) -> Result<Option<Course>, TextError> {
    let Lines { course, bands, reference, marks, write_x } = lines;
    let in_unit = |value: f64| of_index(locale.language, index, value);
    let drawing = Drawing {
        course,
        bands,
        reference: *reference,
        marks,
        write_x,
        write_y: &|value, step| locale.language.level(value, step),
        write_point: &|x, y| format!("{} · {}", write_x(x), in_unit(y)),
    };
    let (Some(plot), Some(first), Some(last)) = (plot(&drawing), course.first(), course.last()) else {
        return Ok(None);
    };
    let values = || course.iter().map(|(_, value)| *value);
    let base = reference.unwrap_or(first.1);
    let low = in_unit(values().fold(f64::INFINITY, f64::min));
    let high = in_unit(values().fold(f64::NEG_INFINITY, f64::max));
    let told = [
        ("first", in_unit(first.1)),
        ("last", in_unit(last.1)),
        ("low", low),
        ("high", high),
        ("at", words.first.clone()),
        ("date", words.last.clone()),
    ];
    let told = told.each_ref().map(|(name, value)| (*name, value.as_str()));
    Ok(Some(Course {
        direction: Direction::of(Some((last.1 / base - 1.0) * 100.0)),
        plot,
        title: words.title.clone(),
        description: locale.text_with(Key::COURSE_DESC, &told)?,
        caption: locale.text(words.caption)?,
    }))
}

/// The points after the last long pause.
fn last_session(points: &[(Timestamp, f64)]) -> &[(Timestamp, f64)] {
    let pause = points.windows(2).rposition(|pair| pair[1].0.duration_since(pair[0].0) >= CLOSED);
    pause.map_or(points, |before| &points[before + 1..])
}

/// Full hours, as many apart as fit; half ones when the time is short.
fn marks_of_time(from: Timestamp, to: Timestamp) -> Vec<f64> {
    let (from, to) = (from.as_second(), to.as_second());
    let steps = [60, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
    let step = steps.into_iter().find(|step| (to - from) / step <= MARKS).unwrap_or(86_400 * 7);
    let begin = from.div_euclid(step) * step + step;
    (0..=MARKS).map(|mark| begin + mark * step).take_while(|at| *at < to).map(|at| at as f64).collect()
}

fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

fn timestamp(seconds: f64) -> Option<Timestamp> {
    Timestamp::from_second(seconds as i64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_begins_after_the_last_long_pause() {
        let at = |hour: i64, value: f64| (Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour), value);
        let points = [at(0, 1.0), at(1, 2.0), at(20, 3.0), at(23, 4.0), at(24, 5.0)];
        assert_eq!(last_session(&points).len(), 3);
        assert_eq!(last_session(&points[..2]).len(), 2);
        assert_eq!(last_session(&[]), []);
    }

    #[test]
    fn marks_stand_at_round_times() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let marks = marks_of_time(at("2026-04-24T02:03:00Z"), at("2026-04-24T07:45:00Z"));
        let marks: Vec<String> = marks.into_iter().map(|x| timestamp(x).unwrap().to_string()).collect();
        assert_eq!(marks.first().unwrap(), "2026-04-24T03:00:00Z");
        assert_eq!(marks.len(), 5);
    }
}
