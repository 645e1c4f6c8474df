//! The ways in which memory is lost.

use std::fmt;

use super::error::AilmentError;

/// The ways, as they are written.
pub(super) const WAYS: &str = "hold, forget, malloc, hoard:ACTOR";

/// How a leak loses memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The generation keeps it; a restart gives it back.
    Hold,
    /// Nobody knows of it any more: nothing but the end of the process gives it back.
    Forget,
    /// A C library keeps it: SQLite, in databases without a file that the generation keeps open.
    Malloc,
    /// Another actor keeps it; a restart of that one gives it back.
    Hoard {
        /// The other actor.
        other: String,
    },
}

impl Way {
    /// The way of this name for a leak of `actor`; nothing when no way is called so. `known` are all actors.
    ///
    /// # Errors
    /// When nobody, nobody known, or the actor itself is to hoard.
    pub(super) fn parse(text: &str, actor: &str, known: &[&str]) -> Result<Option<Self>, AilmentError> {
        let all = || known.join(", ");
        match text.split_once(':') {
            None if text == "hold" => Ok(Some(Self::Hold)),
            None if text == "forget" => Ok(Some(Self::Forget)),
            None if text == "malloc" => Ok(Some(Self::Malloc)),
            None if text != "hoard" => Ok(None),
            None | Some(("hoard", "")) => {
                let example = known.iter().find(|name| **name != actor).unwrap_or(&"ACTOR");
                Err(AilmentError::NobodyHoards { example: (*example).to_owned(), known: all() })
            }
            Some(("hoard", other)) if other == actor => {
                Err(AilmentError::HoardsForItself { actor: actor.to_owned(), known: all() })
            }
            Some(("hoard", other)) if !known.contains(&other) => {
                Err(AilmentError::UnknownActor { name: other.to_owned(), known: all() })
            }
            Some(("hoard", other)) => Ok(Some(Self::Hoard { other: other.to_owned() })),
            Some(_) => Ok(None),
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hold => f.write_str("hold"),
            Self::Forget => f.write_str("forget"),
            Self::Malloc => f.write_str("malloc"),
            Self::Hoard { other } => write!(f, "hoard:{other}"),
        }
    }
}
