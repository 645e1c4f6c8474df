//! What helps at a terminal: manual pages, exit codes, completions, the reference of the configuration.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use crate::common::program::{evenkeel, run, stderr, stdout};
use crate::read;

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
