//! Fuzzes `pychain_properties::fix`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pychain_properties::fix::check(bytes));
