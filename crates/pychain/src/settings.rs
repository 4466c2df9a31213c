//! Finds and reads the configuration of a tree. What cannot be meant stops the run.

use std::path::Path;

use anyhow::{Context as _, Result};
use pychain_core::config::{Config, ConfigError, from_pychain_toml, from_pyproject_toml};
use pychain_core::text::{Problem, SourceFile};

use crate::args::AuditArgs;
use crate::error::{BrokenConfig, Hinted};
use crate::tree::{Tree, Unread};

/// Where a configuration is looked for in the root of a tree, in this order.
pub(crate) const NAMES: [&str; 2] = [PYCHAIN, PYPROJECT];
const PYCHAIN: &str = "pychain.toml";
const PYPROJECT: &str = "pyproject.toml";

/// Nobody configures at this length; beyond it the file is something else.
const MAX_CONFIG_BYTES: usize = 4 * 1024 * 1024;

/// The configuration in the root of a tree; the default where there is none. Where `problems` are wanted, it is also
/// told which of two is not read.
pub(crate) fn of_tree(tree: &mut Tree, problems: Option<&mut Vec<Problem>>) -> Result<Config> {
    let pychain = read(tree, PYCHAIN)?;
    let Some(file) = pychain else {
        let Some(file) = read(tree, PYPROJECT)? else { return Ok(Config::default()) };
        let config = from_pyproject_toml(&file).map_err(|errors| broken(file, errors))?;
        return Ok(config.unwrap_or_default());
    };
    let config = from_pychain_toml(&file).map_err(|errors| broken(file, errors))?;
    let Some(problems) = problems else { return Ok(config) };
    // Which of the two was meant is told, whatever state the other is in.
    let other = read(tree, PYPROJECT).ok().flatten();
    if other.is_some_and(|other| !matches!(from_pyproject_toml(&other), Ok(None))) {
        problems.push(Problem::of_file(
            PYPROJECT,
            "`[tool.pychain]` is not read, because there is a `pychain.toml`",
            "keep one of the two",
        ));
    }
    Ok(config)
}

/// The configuration in a file that the user names.
pub(crate) fn of_file(path: &Path) -> Result<Config> {
    let bytes = std::fs::read(path)
        .map_err(|error| Hinted::new("there is no configuration to read", "check `--config`").because(error))
        .with_context(|| format!("cannot read the configuration `{}`", path.display()))?;
    named(decode(&path.to_string_lossy(), &bytes)?)
}

/// The configuration in a file of a tree that the user names.
pub(crate) fn of_path(tree: &mut Tree, path: &str) -> Result<Config> {
    let path = path.trim_start_matches("./");
    let file = read(tree, path)?;
    named(file.ok_or_else(|| Hinted::new(format!("there is no `{path}` in the base"), "check `--config`"))?)
}

fn named(file: SourceFile) -> Result<Config> {
    if Path::new(file.path()).file_name().is_some_and(|name| name == PYPROJECT) {
        let path = file.path().to_owned();
        let config = from_pyproject_toml(&file).map_err(|errors| broken(file, errors))?;
        return config.ok_or_else(|| {
            Hinted::new(
                format!("`{path}` has no `[tool.pychain]`"),
                "add the table, or name another file with `--config`",
            )
            .into()
        });
    }
    from_pychain_toml(&file).map_err(|errors| broken(file, errors))
}

/// What the command line says goes before what the file says.
pub(crate) fn override_by(config: &mut Config, args: &AuditArgs) {
    config.policy = args.policy.unwrap_or(config.policy);
    config.installer = args.installer.unwrap_or(config.installer);
    config.fail_on = args.fail_on.or(config.fail_on);
}

fn read(tree: &mut Tree, path: &str) -> Result<Option<SourceFile>> {
    match tree.read(path) {
        Ok(bytes) => decode(path, &bytes).map(Some),
        Err(Unread::Absent) => Ok(None),
        Err(Unread::Refused(what, help)) => {
            Err(Hinted::new(format!("cannot read the configuration `{path}`"), help).because(what).into())
        }
    }
}

fn decode(path: &str, bytes: &[u8]) -> Result<SourceFile> {
    if bytes.len() > MAX_CONFIG_BYTES {
        return Err(Hinted::new(
            format!("the configuration `{path}` is too large: {} bytes", bytes.len()),
            format!("up to {} MiB are read", MAX_CONFIG_BYTES / (1024 * 1024)),
        )
        .into());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|error| {
        Hinted::new(format!("the configuration `{path}` is not UTF-8"), "save it as UTF-8").because(error)
    })?;
    Ok(SourceFile::from_text(path, text))
}

fn broken(file: SourceFile, errors: Vec<ConfigError>) -> anyhow::Error {
    BrokenConfig { file, errors }.into()
}
