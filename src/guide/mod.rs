//! The guide for applications that supervise their own actors, and for those that have the daemon within them.
//!
//! * [`supervision`]: an actor that is restarted, and what it takes.
//! * [`links`]: sending to it, and what is lost when it ends: nothing, or one message.
//! * [`memory`]: limits, growth that is proven, and what is done about it.
//! * [`daemon`]: indices, reports and the dashboard under an application's own server.
//! * [`sources`]: sources and stores of an application's own.
//! * [`streaming`]: how a report is written without being held, and what can be read of it.
//!
//! `examples/supervise_your_own.rs` is the first half in one file, `examples/embed_in_actix_web.rs` the second:
//! `cargo run --example supervise_your_own`.

#[doc = include_str!("supervision.md")]
pub mod supervision {}

#[doc = include_str!("links.md")]
pub mod links {}

#[doc = include_str!("memory.md")]
pub mod memory {}

#[doc = include_str!("daemon.md")]
pub mod daemon {}

#[doc = include_str!("sources.md")]
pub mod sources {}

#[doc = include_str!("streaming.md")]
pub mod streaming {}
