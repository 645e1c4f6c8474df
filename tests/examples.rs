//! The examples do what they say: each is run as a reader would run it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::process::{Command, Output};

/// Cargo builds the examples along with the tests, beside them.
fn run(example: &str) -> Output {
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent().and_then(|deps| deps.parent()).unwrap().join("examples").join(example);
    Command::new(&path).output().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn an_actor_of_ones_own_is_restarted_and_nothing_is_lost() {
    let output = run("supervise_your_own");
    let story = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{story}\n{complaint}");
    for part in ["decided ", "restarted  image-cache is generation 2 now", "returned ", "no request was lost"]
    {
        assert!(story.contains(part), "{part} is missing:\n{story}");
    }
}
