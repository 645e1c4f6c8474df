//! The image: what it is made of, who runs in it, and what it has for the program.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use tempfile::tempdir;

use crate::common::program::{run, stderr, stdout};
use crate::{PROGRAM, read, root};

/// What the image of the last stage has: that of a C program that needs glibc and libgcc.
const LIBRARIES: [&str; 5] = ["libc.so.6", "libm.so.6", "libgcc_s.so.1", "linux-vdso.so.1", "ld-linux"];

/// The instructions of the Dockerfile, continued lines joined.
pub(crate) fn instructions() -> Vec<(String, String)> {
    let text = read("deploy/Dockerfile").replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let split = |line: &str| {
        let (name, rest) = line.split_once(' ').unwrap();
        (name.to_owned(), rest.trim().to_owned())
    };
    lines.map(split).collect()
}

/// What is copied into the image's first stage, relative to the sources.
fn copied() -> Vec<String> {
    let copies =
        instructions().into_iter().filter(|(name, rest)| name == "COPY" && !rest.starts_with("--from"));
    copies
        .flat_map(|(_, rest)| {
            let mut words: Vec<String> = rest.split_whitespace().map(str::to_owned).collect();
            words.pop();
            words
        })
        .collect()
}

#[test]
fn the_image_is_made_of_what_is_there_and_nothing_else_gets_into_it() {
    let ignored = read(".dockerignore");
    let admitted: BTreeSet<&str> = ignored.lines().filter_map(|line| line.strip_prefix('!')).collect();
    assert!(ignored.lines().any(|line| line == "*"), "{ignored}");
    let copied = copied();
    assert_eq!(copied.iter().map(String::as_str).collect::<BTreeSet<_>>(), admitted);

    // Cargo finds every target that Cargo.toml names.
    let directory = tempdir().unwrap();
    for name in &copied {
        assert!(root().join(name).exists(), "COPY {name}: there is no such file");
        symlink(root().join(name), directory.path().join(name)).unwrap();
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--locked", "--format-version=1"]);
    let output = run(cargo.current_dir(directory.path()));
    assert!(output.status.success(), "{}", stderr(&output));
    // What the sources include is there as well; fixtures are for tests only.
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for included in fs::read_to_string(&path).unwrap().split("include_").skip(1) {
                let call = included.split(')').next().unwrap_or_default();
                let Some((_, included)) = call.split_once("\"../") else { continue };
                let name = included.trim_start_matches("../").split(['/', '"']).next().unwrap();
                let is_there = name == "tests" || copied.iter().any(|copied| copied == name);
                assert!(is_there, "{} includes {name}, which the image is built without", path.display());
            }
        }
    }
}

#[test]
fn the_image_is_pinned_and_runs_as_nobody_in_particular() {
    let instructions = instructions();
    let named = |wanted: &str| -> Vec<&str> {
        let found = instructions.iter().filter(|(name, _)| name == wanted);
        found.map(|(_, rest)| rest.as_str()).collect()
    };
    assert_eq!(named("ADD"), [""; 0]);
    for image in named("FROM") {
        let tag = image.split_whitespace().next().unwrap().rsplit_once(':').map_or("", |(_, tag)| tag);
        assert!(!tag.is_empty() && tag != "latest", "FROM {image}");
    }
    let last_stage = instructions.iter().rposition(|(name, _)| name == "FROM").unwrap();
    let user = instructions[last_stage..].iter().find(|(name, _)| name == "USER").unwrap();
    let ids: Vec<u32> = user.1.split(':').map(|id| id.parse().unwrap()).collect();
    assert!(ids.len() == 2 && !ids.contains(&0), "{user:?}");
    // The compiler of the image is not older than the one that the package needs.
    let needed = read("Cargo.toml");
    let needed = needed
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap()
        .trim_matches('"')
        .to_owned();
    assert!(named("FROM")[0].starts_with(&format!("rust:{needed}-")), "{:?}", named("FROM"));
}

#[test]
fn the_program_needs_no_library_that_the_image_lacks() {
    let output = Command::new("ldd").arg(PROGRAM).output().unwrap();
    let listed = stdout(&output);
    let needed: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(needed.len() >= 3, "{listed}");
    for library in needed {
        assert!(LIBRARIES.iter().any(|there| library.contains(there)), "{library} is not in the image");
    }
}
