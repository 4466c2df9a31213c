//! One file per format: each turns a source file into a [`Document`](crate::model::Document).

pub mod requirements_txt;
