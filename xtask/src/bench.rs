//! `cargo xtask bench`: how fast and how small the released program is, against what it must reach.

use anyhow::{Result, ensure};

use crate::{conformance, run};

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let only_review = arguments == ["review"];
    ensure!(arguments.is_empty() || only_review, "usage: cargo xtask bench [review]");
    // Each by itself: together they would be built with the features that either wants of what both use.
    for package in ["pychain", "pychain-bench"] {
        run::status(&mut run::cargo(["build", "--quiet", "--release", "-p", package]))?;
    }
    let mut bench = run::cargo(["run", "--quiet", "--release", "-p", "pychain-bench", "--", "--pychain"]);
    bench.arg(run::target().join("release/pychain")).arg("--work").arg(run::target().join("bench"));
    if only_review {
        bench.args(["--only", "review"]);
    }
    let corpus = conformance::corpus();
    if corpus.join("manifest.tsv").is_file() {
        bench.arg("--corpus").arg(corpus);
    } else {
        println!("bench: there is no corpus at `{}`: the input is generated", corpus.display());
    }
    run::status(&mut bench)
}
