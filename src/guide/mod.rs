//! The guide for applications that supervise their own actors.
//!
//! * [`supervision`]: an actor that is restarted, and what it takes.
//! * [`links`]: sending to it, and what is lost when it ends: nothing, or one message.
//! * [`memory`]: limits, growth that is proven, and what is done about it.
//!
//! `examples/supervise_your_own.rs` is all of it in one file: `cargo run --example supervise_your_own`.

#[doc = include_str!("supervision.md")]
pub mod supervision {}

#[doc = include_str!("links.md")]
pub mod links {}

#[doc = include_str!("memory.md")]
pub mod memory {}
