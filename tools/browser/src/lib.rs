//! Chromium, driven by its own driver, on a page that we serve.

pub mod bench;
pub mod cpu;
pub mod driver;
pub mod page;
pub mod pictures;
pub mod visit;
