//! The arguments, as the operator types them; a mistake in them is one line.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};
use jiff::Timestamp;

use super::ailment::parse_ailment;
use super::completions::arguments::{CompletionsArguments, ManArguments};
use super::config::arguments::ConfigCommand;
use super::failure::{EXIT_CODES, Failure};
use super::health::arguments::HealthArguments;
use super::logging::LogFormat;
use super::memory::arguments::MemoryCommand;
use super::soak::arguments::SoakArguments;
use super::terminal::arguments::TerminalCommand;
use crate::config::parse_duration;
use crate::laboratory::Ailment;
use crate::report::language::Language;

/// Market indices every three minutes, a bilingual market report every few hours, flat memory.
#[derive(Debug, Parser)]
#[command(name = "evenkeel", version, max_term_width = 100, after_long_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The configuration file; without it evenkeel.toml, if there is one
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Where the daemon keeps its files
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data_dir: Option<String>,
    /// The database, for example sqlite:market.db
    #[arg(long, global = true, value_name = "URL")]
    pub(super) database: Option<String>,
    /// What a log line looks like
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "FORMAT")]
    pub(super) log_format: LogFormat,
}

impl Options {
    /// For a command that reads no configuration.
    pub(super) fn refuse_config(&self, who: &str) -> Result<(), Failure> {
        match &self.config {
            Some(file) => Err(Failure::Config(format!(
                "--config {}: {who} reads no configuration; leave it out",
                file.display()
            ))),
            None => Ok(()),
        }
    }

