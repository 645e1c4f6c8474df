//! What is remembered of sessions, and for how long.

use super::*;
use crate::report::section::Section;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + seconds).unwrap()
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128)
}

fn begin(sessions: &mut Sessions, number: usize, now: i64) -> Result<Progress, Full> {
    let progress = Progress::default();
    sessions.begin(id(number), progress.clone(), at(now)).map(|()| progress)
}

fn status(sessions: &mut Sessions, number: usize, now: i64) -> Option<Status> {
    sessions.progress(id(number), at(now)).map(|progress| progress.status)
}

#[test]
fn a_session_tells_what_is_done_what_is_stored_and_when() {
    let mut sessions = Sessions::default();
    let progress = begin(&mut sessions, 1, 0).unwrap();
    let seen = |sessions: &mut Sessions| {
        let seen = sessions.progress(id(1), at(60)).unwrap();
        (seen.step, seen.total_steps, seen.current_step_name, seen.percentage, seen.details)
    };
    let waiting = "waiting for the builder and for market data".to_owned();
    assert_eq!(seen(&mut sessions), (0, 0, "waiting", 0, waiting));
    progress.begin(3);
    progress.enter(Section::Summary);
    progress.advance();
    progress.enter(Section::TableRows);
    let rows = "writing section table rows, step 2 of 3".to_owned();
    assert_eq!(seen(&mut sessions), (1, 3, "table rows", 33, rows));
    sessions.touch(id(1), at(5));
    assert_eq!(sessions.progress(id(1), at(6)).unwrap().last_update, at(5));
    sessions.end(id(1), Ok(7), at(9));
    sessions.end(id(1), Err("too late".to_owned()), at(10));
    sessions.touch(id(1), at(11));
    assert_eq!(seen(&mut sessions), (3, 3, "done", 100, "report 7 is stored".to_owned()));
    let ended = sessions.progress(id(1), at(12)).unwrap();
    assert_eq!((ended.status, ended.report_id, ended.end_time), (Status::Completed, Some(7), Some(at(9))));
    assert_eq!((ended.start_time, ended.last_update), (at(0), at(9)));
}

#[test]
fn a_failure_keeps_the_step_and_a_reason_of_bounded_length() {
    let mut sessions = Sessions::default();
    let progress = begin(&mut sessions, 1, 0).unwrap();
    progress.begin(4);
    progress.enter(Section::Indices);
    progress.advance();
    sessions.end(id(1), Err("đ".repeat(10_000)), at(1));
    let ended = sessions.progress(id(1), at(2)).unwrap();
    assert_eq!((ended.status, ended.step, ended.percentage), (Status::Error, 1, 25));
    assert_eq!((ended.current_step_name, ended.details.chars().count()), ("indices", LONGEST_REASON));
    let json = serde_json::to_value(&ended).unwrap();
    assert!(json.get("end_time").is_some() && json.get("report_id").is_none(), "{json}");
}

#[test]
fn one_that_has_ended_is_forgotten_an_hour_later_and_one_that_runs_never() {
    let mut sessions = Sessions::default();
    begin(&mut sessions, 1, 0).unwrap();
    begin(&mut sessions, 2, 0).unwrap();
    sessions.end(id(1), Ok(1), at(100));
    assert_eq!(status(&mut sessions, 1, 3699), Some(Status::Completed));
    assert_eq!(status(&mut sessions, 1, 3700), None);
    assert_eq!(status(&mut sessions, 2, 1_000_000), Some(Status::Running));
}

#[test]
fn where_all_places_are_taken_the_one_that_ended_first_goes_and_those_that_run_stay() {
    let mut sessions = Sessions::default();
    for number in 0..MOST {
        begin(&mut sessions, number, 0).unwrap();
    }
    assert_eq!(begin(&mut sessions, 100, 1).err(), Some(Full));
    sessions.end(id(7), Ok(7), at(3));
    sessions.end(id(9), Ok(9), at(2));
    begin(&mut sessions, 101, 4).unwrap();
    assert_eq!((status(&mut sessions, 9, 4), status(&mut sessions, 7, 4)), (None, Some(Status::Completed)));
    begin(&mut sessions, 102, 4).unwrap();
    assert_eq!(begin(&mut sessions, 103, 4).err(), Some(Full));
    assert_eq!(sessions.0.len(), MOST);
}
