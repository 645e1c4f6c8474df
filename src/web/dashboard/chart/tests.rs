//! Heights, gaps and scales of the chart.

use super::*;

const MIB: u64 = 1 << 20;

fn point(minute: i64, rss: u64, child: Option<u64>) -> Point {
    let unattributed = child.map(|child| (rss - child) * MIB);
    Point {
        at_ms: minute * 60_000,
        rss: Some(rss * MIB),
        low: Some(rss * MIB),
        unattributed,
        children: vec![child.map(|child| child * MIB)],
    }
}

fn stretch(points: Vec<Point>) -> Stretch {
    Stretch { names: vec!["worker".to_owned()], points, marks: Vec::new() }
}

fn drawn(points: Vec<Point>) -> Chart {
    chart(&stretch(points), Range::Hour, 60 * 60_000, &TimeZone::UTC).unwrap()
}

#[test]
fn layers_lie_upon_each_other_up_to_the_process() {
    let chart = drawn(vec![point(0, 12, Some(4)), point(30, 16, Some(8)), point(60, 16, Some(8))]);
    assert_eq!(
        chart.heights.iter().map(|tick| tick.label.as_str()).collect::<Vec<_>>(),
        ["0 B", "4.0 MiB", "8.0 MiB", "12.0 MiB", "16.0 MiB"]
    );
    // 214 units are 16 MiB: 8 MiB lie 107 above the bottom at 236.
    assert_eq!(chart.layers[0].path, "M64 129 512 129 960 129 960 236 512 236 64 236Z");
    assert_eq!(chart.layers[1].path, "M64 75.5 512 22 960 22 960 129 512 129 64 129Z");
    assert_eq!(chart.line, "M64 75.5 512 22 960 22");
    assert_eq!((chart.layers[1].now.as_deref(), chart.layers[1].colour), (Some("8.0 MiB"), 1));
    assert_eq!(chart.times[0], Tick { at: "64".to_owned(), label: "00:00".to_owned() });
    assert_eq!(chart.times.len(), 6);
}

#[test]
fn where_nothing_was_measured_nothing_is_drawn() {
    let minutes = (0..10).chain(50..60);
    let chart = drawn(minutes.map(|minute| point(minute, 16, Some(8))).collect());
    assert_eq!(chart.line.matches('M').count(), 2, "{}", chart.line);
    for layer in &chart.layers {
        assert_eq!(
            (layer.path.matches('M').count(), layer.path.matches('Z').count()),
            (2, 2),
            "{}",
            layer.path
        );
    }
}

#[test]
fn without_accounts_there_is_the_process_alone() {
    let chart = drawn(vec![point(0, 12, None), point(30, 16, None)]);
    assert_eq!(chart.line, "M64 75.5 512 22");
    assert_eq!(chart.layers[1].now, None);
}

#[test]
fn a_peak_survives_thinning_and_one_point_is_no_chart() {
    let ticks = (0..360).map(|step| {
        let rss = if step == 77 { 40 } else { 16 };
        Point { at_ms: step * 10_000, ..point(0, rss, Some(8)) }
    });
    let chart = drawn(ticks.collect());
    assert_eq!(chart.heights.last().unwrap().label, "40.0 MiB");
    assert!(chart.line.matches(' ').count() <= 2 * MOST_POINTS, "{}", chart.line.len());
    assert!(chart.line.contains(" 22 "), "the peak touches the top: {}", chart.line);
    assert_eq!(super::chart(&stretch(vec![point(0, 1, None)]), Range::Hour, 0, &TimeZone::UTC), None);
}
