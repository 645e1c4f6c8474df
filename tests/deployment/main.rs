//! What is in deploy/ and beside the program, checked as far as a machine without systemd as its first process and without
//! Docker can.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

#[path = "../common/mod.rs"]
mod common;

mod command_line;
mod image;
mod service;
mod services;

use std::fs;
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_evenkeel");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
