//! What is in deploy/ and beside the program, checked as far as a machine without systemd as its first process and without
//! Docker can.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::tempdir;

mod common;
use common::program::{evenkeel, run, stderr, stdout};

const PROGRAM: &str = env!("CARGO_BIN_EXE_evenkeel");

/// What the unit may be exposed to, of 10.0: a daemon that reaches the internet and nothing else.
const EXPOSURE: f64 = 1.5;

/// What the image of the last stage has: that of a C program that needs glibc and libgcc.
const LIBRARIES: [&str; 5] = ["libc.so.6", "libm.so.6", "libgcc_s.so.1", "linux-vdso.so.1", "ld-linux"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The units in a directory of their own, with the program under test.
fn units(directory: &Path) -> [PathBuf; 2] {
    ["evenkeel.service", "evenkeel.socket"].map(|name| {
        let unit = read(&format!("deploy/systemd/{name}")).replace("/usr/local/bin/evenkeel", PROGRAM);
        let path = directory.join(name);
        fs::write(&path, unit).unwrap();
        path
    })
}

fn systemd_analyze(arguments: &[&str], files: &[PathBuf]) -> Output {
    let output = Command::new("systemd-analyze").args(arguments).args(files).output();
    output.unwrap_or_else(|error| panic!("systemd-analyze: {error}; install systemd"))
}

/// The values of one setting of the service, in order.
fn settings(name: &str) -> Vec<String> {
    let unit = read("deploy/systemd/evenkeel.service");
    let value = |line: &str| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned());
    unit.lines().filter_map(value).collect()
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let directory = tempdir().unwrap();
    let output = systemd_analyze(&["verify", "--man=no"], &units(directory.path()));
    let said = stdout(&output) + &stderr(&output);
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("evenkeel")).collect();
    assert!(output.status.success() && ours.is_empty(), "{said}");
}

#[test]
fn the_service_is_exposed_to_little() {
    let directory = tempdir().unwrap();
    let [service, _] = units(directory.path());
    let output = systemd_analyze(&["security", "--offline=true", "--no-pager"], &[service]);
    let said = stdout(&output);
    let level = said.lines().find(|line| line.contains("Overall exposure level")).unwrap();
    let level = level.split_whitespace().find_map(|word| word.parse::<f64>().ok()).unwrap();
    assert!(level < EXPOSURE, "{said}");
}

#[test]
fn systemd_starts_again_what_can_help_and_nothing_else() {
    let directory = tempdir().unwrap();
    let refused = run(evenkeel(directory.path()).arg("run").env("PORT", "many"));
    let code = refused.status.code().unwrap().to_string();
    assert_eq!(settings("RestartPreventExitStatus"), [code], "{}", stderr(&refused));
    // The table of the README is the contract.
    let meaning = "| memory could not be had back; start me again |";
    let row = read("README.md").lines().find(|line| line.ends_with(meaning)).unwrap().to_owned();
    let code = row.split('|').nth(1).unwrap().trim().to_owned();
    assert_eq!(settings("RestartForceExitStatus"), [code]);
}

