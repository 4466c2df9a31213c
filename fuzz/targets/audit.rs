//! Fuzzes `pychain_properties::audit`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pychain_properties::audit::check(bytes));
