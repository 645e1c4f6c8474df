//! Rings, marks and ranges.

use super::*;

const MIB: u64 = 1 << 20;

fn child(name: &str, generation: u64, resident: u64) -> ChildTick {
    ChildTick {
        name: name.to_owned(),
        generation,
        allocated: Some(resident),
        resident: Some(resident),
        work: 0,
        mailbox: 0,
        crashes: 0,
        memory_restarts: 0,
    }
}

fn tick(at_s: i64, rss: u64, children: Vec<ChildTick>) -> Tick {
    let charged: u64 = children.iter().filter_map(|child| child.resident).sum();
    let unattributed = Some(rss.cast_signed() - charged.cast_signed());
    Tick { at_ms: at_s * 1000, rss: Some(rss), unattributed, children }
}

#[test]
fn a_step_keeps_its_peak_and_its_parts_add_up() {
    let mut timeline = Timeline::default();
    for (second, rss, held) in [(0, 10, 2), (1, 16, 5), (2, 12, 3)] {
        timeline.push(&tick(second, rss * MIB, vec![child("worker", 1, held * MIB)]));
    }
    let stretch = timeline.stretch(Range::Hour, 9_000);
    assert_eq!(stretch.names, ["worker"]);
    let point = Point {
        at_ms: 0,
        rss: Some(16 * MIB),
        low: Some(10 * MIB),
        unattributed: Some(11 * MIB),
        children: vec![Some(5 * MIB)],
    };
    assert_eq!(stretch.points, [point]);
}

#[test]
fn a_week_is_bounded_and_its_memory_is_taken_at_once() {
    let mut timeline = Timeline::default();
    let room = |timeline: &Timeline| -> Vec<usize> { timeline.rings.iter().map(Ring::capacity).collect() };
    let taken = room(&timeline);
    let days = 9 * 24 * 360;
    for step in 0..days {
        timeline.push(&tick(step * 10, 16 * MIB, vec![child("worker", 1, MIB)]));
    }
    let now_ms = (days - 1) * 10_000;
    for (range, most) in [(Range::Hour, 361), (Range::Day, 361), (Range::Week, 337)] {
        let points = timeline.stretch(range, now_ms).points;
        assert!((most - 1..=most).contains(&points.len()), "{range}: {}", points.len());
        assert!(points[0].at_ms >= now_ms - range.length_ms());
        assert_eq!(points.last().unwrap().at_ms / range.step_ms(), now_ms / range.step_ms());
    }
    assert_eq!(room(&timeline), taken);
}

#[test]
fn children_with_ever_new_names_take_over_the_columns_of_those_that_are_gone() {
    let mut timeline = Timeline::default();
    let staying = || child("staying", 1, MIB);
    for visit in 0..100 {
        let visitor = child(&format!("visitor-{visit}"), 1, 2 * MIB);
        timeline.push(&tick(visit * 10, 16 * MIB, vec![staying(), visitor]));
    }
    let stretch = timeline.stretch(Range::Hour, 990_000);
    let newest: Vec<String> = (85..100).map(|visit| format!("visitor-{visit}")).collect();
    let mut names = stretch.names.clone();
    names.sort();
    assert_eq!(names, [vec!["staying".to_owned()], newest].concat());
    for point in &stretch.points {
        let parts: u64 = point.children.iter().copied().chain([point.unattributed]).flatten().sum();
        assert_eq!(Some(parts), point.rss, "{point:?}");
    }
    let held = |step: usize, name: &str| {
        let column = stretch.names.iter().position(|known| known == name).unwrap();
        stretch.points[step].children[column]
    };
    assert_eq!((held(99, "visitor-99"), held(98, "visitor-99")), (Some(2 * MIB), None));
    assert_eq!((held(90, "visitor-90"), held(0, "staying")), (Some(2 * MIB), Some(MIB)));
    assert_eq!(stretch.points[3].unattributed, Some(15 * MIB), "whose column is another one's now");
    assert_eq!(timeline.before.len(), 2, "who is gone is not remembered");

    // An hour later nobody asks for them; that nobody was there for a moment is no new beginning.
    timeline.push(&tick(1_000, 16 * MIB, Vec::new()));
    timeline.push(&tick(5_000, 16 * MIB, vec![staying()]));
    assert_eq!(timeline.marks.len(), 1);
    let stretch = timeline.stretch(Range::Hour, 5_000_000);
    assert_eq!(
        (stretch.names, stretch.points[0].children.clone()),
        (vec!["staying".to_owned()], vec![Some(MIB)])
    );
}

