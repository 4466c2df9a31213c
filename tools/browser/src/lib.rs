//! Chromium, driven by its own driver, on a page that we serve.

pub mod driver;
pub mod visit;
