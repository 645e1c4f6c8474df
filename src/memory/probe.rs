//! What the kernel charges the process, and what it lets it have.
//!
//! Read from `/proc` and `/sys`; the parsing is pure, so that every form of them is tested.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A limit of cgroup v1 that means none: the largest number of whole pages.
const NO_LIMIT_V1: u64 = 0x7fff_ffff_ffff_0000;

/// The process as the kernel sees it. Sizes are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct ProcessMemory {
    /// The resident set: `anonymous` plus `file` plus shared memory.
    pub rss: u64,
    /// Pages of the resident set that belong to no file: heap and stacks.
    pub anonymous: u64,
    /// Pages of the resident set that are mapped from files: code, for the most part.
    pub file: u64,
    /// What was moved out to swap: memory that is in use and that `rss` does not show.
    pub swap: u64,
    /// Threads.
    pub threads: u64,
}

/// What the kernel does about transparent huge pages, which make small allocations resident 2 MiB at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum HugePages {
    /// Everywhere.
    Always,
    /// Where a program asks for it.
    Madvise,
    /// Nowhere.
    Never,
    /// The kernel does not say.
    Unknown,
}

/// Reads `/proc/self/status`.
///
/// # Errors
/// When `/proc` is not there or does not say.
pub fn process_memory() -> io::Result<ProcessMemory> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    parse_status(&status).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, "/proc/self/status has no line VmRSS in kB")
    })
}

/// The resident set of this process, in bytes, as the kernel counts it (`VmRSS` of `/proc/self/status`).
///
/// # Errors
/// When `/proc` is not there or does not say.
pub fn process_rss() -> io::Result<u64> {
    process_memory().map(|memory| memory.rss)
}

/// The least memory limit, in bytes, of the control groups that this process is in; none if there is no limit.
pub fn cgroup_limit() -> Option<u64> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    limit_below(Path::new("/sys/fs/cgroup"), &groups)
}

/// The kernel's setting for transparent huge pages.
pub fn huge_pages() -> HugePages {
    let setting = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    setting.map_or(HugePages::Unknown, |setting| parse_huge_pages(&setting))
}

fn parse_status(status: &str) -> Option<ProcessMemory> {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let bytes =
        |name: &str| field(name)?.strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024);
    Some(ProcessMemory {
        rss: bytes("VmRSS:")?,
        // Not in every kernel: what is not said is shown as nothing.
        anonymous: bytes("RssAnon:").unwrap_or_default(),
        file: bytes("RssFile:").unwrap_or_default(),
        swap: bytes("VmSwap:").unwrap_or_default(),
        threads: field("Threads:").and_then(|count| count.parse().ok()).unwrap_or_default(),
    })
}

/// The least limit of `groups` (the text of `/proc/self/cgroup`) and the groups above them, under `root`.
fn limit_below(root: &Path, groups: &str) -> Option<u64> {
    let mut least = None;
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(group)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let (top, file) = if controllers.is_empty() {
            (root.to_path_buf(), "memory.max")
        } else if controllers.split(',').any(|controller| controller == "memory") {
            (root.join("memory"), "memory.limit_in_bytes")
        } else {
            continue;
        };
        let mut at = Some(Path::new(group.trim_start_matches('/')));
        while let Some(group) = at {
            // In a container the path may name a group of the host, of which only the top is to be seen.
            let limit = std::fs::read_to_string(top.join(group).join(file)).ok();
            let limit = limit.and_then(|text| text.trim().parse::<u64>().ok());
            least = [least, limit.filter(|limit| *limit < NO_LIMIT_V1)].into_iter().flatten().min();
            at = group.parent();
        }
    }
    least
}

fn parse_huge_pages(setting: &str) -> HugePages {
    match setting.split_whitespace().find(|word| word.starts_with('[')) {
        Some("[always]") => HugePages::Always,
        Some("[madvise]") => HugePages::Madvise,
        Some("[never]") => HugePages::Never,
        Some(_) | None => HugePages::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_status_is_read_in_bytes() {
        let status = "VmPeak:\t  9 kB\nVmRSS:\t   12 kB\nRssAnon:\t 7 kB\nRssFile:\t 5 kB\nVmSwap:\t 3 kB\nThreads:\t11\n";
        let kib = |kib: u64| kib * 1024;
        let expected =
            ProcessMemory { rss: kib(12), anonymous: kib(7), file: kib(5), swap: kib(3), threads: 11 };
        assert_eq!(parse_status(status), Some(expected));
        assert_eq!(parse_status("VmRSS:\t  twelve kB\n"), None);
        assert_eq!(parse_status(""), None);
    }

    #[test]
    fn this_process_has_memory_and_threads() {
        let memory = process_memory().unwrap();
        assert!(memory.rss > 64 * 1024, "{memory:?}");
        assert!(memory.anonymous > 0 && memory.file > 0 && memory.threads > 0, "{memory:?}");
    }

    #[test]
    fn the_least_limit_on_the_way_up_counts_in_both_versions() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let limit = |groups: &str| limit_below(root.path(), groups);
        assert_eq!(limit("0::/system.slice/daemon.service\n"), None, "nothing is there");

        write("system.slice/daemon.service/memory.max", "max\n");
        assert_eq!(limit("0::/system.slice/daemon.service\n"), None);
        write("system.slice/memory.max", "268435456\n");
        assert_eq!(limit("0::/system.slice/daemon.service\n"), Some(256 << 20), "the slice's limit holds");
        write("system.slice/daemon.service/memory.max", "67108864\n");
        assert_eq!(limit("0::/system.slice/daemon.service\n"), Some(64 << 20));
        assert_eq!(limit("0::/gone/on/the/host\n"), None);
        write("memory.max", "134217728\n");
        assert_eq!(limit("0::/gone/on/the/host\n"), Some(128 << 20), "a container sees its own top");

        write("memory/docker/abc/memory.limit_in_bytes", "33554432\n");
        write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(limit("12:cpu,cpuacct:/x\n11:memory:/docker/abc\n"), Some(32 << 20));
        assert_eq!(limit("11:memory:/elsewhere\n"), None, "the largest number means none");
        assert_eq!(limit("rubbish\n:\n"), None);
    }

    #[test]
    fn the_setting_for_huge_pages_is_the_one_in_brackets() {
        assert_eq!(parse_huge_pages("always [madvise] never\n"), HugePages::Madvise);
        assert_eq!(parse_huge_pages("[always] madvise never\n"), HugePages::Always);
        assert_eq!(parse_huge_pages("always madvise [never]"), HugePages::Never);
        assert_eq!(parse_huge_pages(""), HugePages::Unknown);
    }
}
