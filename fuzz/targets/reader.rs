//! Fuzzes `pychain_properties::reader`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pychain_properties::reader::check(bytes));
