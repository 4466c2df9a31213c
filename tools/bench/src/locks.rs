//! Time of reading a lock file against a plain parse of its TOML, and of comparing two versions of it.

use std::hint::black_box;

use pychain_core::audit::{Request, audit};
use pychain_core::config::Config;
use pychain_core::knowledge::Knowledge;
use pychain_core::model::LockFormat;
use pychain_core::tree::{Loader, Project, Role};
use pychain_corpus::Corpus;

use crate::table::Table;
use crate::timing::{self, Run, Times};

/// Measures the largest `uv.lock` of a corpus, and a change of it.
pub(crate) fn measure(table: &mut Table, corpus: &Corpus) {
    let locks = || corpus.locks.iter().filter(|item| item.format == LockFormat::Uv && item.oracle["error"].is_null());
    let Some(largest) = locks().max_by_key(|item| item.bytes.len()) else { return };
    let Ok(text) = std::str::from_utf8(&largest.bytes) else { return };
    let plain = time(|| drop(black_box(toml::de::DeTable::parse(black_box(text)))));
    let reading = time(|| drop(black_box(read(black_box(&largest.bytes)))));
    table.work(&format!("reading the largest uv.lock, {} kB", text.len() / 1000), &reading, 50.0);
    table.at_most("reading it, plain parses of its TOML", reading.cpu / plain.cpu, "x", 3.0);
    let family = largest.family();
    let Some(other) = locks().find(|item| item.family() == family && item.id != largest.id) else { return };
    let (head, base) = (read(&largest.bytes), read(&other.bytes));
    let config = Config::default();
    let knowledge = Knowledge::default();
    let change = time(|| {
        drop(black_box(audit(&Request {
            head: &head,
            base: Some(&base),
            config: &config,
            head_config: None,
            knowledge: &knowledge,
            workflows: &[],
            as_of: None,
        })));
    });
    table.work("auditing a change of it", &change, 50.0);
}

fn time(work: impl Fn()) -> Times {
    let runs: Vec<Run> = (0..100).map(|_| timing::on_this_thread(&work).0).collect();
    Times::of(&runs)
}

fn read(bytes: &[u8]) -> Project {
    let mut loader = Loader::new();
    loader.root("uv.lock", bytes, Role::Lock);
    loader.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_read() {
        let project = read(b"[[package]]\nname = \"a\"\nversion = \"1\"\n");
        assert_eq!(project.locked().count(), 1);
    }
}
