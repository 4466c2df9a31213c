//! Fuzzes `pychain_properties::diff`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pychain_properties::diff::check(bytes));
