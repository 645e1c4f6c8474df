//! What the program was built without.

/// What is right where a value asks for `feature`, and the program was built without it.
pub(super) fn without(feature: &str) -> String {
    format!(
        "this program was built without the feature {feature}; leave it out, or build with --features {feature}"
    )
}