#[test]
fn who_has_no_column_gets_the_next_one_that_is_free() {
    let mut timeline = Timeline::default();
    let mut children: Vec<ChildTick> =
        (0..=MOST_CHILDREN).map(|number| child(&format!("child-{number}"), 1, MIB)).collect();
    timeline.push(&tick(0, 20 * MIB, children.clone()));
    let last = format!("child-{MOST_CHILDREN}");
    let stretch = timeline.stretch(Range::Hour, 0);
    assert!(!stretch.names.contains(&last));
    assert_eq!(stretch.points[0].unattributed, Some(4 * MIB));

    children.remove(0);
    timeline.push(&tick(10, 20 * MIB, children));
    let stretch = timeline.stretch(Range::Hour, 10_000);
    assert_eq!((stretch.names.len(), stretch.names[0].as_str()), (MOST_CHILDREN, last.as_str()));
    assert_eq!(stretch.points[1].unattributed, Some(4 * MIB));
}

#[test]
fn a_long_range_has_a_course_from_the_first_minute_on() {
    let mut timeline = Timeline::default();
    for second in [0, 10, 20] {
        timeline.push(&tick(second, 16 * MIB, vec![child("worker", 1, MIB)]));
    }
    for range in Range::ALL {
        assert_eq!(timeline.stretch(range, 20_000).points.len(), 3, "{range}");
    }
}

#[test]
fn restarts_are_marked_with_their_cause() {
    let mut timeline = Timeline::default();
    let worker = |generation, crashes, memory_restarts| ChildTick {
        crashes,
        memory_restarts,
        ..child("worker", generation, MIB)
    };
    let ending = worker(4, 1, 2);
    let lives = [
        worker(1, 0, 0),
        worker(1, 0, 0),
        worker(2, 0, 1),
        worker(3, 1, 1),
        worker(4, 1, 1),
        ending,
        worker(5, 1, 2),
    ];
    for (second, life) in (0..).zip(lives) {
        timeline.push(&tick(second, 9 * MIB, vec![life]));
    }
    timeline.begin();
    timeline.push(&tick(9, 9 * MIB, vec![worker(1, 0, 0)]));
    let restart = |generation, cause| Happened::Restart { child: "worker".to_owned(), generation, cause };
    let expected = [
        (0, Happened::Begun),
        (2000, restart(2, Cause::Memory)),
        (3000, restart(3, Cause::Crash)),
        (4000, restart(4, Cause::Request)),
        (6000, restart(5, Cause::Memory)),
        (9000, Happened::Begun),
    ];
    let marks = timeline.stretch(Range::Day, 10_000).marks;
    let found: Vec<_> = marks.into_iter().map(|mark| (mark.at_ms, mark.what)).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_could_not_be_read_is_not_made_up() {
    let mut timeline = Timeline::default();
    let unread = ChildTick { resident: None, ..child("worker", 1, 0) };
    timeline.push(&Tick { at_ms: 0, rss: None, unattributed: None, children: vec![unread] });
    let point = &timeline.stretch(Range::Week, 0).points[0];
    assert_eq!((point.rss, point.low, point.unattributed, &point.children), (None, None, None, &vec![None]));
}

#[test]
fn a_clock_that_was_set_back_begins_anew() {
    let mut timeline = Timeline::default();
    timeline.push(&tick(100_000, 9 * MIB, vec![child("worker", 1, MIB)]));
    timeline.push(&tick(1_000, 9 * MIB, vec![child("worker", 1, MIB)]));
    assert_eq!(timeline.stretch(Range::Week, 1_000_000).points.len(), 1);
}

#[test]
fn a_range_is_named() {
    for range in Range::ALL {
        assert_eq!(range.as_str().parse(), Ok(range));
    }
    let error = "2h".parse::<Range>().unwrap_err().to_string();
    assert_eq!(error, "there is no range \"2h\"; use 1h, 24h or 7d");
}
