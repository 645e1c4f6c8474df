//! Due times over every change of the clocks, and the decisions at and after them.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;

const MIN: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(name: &str, times: &[&str]) -> Schedule {
    let times: Vec<Time> = times.iter().map(|time| time.parse().unwrap()).collect();
    Schedule::at(&times, &zone(name)).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The due times after `after`, with the offset of `name`.
fn dues(schedule: &Schedule, name: &str, after: &str, count: usize) -> Vec<String> {
    let next = |due: &Timestamp| Some(schedule.next_due(*due));
    std::iter::successors(next(&time(after)), next)
        .take(count)
        .map(|due| due.to_zoned_datetime(zone(name)).strftime("%m-%d %H:%M%:z").to_string())
        .collect()
}

#[test]
fn fixed_times_follow_the_wall_over_every_change_of_the_clocks() {
    let cases: [(&str, &[&str], &str, &[&str]); 12] = [
        // No daylight saving; the due time itself is not after itself.
        (
            "Asia/Ho_Chi_Minh",
            &["07:30", "15:00"],
            "2026-03-02T07:30:00+07:00",
            &["03-02 15:00+07:00", "03-03 07:30+07:00"],
        ),
        // Over the end of the year and over a leap day.
        ("Asia/Ho_Chi_Minh", &["23:59"], "2025-12-31T23:59:00+07:00", &["01-01 23:59+07:00"]),
        ("Asia/Ho_Chi_Minh", &["00:00"], "2025-12-31T23:59:59+07:00", &["01-01 00:00+07:00"]),
        (
            "Asia/Ho_Chi_Minh",
            &["12:00"],
            "2028-02-28T12:00:00+07:00",
            &["02-29 12:00+07:00", "03-01 12:00+07:00"],
        ),
        // 02:30 does not exist on 29 March.
        (
            "Europe/Berlin",
            &["02:30"],
            "2026-03-28T12:00:00+01:00",
            &["03-29 03:30+02:00", "03-30 02:30+02:00"],
        ),
        // It meets 03:30, and there is one report.
        (
            "Europe/Berlin",
            &["02:30", "03:30"],
            "2026-03-28T12:00:00+01:00",
            &["03-29 03:30+02:00", "03-30 02:30+02:00"],
        ),
        // It is moved behind 03:00.
        (
            "Europe/Berlin",
            &["02:30", "03:00"],
            "2026-03-28T12:00:00+01:00",
            &["03-29 03:00+02:00", "03-29 03:30+02:00"],
        ),
        // 02:30 exists twice on 25 October.
        (
            "Europe/Berlin",
            &["02:30"],
            "2026-10-24T12:00:00+02:00",
            &["10-25 02:30+02:00", "10-26 02:30+01:00"],
        ),
        (
            "America/New_York",
            &["01:30", "02:15"],
            "2026-03-08T01:30:00-05:00",
            &["03-08 03:15-04:00", "03-09 01:30-04:00"],
        ),
        (
            "America/New_York",
            &["01:30"],
            "2026-11-01T00:00:00-04:00",
            &["11-01 01:30-04:00", "11-02 01:30-05:00"],
        ),
        // Half an hour: forward on 4 October, back on 5 April.
        (
            "Australia/Lord_Howe",
            &["02:15"],
            "2026-10-03T12:00:00+10:30",
            &["10-04 02:45+11:00", "10-05 02:15+11:00"],
        ),
        (
            "Australia/Lord_Howe",
            &["01:45"],
            "2026-04-04T12:00:00+11:00",
            &["04-05 01:45+11:00", "04-06 01:45+10:30"],
        ),
    ];
    for (name, times, after, expected) in cases {
        assert_eq!(dues(&at(name, times), name, after, expected.len()), expected, "{name} {times:?}");
    }
}

#[test]
fn a_day_that_a_zone_leaves_out_has_no_report_of_its_own() {
    // Samoa went from 29 to 31 December 2011.
    let expected = ["12-31 07:30+14:00", "01-01 07:30+14:00"];
    assert_eq!(
        dues(&at("Pacific/Apia", &["07:30"]), "Pacific/Apia", "2011-12-29T07:30:00-10:00", 2),
        expected
    );
}

#[test]
fn intervals_are_counted_from_midnight_and_pass_over_changes_of_the_clocks() {
    let cases: [(&str, Duration, &str, &[&str]); 6] = [
        (
            "Asia/Ho_Chi_Minh",
            3 * HOUR,
            "2026-03-02T07:31:12+07:00",
            &["03-02 09:00+07:00", "03-02 12:00+07:00"],
        ),
        ("Asia/Ho_Chi_Minh", 3 * HOUR, "2025-12-31T21:00:00+07:00", &["01-01 00:00+07:00"]),
        ("Asia/Ho_Chi_Minh", 30 * MIN, "2026-03-02T09:00:00+07:00", &["03-02 09:30+07:00"]),
        // A week means Mondays.
        ("Asia/Ho_Chi_Minh", 168 * HOUR, "2026-03-04T00:00:00+07:00", &["03-09 00:00+07:00"]),
        // Also before the day from which they are counted.
        ("Asia/Ho_Chi_Minh", 3 * HOUR, "2023-12-31T22:00:00+07:00", &["01-01 00:00+07:00"]),
        (
            "Europe/Berlin",
            3 * HOUR,
            "2026-03-28T23:00:00+01:00",
            &["03-29 00:00+01:00", "03-29 04:00+02:00", "03-29 07:00+02:00"],
        ),
    ];
    for (name, every, after, expected) in cases {
        let schedule = Schedule::every(every, &zone(name));
        assert_eq!(dues(&schedule, name, after, expected.len()), expected, "{name} {every:?}");
    }
}

#[test]
fn the_next_due_time_is_later_the_first_one_and_never_goes_back() {
    let mut random = StdRng::seed_from_u64(2);
    let zones =
        ["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"];
    let (from, to) = (time("2023-06-01T00:00:00Z").as_second(), time("2029-06-01T00:00:00Z").as_second());
    for round in 0..4000 {
        let zone = zone(zones[round % zones.len()]);
        let schedule = if random.random_bool(0.5) {
            Schedule::every(Duration::from_secs(random.random_range(60..200_000)), &zone)
        } else {
            let count = random.random_range(1..6);
            let mut time = || Time::constant(random.random_range(0..24), random.random_range(0..60), 0, 0);
            Schedule::at(&(0..count).map(|_| time()).collect::<Vec<_>>(), &zone).unwrap()
        };
        let after = Timestamp::from_second(random.random_range(from..to)).unwrap();
        let due = schedule.next_due(after);
        let context = format!("{schedule:?} after {after}");
        assert!(due > after, "{context}");
        assert!(due.duration_since(after) <= SignedDuration::from_secs(200_000), "{context}");
        // No due time was passed over: from anywhere between the two, the next one is the same.
        let between = random.random_range(after.as_second()..due.as_second());
        assert_eq!(schedule.next_due(Timestamp::from_second(between).unwrap()), due, "{context}");
        assert!(schedule.next_due(due) > due, "{context}");
    }
}

#[test]
fn the_end_of_time_is_no_panic() {
    for schedule in [Schedule::every(HOUR, &TimeZone::UTC), at("Europe/Berlin", &["07:30"])] {
        assert_eq!(schedule.next_due(Timestamp::MAX), Timestamp::MAX);
        assert!(schedule.next_due(Timestamp::MIN) > Timestamp::MIN);
    }
    let due = Schedule::every(Duration::ZERO, &TimeZone::UTC).first_due(Timestamp::MIN, Duration::MAX, None);
    assert!(due > Timestamp::MIN);
}

#[test]
fn the_configuration_prefers_times_to_the_interval() {
    let mut config = ReportConfig::default();
    let vietnam = zone("Asia/Ho_Chi_Minh");
    assert_eq!(Schedule::from_config(&config), Ok(Schedule::every(3 * HOUR, &vietnam)));
    config.times = vec!["15:00".parse().unwrap(), "07:30".parse().unwrap()];
    assert_eq!(Schedule::from_config(&config), Ok(at("Asia/Ho_Chi_Minh", &["07:30", "15:00"])));
    config.zone = "Asia/Nowhere".to_owned();
    assert_eq!(
        Schedule::from_config(&config).unwrap_err().to_string(),
        "report.zone = \"Asia/Nowhere\": write the IANA name of a time zone, for example Asia/Ho_Chi_Minh"
    );
    assert_eq!(Schedule::at(&[], &vietnam), None);
}

#[test]
fn a_restart_within_the_window_neither_skips_a_report_nor_writes_it_twice() {
    let schedule = at("Asia/Ho_Chi_Minh", &["07:30", "15:00"]);
    let day = |clock: &str| time(&format!("2026-03-02T{clock}:00+07:00"));
    let cases = [
        // now, begun, due
        ("07:00", None, "07:30"),
        ("07:33", None, "07:30"),
        ("07:35", None, "07:30"),
        ("07:36", None, "15:00"),
        ("07:33", Some("07:30"), "15:00"),
        ("07:33", Some("07:25"), "15:00"),
        ("07:33", Some("07:24"), "07:30"),
        ("07:28", Some("07:26"), "15:00"),
        ("14:00", Some("07:30"), "15:00"),
    ];
    for (now, begun, due) in cases {
        assert_eq!(schedule.first_due(day(now), 5 * MIN, begun.map(day)), day(due), "{now} {begun:?}");
    }
}

#[test]
fn a_run_is_due_within_the_tolerance_and_missed_beyond_it() {
    let due = time("2026-03-02T00:30:00Z");
    let second = Duration::from_secs(1);
    let cases = [
        ("2026-03-02T00:24:59Z", Timing::Early(5 * MIN + second)),
        ("2026-03-02T00:25:00Z", Timing::Due),
        ("2026-03-02T00:30:00Z", Timing::Due),
        ("2026-03-02T00:35:00Z", Timing::Due),
        ("2026-03-02T00:35:01Z", Timing::Missed(5 * MIN + second)),
        ("2026-03-03T00:30:00Z", Timing::Missed(24 * HOUR)),
    ];
    for (now, timing) in cases {
        assert_eq!(decide(due, time(now), 5 * MIN), timing, "{now}");
    }
    assert_eq!(decide(due, due, Duration::ZERO), Timing::Due);
}

#[test]
fn a_failure_is_tried_again_within_the_window_and_no_more_often_than_allowed() {
    let due = time("2026-03-02T00:30:00Z");
    let (retry_after, tolerance) = (Duration::from_secs(20), 5 * MIN);
    let retry = |text: &str| AfterFailure::RetryAt(time(text));
    let used = |attempts| AfterFailure::GiveUp(GiveUpReason::AttemptsUsed(attempts));
    let closed = |s| AfterFailure::GiveUp(GiveUpReason::WindowClosed(Duration::from_secs(s)));
    let cases = [
        (1, 3, "2026-03-02T00:30:05Z", retry("2026-03-02T00:30:25Z")),
        (2, 3, "2026-03-02T00:30:30Z", retry("2026-03-02T00:31:10Z")),
        (3, 3, "2026-03-02T00:31:15Z", used(3)),
        (1, 1, "2026-03-02T00:30:05Z", used(1)),
        (1, 3, "2026-03-02T00:34:40Z", retry("2026-03-02T00:35:00Z")),
        (1, 3, "2026-03-02T00:34:41Z", closed(1)),
        (40, 100, "2026-03-02T00:30:05Z", closed(20 * u64::from(u32::MAX) - 295)),
    ];
    for (attempt, max_attempts, now, expected) in cases {
        let found = after_failure(attempt, max_attempts, time(now), due, tolerance, retry_after);
        assert_eq!(found, expected, "attempt {attempt} of {max_attempts} at {now}");
    }
    assert_eq!(GiveUpReason::AttemptsUsed(3).to_string(), "attempts failed: 3");
}
