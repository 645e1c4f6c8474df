//! What the kernel charges this process, at most, over a stretch of the test.

#![allow(dead_code, unreachable_pub, missing_docs)] // every test binary uses a part of it
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::fs;

/// The resident set now, in bytes.
pub fn resident() -> u64 {
    line("VmRSS:")
}

/// From now on [`peak`] counts.
pub fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// The largest resident set since [`forget_peak`], in bytes, as the kernel saw it at every moment.
pub fn peak() -> u64 {
    line("VmHWM:")
}

fn line(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