    /// For a command that has no files of its own either.
    pub(super) fn refuse_all_but_the_log(&self, who: &str) -> Result<(), Failure> {
        self.refuse_config(who)?;
        for (name, value) in [("--data-dir", &self.data_dir), ("--database", &self.database)] {
            if let Some(value) = value {
                return Err(Failure::Config(format!("{name} {value}: {who} keeps no files; leave it out")));
            }
        }
        Ok(())
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the daemon with live sources until SIGTERM or Ctrl-C
    ///
    /// Collects the indices, writes a report when one is due, and serves both on http://127.0.0.1:8888.
    /// Configured by evenkeel.toml, .env and the environment; `evenkeel config show` prints what holds.
    /// SIGUSR2 replaces the process by a new one of the same PID on the same port; who connects meanwhile waits.
    #[command(after_help = "Example:\n  PORT=8080 AUTO_REPORT_SCHEDULE_TIMES=07:30,15:00 evenkeel run")]
    Run,
    /// Run the same daemon against a simulated exchange, faster than real time
    ///
    /// Needs no network, reads no configuration, and keeps its files in a directory of its own.
    #[command(after_help = "Example:\n  evenkeel demo --for 60s\n  evenkeel demo --speed 600 --port 9000
  evenkeel demo --leak report-builder=7MiB/message

Leaks, on purpose and for real, to watch what is done about them (AMOUNT/h is of the daemon's clock):
  --leak report-builder=7MiB/h             held until the actor is restarted
  --leak report-builder=7MiB/message       the same, for each message that it takes
  --leak persistence=7MiB/h,forget         lost until the process is replaced
  --leak persistence=7MiB/h,malloc         held by a C library, SQLite, until the actor is restarted
  --leak market-indices=7MiB/h,hoard:auto-report
                                           held by another actor until that one is restarted
Healthy actors that only look as if they leaked, with the most that they hold:
  --leak report-builder=20MiB,sawtooth     or flat, plateau, step, bursts, wave, cache")]
    Demo(DemoArguments),
    /// Run only the simulated exchange, until SIGTERM or Ctrl-C
    ///
    /// For trying a daemon of your own against it; prints the lines that its evenkeel.toml needs.
    #[command(
        after_help = "Example:\n  evenkeel simulate --port 9100 > simulated.toml\n  evenkeel run --config simulated.toml"
    )]
    Simulate(SimulateArguments),
    /// Run simulated days through the whole daemon, and see whether its memory stays flat
    ///
    /// Real actors, real HTTP to the simulated exchange (a process of its own), the real store and database; only the
    /// waiting is left out. Prints what was measured, and writes it as a table and as a chart.
    #[command(
        after_help = "Example:\n  evenkeel soak --days 30\n  evenkeel soak --days 2 --database postgresql://… --redis redis://…"
    )]
    Soak(SoakArguments),
    #[command(flatten)]
    Terminal(TerminalCommand),
    /// Build, list, show and export reports
    #[command(subcommand)]
    Report(ReportCommand),
    /// Show what the actors hold, what was decided about it, and judge recorded samples again
    #[command(subcommand)]
    Memory(MemoryCommand),
    /// Bring the database to this program's schema
    ///
    /// `run` does the same at its start; on its own it shows what would be in the way.
    #[command(
        after_help = "Example:\n  evenkeel migrate --database sqlite:market.db\n  evenkeel migrate --adopt"
    )]
    Migrate(MigrateArguments),
    /// Import the reports of the old service from its SQLite file
    ///
    /// Every row of its table crypto_report becomes a report with the same id and time. The file is only read. A row that
    /// was imported before is skipped, so that an import which was interrupted is simply run again.
    #[command(after_help = "Example:\n  evenkeel import instance/crypto_reports.db")]
    Import {
        /// The SQLite file of the old service
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Check or print the configuration, or what could stand in it
    #[command(subcommand)]
    Config(ConfigCommand),
    Health(HealthArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

#[derive(Debug, Args)]
pub(super) struct MigrateArguments {
    /// Take over the table crypto_report of the old service, which is switched off
    ///
    /// Imports every row with its id and its time, compares, renames the table to crypto_report_before_evenkeel and puts a
    /// view of the same columns in its place. When it is interrupted, run it again: it goes on where it stopped.
    #[arg(long)]
    pub(super) adopt: bool,
}

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// End by itself after this long, in real time, for example 60s
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
    pub(super) lasting: Option<Duration>,
    /// How many times faster than real time the market and the daemon's clock run, 1 to 3600
    #[arg(long, default_value_t = 60.0, value_name = "N", value_parser = parse_speed)]
    pub(super) speed: f64,
    /// The port of the web face; 0 takes a free one
    #[arg(long, default_value_t = 8888, value_name = "PORT")]
    pub(super) port: u16,
    /// Where the demo's clock begins; set by a demo that replaces itself
    #[arg(long, hide = true, value_name = "TIME")]
    pub(super) from: Option<Timestamp>,
    /// Make an actor leak, or hold memory in a healthy shape; may be given several times, see below
    #[arg(long = "leak", value_name = "ACTOR=AMOUNT[,SHAPE]", value_parser = parse_ailment)]
    pub(super) leaks: Vec<Ailment>,
}

#[derive(Debug, Args)]
pub(super) struct SimulateArguments {
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub(super) port: u16,
    /// Length of the list of coins
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(super) coins: u32,
    /// The same seed gives the same prices at the same times
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(super) seed: u64,
    /// Its clock stands at this time until another one is posted to /_simulator/time
    #[arg(long, value_name = "TIME")]
    pub(super) stands_at: Option<Timestamp>,
}

#[derive(Debug, Subcommand)]
pub(super) enum ReportCommand {
    /// Fetch the market and write a report, without a running daemon
    #[command(after_help = "Example:\n  evenkeel report now")]
    Now {
        /// Which edition; the main one without it.
        #[arg(long, value_name = "NAME")]
        edition: Option<String>,
    },
    /// List the reports, newest first
    #[command(after_help = "Example:\n  evenkeel report list --limit 5")]
    List {
        /// How many at most
        #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Show what a report consists of
    #[command(after_help = "Example:\n  evenkeel report show 7")]
    Show {
        /// The report's id; `evenkeel report list` shows them
        id: i32,
    },
    /// Write a report as one self-contained HTML file
    #[command(after_help = "Example:\n  evenkeel report export 7 --lang en --out report.html")]
    Export {
        /// The report's id; `evenkeel report list` shows them
        id: i32,
        /// vi (Vietnamese) or en (English)
        #[arg(long, default_value = "vi", value_name = "LANGUAGE", value_parser = parse_language)]
        lang: Language,
        /// The file to write; - for standard output
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// All that can be typed.
pub(super) fn command() -> clap::Command {
    Cli::command()
}

/// Reads the process's arguments; help and mistakes are printed here and end the program.
pub(super) fn parse() -> Result<(Options, Command), ExitCode> {
    match Cli::try_parse() {
        Ok(cli) => Ok((cli.options, cli.command)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                // A reader that closed the pipe has seen enough.
                let _ = error.print();
                Err(ExitCode::SUCCESS)
            }
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                let _ = error.print();
                Err(ExitCode::from(2))
            }
            _ => {
                eprintln!("{}", one_line(&error.to_string()));
                Err(ExitCode::from(2))
            }
        },
    }
}

/// The first paragraph, and the tip if there is one, on one line.
fn one_line(message: &str) -> String {
    let paragraphs: Vec<String> = message
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let tip = paragraphs.iter().find(|paragraph| paragraph.starts_with("tip:"));
    let first = paragraphs.first().map_or("error", String::as_str);
    tip.map_or_else(|| format!("{first}; see evenkeel --help"), |tip| format!("{first}; {tip}"))
}

fn parse_speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "write a number from 1 to 3600".to_owned())?;
    if (1.0..=3600.0).contains(&speed) { Ok(speed) } else { Err("write a number from 1 to 3600".to_owned()) }
}

fn parse_language(text: &str) -> Result<Language, String> {
    text.parse().map_err(|error: crate::report::language::ParseError| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_help_with_an_example() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            if command.has_subcommands() {
                command.get_subcommands().for_each(check);
            } else {
                let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(after.contains("evenkeel"), "{} has no example", command.get_name());
            }
        }
        check(&Cli::command());
    }

    #[test]
    fn a_mistake_is_one_line_that_names_it() {
        for (arguments, expected) in [
            (
                &["evenkeel", "demo", "--speed", "0"][..],
                "'0' for '--speed <N>': write a number from 1 to 3600",
            ),
            (&["evenkeel", "demo", "--for", "60"], "'60' for '--for <DURATION>'"),
            (
                &["evenkeel", "report", "export", "7", "--out", "x", "--lang", "fr"],
                "`vi` (Vietnamese) or `en`",
            ),
            (
                &["evenkeel", "demo", "--leak", "bob=1MiB/h"],
                "'bob=1MiB/h' for '--leak <ACTOR=AMOUNT[,SHAPE]>': there is no actor \"bob\"; the actors are persistence, ",
            ),
            (&["evenkeel", "demmo"], "'demo'"),
            (&["evenkeel", "report", "show", "x"], "'x' for '<ID>'"),
        ] {
            let line = one_line(&Cli::try_parse_from(arguments).unwrap_err().to_string());
            assert!(line.contains(expected) && !line.contains('\n'), "{line}");
        }
    }
}
