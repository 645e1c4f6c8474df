//! `evenkeel health`: asks a running daemon how it is, for a container's health check and for scripts.

pub(super) mod arguments;

use arguments::HealthArguments;
use serde::de::IgnoredAny;

use super::arguments::Options;
use super::browse::print;
use super::failure::Failure;
use super::inquiry::{Inquiry, Whom};
use super::system;

pub(super) fn health(options: &Options, arguments: &HealthArguments) -> Result<(), Failure> {
    let (path, well) = if arguments.ready { ("/ready", "ready\n") } else { ("/health", "healthy\n") };
    match ask(options, &arguments.whom, path) {
        Ok(()) => print(well),
        // Whoever checks knows well and unwell; Docker keeps 2 for itself.
        Err(Failure::Config(reason)) => Err(Failure::Failed(reason)),
        Err(failure) => Err(failure),
    }
}

fn ask(options: &Options, whom: &Whom, path: &str) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let inquiry = Inquiry::nearest(whom, &config)?;
    system::block_on(async { Ok(inquiry.ask::<IgnoredAny>(path).await.map(drop)?) })
}
