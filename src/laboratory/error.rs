//! Why a text is no ailment. Each sentence says what would be right; the text itself is named by whoever read it.

/// Why a text is no ailment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AilmentError {
    /// There is no `=` in it.
    #[error("name the actor and an amount, for example report-builder=7MiB/h or report-builder=7MiB,flat")]
    NoAmount,
    /// No actor of that name can ail.
    #[error("there is no actor \"{name}\"; the actors are {known}")]
    UnknownActor {
        /// The name.
        name: String,
        /// All names that would be right.
        known: String,
    },
    /// The amount is not a size with a unit.
    #[error("\"{amount}\" is not a size with a unit; write for example 512KiB or 7MiB")]
    NotASize {
        /// The amount.
        amount: String,
    },
    /// The amount is negative.
    #[error("\"{amount}\" is negative; an ailment only ever takes memory")]
    Negative {
        /// The amount.
        amount: String,
    },
    /// The amount is nothing, or less than can be held.
    #[error("\"{amount}\" is too little; {least} is the least")]
    TooLittle {
        /// The amount.
        amount: String,
        /// The least that would be right.
        least: String,
    },
    /// The amount would take the machine down before anything is seen.
    #[error("\"{amount}\" is too much; {most} is the most")]
    TooMuch {
        /// The amount.
        amount: String,
        /// The most that would be right.
        most: String,
    },
    /// A rate is per something else.
    #[error("a leak is per hour or per message: write for example 7MiB/h or 64KiB/message, not /{per}")]
    UnknownPer {
        /// What follows the slash.
        per: String,
    },
    /// The shape has a name that means nothing.
    #[error("there is no shape \"{shape}\"; a leak has one of {leaks}, a healthy actor one of {healthy}")]
    UnknownShape {
        /// The name.
        shape: String,
        /// The shapes of leaks.
        leaks: &'static str,
        /// The shapes of health.
        healthy: &'static str,
    },
    /// A leak without a rate.
    #[error("a leak has a rate: write for example {amount}/h,{shape}")]
    NoRate {
        /// The amount.
        amount: String,
        /// The shape.
        shape: String,
    },
    /// A healthy shape with a rate.
    #[error("{shape} has a size and no rate: write {amount},{shape}")]
    NoSize {
        /// The amount without what it is per.
        amount: String,
        /// The shape.
        shape: String,
    },
    /// Neither a rate nor a shape.
    #[error("write {amount}/h for a leak, or {amount},flat for a healthy actor that holds as much")]
    NeitherRateNorShape {
        /// The amount.
        amount: String,
    },
    /// Nobody is named who hoards.
    #[error("say who hoards, for example hoard:{example}; the actors are {known}")]
    NobodyHoards {
        /// An actor that could.
        example: String,
        /// All actors.
        known: String,
    },
    /// The actor itself hoards.
    #[error("{actor} cannot hoard its own memory for itself; that is hold, or name another of {known}")]
    HoardsForItself {
        /// The actor.
        actor: String,
        /// All actors.
        known: String,
    },
}
