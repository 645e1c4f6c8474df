//! The whole report from an arbitrary market.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| evenkeel_fuzz::renderer::check(data));
