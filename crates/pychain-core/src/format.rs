//! One file per format: each turns a source file into a [`Document`](crate::model::Document), or into the
//! [`Lock`](crate::model::Lock) of one.

pub mod filename;
mod json;
pub mod lock;
mod pdm_lock;
mod pipfile_lock;
mod poetry_lock;
mod pylock;
pub mod requirements_txt;
mod table;
mod uv_lock;
