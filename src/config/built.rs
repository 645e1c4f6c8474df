//! What the program was built without.

/// What is right where a value asks for `feature`, and the program was built without it.
pub(super) fn without(feature: &str) -> String {
    format!(
        "this program was built without the feature {feature}; leave it out, or build with --features {feature}"
    )
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, ConfigError, ConfigInputs};

    fn with(variable: &str, value: &str) -> Result<(), ConfigError> {
        let mut inputs = ConfigInputs::default();
        inputs.environment.insert(variable.to_owned(), value.into());
        Config::load(&inputs).map(drop)
    }

    /// Accepted in a build with the feature, and refused by name and without its password in any other.
    fn check(built: bool, feature: &str, (variable, value, shown): (&str, &str, &str)) {
        let right =
            format!("this program was built without the feature {feature}; leave it out, or build with");
        match with(variable, value) {
            Ok(()) => assert!(built, "{value} is accepted without {feature}"),
            Err(error) => {
                let expected = format!("{variable} = \"{shown}\": {right} --features {feature}");
                assert!(!built, "{error}");
                assert_eq!(error.to_string(), expected);
            }
        }
    }

    #[test]
    fn a_server_is_refused_where_the_program_was_built_without_it() {
        let postgres = ("DATABASE_URL", "postgresql://me:hunter2@host/db", "postgresql:…");
        check(cfg!(feature = "postgres"), "postgres", postgres);
        let redis = ("REDIS_URL", "redis://me:hunter2@host/1", "redis://me:(hidden)@host:6379/1");
        check(cfg!(feature = "redis"), "redis", redis);
    }
}