/// The instructions of the Dockerfile, continued lines joined.
fn instructions() -> Vec<(String, String)> {
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

fn compose() -> Value {
    serde_saphyr::from_str(&read("deploy/compose.yaml")).unwrap()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

#[test]
fn the_services_are_confined_and_wait_for_each_other() {
    let compose = compose();
    let services = compose["services"].as_object().unwrap();
    assert_eq!(
        services.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        ["evenkeel", "postgres", "redis"].into()
    );
    for (name, service) in services {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(words(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(words(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        assert!(service["mem_limit"].is_string() && service["pids_limit"].is_u64(), "{name}");
        assert!(!words(&service["healthcheck"]["test"]).is_empty(), "{name}");
        let (_, tag) = service["image"].as_str().unwrap().rsplit_once(':').unwrap();
        assert!(tag.contains('.'), "{name}: {tag} is not a version");
        for (other, dependency) in service["depends_on"].as_object().into_iter().flatten() {
            assert_eq!(dependency["condition"], "service_healthy", "{name}");
            assert!(services.contains_key(other), "{name} depends on {other}");
        }
        for volume in service["volumes"].as_array().into_iter().flatten() {
            let volume = volume.as_str().unwrap().split(':').next().unwrap();
            assert!(compose["volumes"].get(volume).is_some(), "{name}: {volume}");
        }
    }
    // Only this machine reaches the daemon, and nobody else the others.
    assert_eq!(words(&services["evenkeel"]["ports"]), ["127.0.0.1:8888:8888"]);
    assert!(services["postgres"].get("ports").is_none() && services["redis"].get("ports").is_none());
}

#[test]
fn every_secret_of_the_services_is_named_in_the_example_and_has_no_value() {
    let text = read("deploy/compose.yaml");
    let used: BTreeSet<&str> =
        text.split("${").skip(1).map(|rest| rest.split(":?}").next().unwrap()).collect();
    let example = read("deploy/evenkeel.env.example");
    let named = example.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let named: BTreeSet<&str> = named.map(|line| line.strip_suffix('=').unwrap()).collect();
    assert_eq!(used, named);
}

#[test]
fn what_asks_how_a_container_is_can_be_typed() {
    let compose = compose();
    let asked = words(&compose["services"]["evenkeel"]["healthcheck"]["test"]);
    let (_, image) = instructions().into_iter().find(|(name, _)| name == "HEALTHCHECK").unwrap();
    let image: Vec<String> = serde_json::from_str(image.split_once("CMD ").unwrap().1).unwrap();
    let directory = tempdir().unwrap();
    for command in [&asked[2..], &image.iter().skip(1).map(String::as_str).collect::<Vec<_>>()] {
        // Nobody listens at that port: it is the daemon that is missed, and nothing about the command.
        let output = run(evenkeel(directory.path()).args(command).env("PORT", "9"));
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with("evenkeel: no daemon answers at http://127.0.0.1:9: "), "{said}");
    }
}

/// The names of all commands, `report-now` for one below another, from the program's own help.
fn commands(directory: &Path, above: &[&str]) -> Vec<String> {
    let help = stdout(&run(evenkeel(directory).args(above).arg("--help")));
    let Some((_, list)) = help.split_once("Commands:\n") else { return vec![above.join("-")] };
    let names = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| {
        line.strip_prefix("  ").filter(|name| !name.starts_with(' '))?.split_whitespace().next()
    });
    let below = names.filter(|name| *name != "help").flat_map(|name| {
        let path: Vec<&str> = above.iter().copied().chain([name]).collect();
        commands(directory, &path)
    });
    let own = (!above.is_empty()).then(|| above.join("-"));
    below.chain(own).collect()
}

#[test]
fn every_command_has_a_manual_page() {
    let directory = tempdir().unwrap();
    let pages = directory.path().join("man/man1");
    let output = run(evenkeel(directory.path()).args(["man", "--out"]).arg(&pages));
    assert!(output.status.success(), "{}", stderr(&output));
    let commands = commands(directory.path(), &[]);
    assert!(commands.len() > 20 && commands.iter().any(|name| name == "config-reference"), "{commands:?}");
    for command in &commands {
        let path = pages.join(format!("evenkeel-{command}.1"));
        let page = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for section in [".TH evenkeel-", ".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", "Example:"] {
            let is_there = page.contains(section);
            assert!(is_there || page.contains(".SH SUBCOMMANDS"), "{command} has no {section}\n{page}");
        }
    }
    let main = stdout(&run(evenkeel(directory.path()).arg("man")));
    assert_eq!(main, fs::read_to_string(pages.join("evenkeel.1")).unwrap());
    assert!(main.contains(".TH evenkeel 1") && main.contains("evenkeel\\-health(1)"), "{main}");
}

#[test]
fn exit_codes_mean_the_same_wherever_they_are_explained() {
    let directory = tempdir().unwrap();
    let help = stdout(&run(evenkeel(directory.path()).arg("--help")));
    let readme = read("README.md");
    let rows = readme.lines().skip_while(|line| *line != "| exit code | meaning |").skip(2);
    let rows: Vec<&str> = rows.take_while(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 6);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").collect();
        let line = format!("  {}  {}", cells[0], cells[1].replace('`', ""));
        assert!(help.lines().any(|printed| printed == line), "{line:?} is not in\n{help}");
    }
}

#[test]
fn bash_completes_what_is_typed() {
    let directory = tempdir().unwrap();
    let script = run(evenkeel(directory.path()).args(["completions", "bash"]));
    let path = directory.path().join("evenkeel.bash");
    fs::write(&path, &script.stdout).unwrap();
    let complete = |words: &[&str]| {
        let line = format!(
            "source {} && COMP_WORDS=({}) COMP_CWORD={} && _evenkeel evenkeel '{}' x && echo \"${{COMPREPLY[@]}}\"",
            path.display(),
            words.join(" "),
            words.len() - 1,
            words.last().unwrap()
        );
        let output = Command::new("bash").args(["-euc", &line]).output().unwrap();
        assert!(output.status.success(), "{line}: {}", stderr(&output));
        stdout(&output).trim().to_owned()
    };
    assert_eq!(complete(&["evenkeel", "mem"]), "memory");
    assert_eq!(complete(&["evenkeel", "config", "ref"]), "reference");
    assert_eq!(complete(&["evenkeel", "health", "--rea"]), "--ready");
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&run(evenkeel(directory.path()).args(["completions", shell])));
        for word in ["memory", "reference", "ready"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
}

#[test]
fn the_reference_is_printed_as_it_is_kept() {
    let directory = tempdir().unwrap();
    // It is the program's: a file that cannot be used is no obstacle.
    fs::write(directory.path().join("evenkeel.toml"), "nonsense").unwrap();
    let output = run(evenkeel(directory.path()).args(["config", "reference"]));
    assert_eq!(stdout(&output), read("docs/configuration.md"), "{}", stderr(&output));
}
