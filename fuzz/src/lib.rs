//! What must hold whatever the bytes are. The targets run it for hours, `tests/fuzz_corpus.rs` over the inputs that are kept.

pub mod parsers;
pub mod renderer;
