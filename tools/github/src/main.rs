//! The stand-in as a program: `pychain-github-double [SCENARIO.json] [--port N]`.
//!
//! Prints its `GITHUB_API_URL` as the first line, then serves until it is ended. What a test can do
//! then is in `control.rs`.

use std::fs;
use std::io::Write as _;

use anyhow::{Context as _, bail};
use pychain_github_double::{Double, Scenario};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut scenario, mut port) = (Scenario::default(), 0);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--port" => {
                let number = arguments.next().context("--port needs a number")?;
                port = number.parse().with_context(|| format!("{number} is no port"))?;
            }
            option if option.starts_with('-') => bail!("there is no option {option}"),
            path => {
                let text = fs::read(path).with_context(|| format!("reading {path}"))?;
                scenario = serde_json::from_slice(&text).with_context(|| format!("reading {path}"))?;
            }
        }
    }
    let double = Double::start_on(scenario, port).context("opening a port")?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", double.api_url())?;
    out.flush()?;
    double.wait();
    Ok(())
}
