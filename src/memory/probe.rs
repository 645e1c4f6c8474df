//! What the kernel charges the process.

use std::io;

/// The resident set of this process, in bytes, as the kernel counts it (`VmRSS` of `/proc/self/status`).
///
/// # Errors
/// When `/proc` is not there or does not say.
pub fn process_rss() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    resident_bytes(&status).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, "/proc/self/status has no line VmRSS in kB")
    })
}

fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_set_is_read_in_bytes() {
        assert_eq!(resident_bytes("VmPeak:\t  9 kB\nVmRSS:\t   12 kB\nThreads:\t1\n"), Some(12 * 1024));
        assert_eq!(resident_bytes("VmRSS:\t  twelve kB\n"), None);
        assert_eq!(resident_bytes(""), None);
    }

    #[test]
    fn this_process_has_a_resident_set() {
        assert!(process_rss().unwrap() > 64 * 1024);
    }
}
