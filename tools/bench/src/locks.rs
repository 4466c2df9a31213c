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
    let other = locks().find(|item| item.family() == family && item.id != largest.id);
    let base = other.map_or_else(|| read(before(text).as_bytes()), |other| read(&other.bytes));
    let head = read(&largest.bytes);
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

/// A lock as it may have been before an upgrade of everything: one package in five at another version.
fn before(text: &str) -> String {
    let mut packages = 0;
    let older = |line: &str| {
        let Some(version) = line.strip_prefix("version = \"") else { return line.to_owned() };
        packages += 1;
        if packages % 5 == 0 { format!("version = \"0.{version}") } else { line.to_owned() }
    };
    text.lines().map(older).collect::<Vec<_>>().join("\n")
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

    #[test]
    fn a_change_is_made_up_where_there_is_none() {
        let package = |n: usize| format!("[[package]]\nname = \"a{n}\"\nversion = \"1\"\n");
        let lock = (0..10).map(package).collect::<Vec<_>>().concat();
        let versions = |text: &str| text.matches("version = \"0.1\"").count();
        assert_eq!((versions(&lock), versions(&before(&lock))), (0, 2));
        assert_eq!(read(before(&lock).as_bytes()).locked().count(), 10);
    }
}
