//! `sdist-only`: a locked package without a wheel, so that installing it runs its build.

use crate::audit::{Context, Findings};
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for packages of lock files that have a source distribution and no wheel.
    /// `Pipfile.lock` does not say which files it means, so nothing can be told of it.
    ///
    /// ## Why it matters
    ///
    /// Installing a source distribution runs code: its own, and that of the tools that its build asks for, which no lock file holds.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "docopt"
    /// version = "0.6.2"
    /// files = [
    ///     {file = "docopt-0.6.2.tar.gz", hash = "sha256:49b3a825280bd66b3aa83585ef59c4a8c82f2c8a522dbe754a8bc8d08c85c491"},
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// A project that publishes wheels, or a wheel that you build once and keep on an index of your own.
    ///
    /// ```requirements,good
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// files = [
    ///     {file = "click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28"},
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// Many old projects never published a wheel; that is why only the strict policy runs this rule.
    /// When a change takes the wheels away, `lost-wheels` says so.
    ///
    /// ## References
    ///
    /// - Python packaging: [Package formats](https://packaging.python.org/en/latest/discussions/package-formats/)
    "sdist-only": "locked package without a wheel",
    severity: Low, confidence: High, persona: Pedantic, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for locked in context.project.locked() {
        let package = locked.package;
        if !package.is_sdist_only() || !package.is_fetched() {
            continue;
        }
        let message = format!("{} has no wheel, so that installing it runs its build", code(package.name.as_written()));
        let finding = findings
            .finding(locked.at(package.name_span), package.subject(), message)
            .help("Look for a project with wheels, or build one once and keep it");
        findings.push(finding.identified_by(package.version()));
    }
}
