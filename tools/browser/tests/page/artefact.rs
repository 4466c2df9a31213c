//! What is published: the same bytes from the same sources, and nothing of the machine that made it.

use std::path::{Path, PathBuf};

use pychain_site::bind::bind;
use pychain_site::build::{site, sources};

use crate::built;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

#[test]
fn it_is_made_the_same_again() {
    let program = std::env::var_os("PYCHAIN_WEB_PROGRAM").expect("PYCHAIN_WEB_PROGRAM: run `cargo xtask test web`");
    let engine = bind(Path::new(&program)).expect("a program");
    let again = site(&sources(&root().join("web/static"), engine).expect("sources")).expect("a site");
    let built = built();
    assert!(again.keys().eq(built.keys()), "{:?} and {:?}", again.keys(), built.keys());
    assert!(again == built, "the same names have other contents");
}

#[test]
fn it_tells_nothing_of_the_machine_that_made_it() {
    let home = std::env::home_dir().expect("a home folder");
    let cargo = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let secrets = [root(), cargo, home.join(".rustup")].map(|path| path.to_string_lossy().into_owned());
    for (name, content) in built() {
        for secret in &secrets {
            let is_there = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!is_there, "{name} holds {secret}");
        }
    }
}
