//! Screens as they are drawn.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::json;

use super::super::super::screen::screen;
use super::super::seen::Seen;
use super::*;
use crate::memory::timeline::{Range, Stretch};
use crate::web::DaemonStatus;

/// A daemon with two actors, of which the second was restarted because of its memory.
pub(in super::super) fn top() -> Top {
    let actor = |name: &str, generation: u64, ending: Option<&str>| {
        json!({"name": name, "generation": generation, "state": "running", "rss": 943_718, "live": 419_430, "floor": 419_430,
            "growth_per_day": -2048, "leak_out": null, "mailbox": 3, "work": 7,
            "restarts": {"requested": 0, "memory": generation - 1, "crashes": 0}, "last_ending": ending})
    };
    let status: DaemonStatus = serde_json::from_value(json!({
        "version": "0.1.0", "pid": 4711,
        "course": {"state": "supervising", "fault": null, "now": "2026-03-02T03:00:00Z", "begun": "2026-03-02T00:57:00Z",
            "uptime_s": 7380, "speed": 60.0, "zone": "Asia/Ho_Chi_Minh", "next_refresh": "2026-03-02T03:03:00Z",
            "next_report": "2026-03-02T05:00:00Z"},
        "indices": {"taken_at": "2026-03-02T02:59:00Z", "age_s": 60, "known": 16, "failed": [], "trouble": null},
        "reports": {"count": 12, "newest": {"id": 12, "edition": "market", "created_at": "2026-03-02T02:00:00Z", "bytes": 7_000_000}},
        "process": {"rss": 31_000_000, "low": 30_000_000, "high": 32_000_000, "unattributed": 26_000_000, "swap": 0,
            "threads": 14, "limit": null, "dry_run": false, "warnings": []},
        "actors": [actor("market-indices", 1, None), actor("report-builder", 3, Some("was restarted because of memory"))],
    }))
    .unwrap();
    let point = |minute: i64| {
        let at_ms = status.course.now.as_millisecond() - (60 - minute) * 60_000;
        let rss = 30_000_000 + minute * 30_000;
        json!({"at_ms": at_ms, "rss": rss, "low": rss, "unattributed": 20_000_000, "children": [1_000_000, minute * 50_000]})
    };
    let restart = json!({"restart": {"child": "report-builder", "generation": 3, "cause": "memory"}});
    let stretch: Stretch = serde_json::from_value(json!({
        "names": ["market-indices", "report-builder"],
        "points": (0..=60).map(point).collect::<Vec<_>>(),
        "marks": [{"at_ms": status.course.now.as_millisecond() - 1_800_000, "what": restart}],
    }))
    .unwrap();
    let line = |message: &str, level: Severity| Entry {
        number: 1,
        at: "2026-03-02T02:59:00Z".parse().unwrap(),
        level,
        event: "tested".to_owned(),
        target: "evenkeel".to_owned(),
        message: message.to_owned(),
        fields: serde_json::Map::new(),
    };
    let lines = vec![
        line("refreshed 16 of 16 indices", Severity::Info),
        line("a coin\u{1b}[31m named \u{202e}", Severity::Warn),
    ];
    Top::new(Seen { status, range: Range::Hour, stretch, lines })
}

fn drawn(top: &Top, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, top)).unwrap();
    let buffer = terminal.backend().buffer();
    let cell = |x, y| buffer.cell((x, y)).unwrap().symbol().to_owned();
    (0..height).map(|y| (0..width).map(|x| cell(x, y)).collect::<String>().trim_end().to_owned()).collect()
}

#[test]
fn a_screen_of_80_by_24_has_everything() {
    let lines = drawn(&top(), 80, 24);
    assert!(
        lines[0].starts_with("evenkeel 0.1.0  running  up 2 h 3 min  2026-03-02 10:00:00 +07:00  clock × 60"),
        "{lines:#?}"
    );
    assert_eq!(lines[1], "indices 16 of 16 known, 1 min 0 s old; next refresh 10:03:00");
    assert!(
        lines[2].starts_with("reports 12 stored; next 2026-03-02 12:00; newest 12 (market) 2026-03-02 09:00"),
        "{lines:#?}"
    );
    assert_eq!(lines[3], "actor           gen  state      rss        live       growth/day  mail restarts");
    assert_eq!(lines[5], "report-builder  3    running    921.6 KiB  409.6 KiB  -2.0 KiB    3    2/0/0");
    let graph = lines.iter().position(|line| line.starts_with("process 30.3 MiB")).unwrap();
    assert!(lines[graph].contains("market-indices 976.6 KiB"), "{lines:#?}");
    let dots = |line: &String| line.chars().any(|it| ('\u{2801}'..='\u{28ff}').contains(&it));
    assert!(lines[graph..].iter().filter(|line| dots(line)).count() >= 4, "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("an hour ago") && line.contains("now")), "{lines:#?}");
    assert_eq!(lines[23], "q leave  ↑↓ select  1 2 3 range  r restart  ? help  24 h: 28.6 MiB to 30.5 MiB");
}

#[test]
fn text_of_others_does_not_act_on_the_terminal() {
    let lines = drawn(&top(), 80, 24);
    assert!(lines.contains(&r"09:59:00 WARN  a coin\u{1b}[31m named \u{202e}".to_owned()), "{lines:#?}");
}

#[test]
fn the_selected_actor_has_its_own_graph_and_its_restarts_are_marked() {
    let mut top = top();
    top.selected = 1;
    let lines = drawn(&top, 80, 24);
    assert!(lines.iter().any(|line| line.contains("report-builder 2.9 MiB  •memory 1")), "{lines:#?}");
    let wide = drawn(&top, 120, 50);
    assert!(wide[3].contains("work"), "{wide:#?}");
}

#[test]
fn questions_help_and_trouble_are_seen() {
    let mut top = top();
    top.overlay = Overlay::Confirm("report-builder".to_owned());
    let text = drawn(&top, 80, 24).join("\n");
    assert!(text.contains("Restart report-builder?") && text.contains("y restarts it"), "{text}");
    top.overlay = Overlay::Help;
    assert!(drawn(&top, 80, 24).join("\n").contains("1 2 3     the last hour, day, week"));
    top.trouble = Some("no daemon answers".to_owned());
    assert_eq!(drawn(&top, 80, 24)[23], "not of now: no daemon answers");
}

#[test]
fn a_screen_that_is_too_small_is_no_trouble() {
    for (width, height) in [(1, 1), (20, 5), (79, 10), (300, 100)] {
        drawn(&top(), width, height);
    }
}

#[test]
fn the_status_fits_on_a_terminal_of_80_characters() {
    let text = screen(&top().seen.status);
    let expected = "\
evenkeel 0.1.0  running  up 2 h 3 min  2026-03-02 10:00:00 +07:00  clock × 60
indices  16 of 16 known, 1 min 0 s old; next refresh 10:03:00
reports  12 stored; next 2026-03-02 12:00; newest 12 (market) 2026-03-02 09:00
process  pid 4711  29.6 MiB  24 h 28.6 MiB–30.5 MiB  no actor's 24.8 MiB

actor          gen state         rss      live growth/day mail work restarts
market-indices   1 running 921.6 KiB 409.6 KiB   -2.0 KiB    3    7 0/0/0
report-builder   3 running 921.6 KiB 409.6 KiB   -2.0 KiB    3    7 2/0/0
restarts: because of memory/after a crash/on request
report-builder generation 2 was restarted because of memory
";
    assert_eq!(text, expected);
}
