//! The settings that a replay goes by: those of the recording, with those of the command line instead.

use super::super::failure::Failure;
use super::arguments::ReplayArguments;
use crate::config::{Config, MemoryConfig};
use crate::memory::record::PROCESS;

/// The settings with what the arguments say instead.
///
/// # Errors
/// When they do not go together.
pub(super) fn apply(
    arguments: &ReplayArguments,
    mut settings: MemoryConfig,
) -> Result<MemoryConfig, Failure> {
    let lengths = [
        (arguments.window, &mut settings.window),
        (arguments.bucket, &mut settings.bucket),
        (arguments.warm_up, &mut settings.warm_up),
    ];
    let mut changed = false;
    for (given, setting) in lengths {
        changed |= given.is_some();
        *setting = given.unwrap_or(*setting);
    }
    changed |= arguments.growth.is_some() || arguments.growth_percent.is_some();
    settings.growth = arguments.growth.unwrap_or(settings.growth);
    settings.growth_percent = arguments.growth_percent.unwrap_or(settings.growth_percent);
    if let Some(child) = &arguments.child {
        let limits = match child.as_str() {
            PROCESS => &mut settings.process,
            child => settings.limits.entry(child.to_owned()).or_default(),
        };
        limits.soft = arguments.soft.or(limits.soft);
        limits.hard = arguments.hard.or(limits.hard);
        if let Some((soft, hard)) = limits.soft.zip(limits.hard).filter(|(soft, hard)| soft > hard) {
            return Err(Failure::Config(format!(
                "the soft limit of {child}, {soft}, is above its hard limit, {hard}; change one of them by --soft or --hard"
            )));
        }
    }
    if changed {
        // Whose limits they are is the recording's business: another program has other actors.
        let alone = MemoryConfig { limits: std::collections::BTreeMap::new(), ..settings.clone() };
        Config { memory: alone, ..Config::default() }.validate()?;
    }
    Ok(settings)
}
