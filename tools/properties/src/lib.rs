//! What is true of core whatever it is given. The property tests and the fuzz targets check the same things.
//!
//! Every check takes bytes and panics where something does not hold. How the bytes become files is
//! said in [`input`].

#![expect(clippy::missing_panics_doc, reason = "a check panics where something does not hold: that is its job")]

pub mod audit;
pub mod diff;
pub mod fix;
pub mod input;
pub mod reader;

/// Every check, on the same bytes.
pub fn check_all(bytes: &[u8]) {
    reader::check(bytes);
    audit::check(bytes);
    diff::check(bytes);
    fix::check(bytes);
}
