//! `evenkeel health`: asks a running daemon how it is, for a container's health check and for scripts.

pub(super) mod arguments;

use arguments::HealthArguments;
use serde::de::IgnoredAny;

use super::arguments::Options;
use super::browse::print;
use super::failure::Failure;
use super::memory::inquiry::Inquiry;
use super::system;

pub(super) fn health(options: &Options, arguments: &HealthArguments) -> Result<(), Failure> {
    let (path, well) = if arguments.ready { ("/ready", "ready\n") } else { ("/health", "healthy\n") };
    match ask(options, arguments.whom.url.as_deref(), path) {
        Ok(()) => print(well),
        // Whoever checks knows well and unwell; Docker keeps 2 for itself.
        Err(Failure::Config(reason)) => Err(Failure::Failed(reason)),
        Err(failure) => Err(failure),
    }
}

fn ask(options: &Options, url: Option<&str>, path: &str) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    Inquiry::of(url, &config)?.ask::<IgnoredAny>(path)?;
    Ok(())
}
