//! `unverified-hashes`: hashes stand there, and nobody compares files with them.

use crate::audit::{Context, Findings};
use crate::finding::{Location, Subject};
use crate::model::InstallOption;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for the switches that keep uv from comparing files with the hashes that are given: `--no-verify-hashes` in commands, `UV_NO_VERIFY_HASHES` in variables, and the same in its configuration.
    ///
    /// ## Why it matters
    ///
    /// A hash is the one thing that binds an install to the file that was reviewed.
    /// With the check switched off every `--hash` is still in the file, and still looks like protection, and whatever the index serves is installed.
    /// One variable at the top of a workflow does it for every job.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> .github/workflows/deploy.yml <==
    /// jobs:
    ///   deploy:
    ///     steps:
    ///       - run: uv pip sync --no-verify-hashes requirements.txt
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// ==> .github/workflows/deploy.yml <==
    /// jobs:
    ///   deploy:
    ///     steps:
    ///       - run: uv pip sync --require-hashes requirements.txt
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When nothing that is installed there has a hash; then the switch does nothing, and can go.
    ///
    /// ## References
    ///
    /// - uv: [`uv pip sync --no-verify-hashes`](https://docs.astral.sh/uv/reference/cli/#uv-pip-sync)
    "unverified-hashes": "hashes that are given and not checked",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // Once a file is enough: the switch knows no degrees.
    let mut told = None;
    for (document, line, used) in context.project.options(InstallOption::NoVerifyHashes) {
        if told.replace(document.file) == Some(document.file) {
            continue;
        }
        let message = format!(
            "{} does not compare files with the hashes that are given: whatever the index serves is installed",
            document.tool(line).name()
        );
        let location = Location { file: document.file, span: used.span };
        let subject = Subject::Option(used.option.flag().to_owned());
        findings.push(
            findings
                .finding(location, subject, message)
                .help("Remove the switch, and lock again where a hash does not fit"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn commands_and_variables_count_once_a_file() {
        check(
            "unverified-hashes",
            "==> Dockerfile <==\nENV UV_NO_VERIFY_HASHES=1\n                        ^ unverified-hashes: uv does not compare\nRUN uv pip sync --no-verify-hashes r.txt\n",
        );
        check("unverified-hashes", "==> Dockerfile <==\nENV UV_NO_VERIFY_HASHES=0\nRUN uv pip sync r.txt\n");
        check("unverified-hashes", "==> x.sh <==\npip install --no-verify-hashes a\n");
    }
}
