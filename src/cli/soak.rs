//! `evenkeel soak`: simulated days through the whole daemon; prints what its memory did and fails if it did not stay flat.

use std::io::IsTerminal;
use std::time::Duration;

use bytesize::ByteSize;
use indicatif::{ProgressBar, ProgressStyle};

use super::arguments::Options;
use super::browse::print;
use super::failure::Failure;
use super::{logging, system};
use crate::clock::{Clock, Stopwatch};
use crate::config::{DatabaseUrl, RedisUrl};
use crate::daemon::Daemon;
use crate::laboratory::Laboratory;
use crate::soak::{Findings, Hour, Plan, chart, read, run};

pub(super) mod arguments;
mod comparison;

use arguments::{Monitor, SoakArguments};

/// How often a line is written where no bar can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(10);

pub(super) fn soak(options: &Options, arguments: &SoakArguments) -> Result<(), Failure> {
    options.refuse_config("the soak")?;
    let plan = plan(options, arguments)?;
    let (record, timeline) = (plan.record.clone(), arguments.out.join("timeline.svg"));
    logging::install(options.log_format, Clock::system(), logging::QUIET);
    let mut progress = Progress::new(arguments.days);
    let ended =
        system::block_on(async { run(plan, &mut |hour| progress.show(hour)).await.map_err(Failure::failed) });
    progress.finish();
    let hours = read(&record)?;
    std::fs::write(&timeline, chart(&hours))?;
    ended?;
    let findings = Findings::of(&hours).map_err(Failure::failed)?;
    print(&(timeline_table(&hours) + &told(&findings) + &comparison::table(&findings)))?;
    print(&format!("{} and {} have all of it\n", record.display(), timeline.display()))?;
    verdict(&findings, arguments.limit)
}

fn plan(options: &Options, arguments: &SoakArguments) -> Result<Plan, Failure> {
    std::fs::create_dir_all(&arguments.out)?;
    let mut plan = Plan::new(arguments.days, &arguments.out, std::env::current_exe()?);
    if let Some(constituents) = arguments.constituents {
        plan.config.report.constituents = constituents;
    }
    plan.config.database.url = options.database.as_deref().map(DatabaseUrl::new);
    if let Some(url) = &arguments.redis {
        let url = RedisUrl::parse(url).map_err(|wrong| Failure::Config(format!("--redis: {wrong}")))?;
        plan.config.redis.url = Some(url);
    }
    if let Some(edition) = &arguments.edition {
        plan.config.report.edition.clone_from(edition);
    }
    plan.config.memory.dry_run = arguments.monitor == Monitor::Off;
    plan.before = arguments.before;
    plan.laboratory = Laboratory::new(arguments.leaks.iter().cloned());
    plan.config.validate()?;
    Ok(plan)
}

/// How far the days have come: a bar on a terminal, a line every ten seconds elsewhere; on standard error.
struct Progress {
    bar: Option<ProgressBar>,
    hours: u32,
    begun: Stopwatch,
    written: Duration,
}

impl Progress {
    fn new(days: u32) -> Self {
        let template = "day {msg} {wide_bar} {percent}%, {elapsed}, {eta} left";
        let bar = ProgressStyle::with_template(template)
            .ok()
            .map(|style| ProgressBar::new(u64::from(days) * 24).with_style(style));
        Self {
            bar: bar.filter(|_| std::io::stderr().is_terminal()),
            hours: days * 24,
            begun: Clock::system().stopwatch(),
            written: Duration::ZERO,
        }
    }

    fn show(&mut self, hour: &Hour) {
        let elapsed = self.begun.elapsed();
        let per_second = hour.reports as f64 / elapsed.as_secs_f64().max(f64::MIN_POSITIVE);
        let day = hour.number.div_ceil(24);
        let now = format!("{day}, RSS {}, {per_second:.1} reports/s", size(hour.rss_high));
        if let Some(bar) = &self.bar {
            bar.set_position(u64::from(hour.number));
            bar.set_message(now);
        } else if elapsed >= self.written + LINE_EVERY {
            self.written = elapsed;
            let left = elapsed.mul_f64(f64::from(self.hours) / f64::from(hour.number) - 1.0);
            eprintln!("hour {} of {}, day {now}, about {} s left", hour.number, self.hours, left.as_secs());
        }
    }

    fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A line every three hours of up to two days, else one a day.
fn timeline_table(hours: &[Hour]) -> String {
    let step = if hours.len() <= 48 { 3 } else { 24 };
    let mut table = "  hour     RSS low    RSS high        peak   refreshes  reports  restarts\n".to_owned();
    for hours in hours.chunks(step) {
        let Some(last) = hours.last() else { continue };
        let low = hours.iter().map(|hour| hour.rss_low).min().unwrap_or_default();
        let high = hours.iter().map(|hour| hour.rss_high).max().unwrap_or_default();
        let peak = hours.iter().map(|hour| hour.peak).max().unwrap_or_default();
        table.push_str(&format!(
            "{:>6}  {:>10}  {:>10}  {:>10}  {:>10}  {:>7}  {:>8}\n",
            last.number,
            size(low),
            size(high),
            size(peak),
            last.refreshes,
            last.reports,
            last.restarts
        ));
    }
    table
}

fn told(findings: &Findings) -> String {
    let Findings { hours, warm_up, slope_a_day, p_rising, .. } = findings;
    let mut text = format!(
        "\nafter a warm-up of {warm_up} h, over {} h:\n\
         RSS               {} to {}: high minus low {}\n\
         growth a day      {} (hourly lows, Theil-Sen; p of a rise {p_rising:.3})\n\
         growth of the warm-up {}\n\
         peak of an hour   {} above its low, reports included\n\
         retained          {:.0} B a report, {:.1} B a refresh, of living objects\n",
        hours - warm_up,
        size(findings.rss_low),
        size(findings.rss_high),
        size(findings.spread()),
        signed(*slope_a_day),
        signed(findings.growth_of_warm_up() as f64),
        size(findings.highest_peak),
        findings.retained_a_report,
        findings.retained_a_refresh,
    );
    text.push_str(&format!(
        "connections       {} opened, to the index store and for reading the database; {} restarts\n",
        findings.connections, findings.restarts
    ));
    for (name, growth) in Daemon::ACTORS.iter().zip(&findings.actors) {
        text.push_str(&format!("{name:<17} {} a day\n", signed(*growth)));
    }
    text
}

fn verdict(findings: &Findings, limit: ByteSize) -> Result<(), Failure> {
    if findings.spread() > limit.as_u64() {
        let (spread, limit) = (size(findings.spread()), size(limit.as_u64()));
        return Err(Failure::failed(format!("resident memory varied by {spread}; the limit is {limit}")));
    }
    Ok(())
}

fn size(bytes: u64) -> String {
    ByteSize(bytes).display().iec().to_string()
}

fn signed(bytes: f64) -> String {
    let sign = if bytes < 0.0 { "-" } else { "+" };
    format!("{sign}{}", size(bytes.abs() as u64))
}
