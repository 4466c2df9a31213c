//! The page's files: made from its compiled program and `web/static`, measured, and served to a browser.

pub mod bind;
pub mod budget;
pub mod build;
pub mod server;
