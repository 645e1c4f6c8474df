//! Commands that are run to their end, and the examples, which need no command line of the crate.

use std::process::{Command, Output};

/// One of the examples. Cargo builds them along with all tests, beside them, but not along with a single one.
pub fn example(name: &str) -> Command {
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent().and_then(|deps| deps.parent()).unwrap().join("examples").join(name);
    assert!(path.is_file(), "{} is not built: cargo build --examples", path.display());
    Command::new(path)
}

pub fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
