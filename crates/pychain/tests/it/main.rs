//! The binary as users meet it: run in a directory of its own, with an environment of its own.

mod base;
mod config;
mod diff;
mod discovery;
mod fixing;
mod names;
mod output;
mod reading;
mod review;
mod sandbox;
mod usage;
