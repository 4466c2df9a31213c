//! `impossible-upload-time`: a file that the public index would not have taken at that time.

use super::lock_files::{PYPI_FILES, host, seconds};
use crate::audit::{Context, Findings};
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for files of the public index in lock files that were uploaded, as the lock file tells it, more than 14 days after the first file of their version, and after 8 July 2026.
    /// A day is allowed for in both.
    ///
    /// ## Why it matters
    ///
    /// Since that day the public index takes no file for a release that is older than 14 days.
    /// So the time, or the file, is made up.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://pypi.org/simple" }
    /// sdist = { url = "https://files.pythonhosted.org/packages/00/2e/acme-1.0.tar.gz", hash = "sha256:48ee", upload-time = "2026-08-01T10:00:00Z" }
    /// wheels = [
    ///     { url = "https://files.pythonhosted.org/packages/00/2f/acme-1.0-py3-none-any.whl", hash = "sha256:49ee", upload-time = "2026-10-01T10:00:00Z" },
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Lock the package again, and compare with what its page on the index says.
    ///
    /// ```requirements,good
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://pypi.org/simple" }
    /// sdist = { url = "https://files.pythonhosted.org/packages/00/2e/acme-1.0.tar.gz", hash = "sha256:48ee", upload-time = "2026-08-01T10:00:00Z" }
    /// wheels = [
    ///     { url = "https://files.pythonhosted.org/packages/00/2f/acme-1.0-py3-none-any.whl", hash = "sha256:49ee", upload-time = "2026-08-01T10:00:03Z" },
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// If the public index changes its rule.
    ///
    /// ## References
    ///
    /// - PyPI: [Blog](https://blog.pypi.org/)
    "impossible-upload-time": "upload time that the index does not allow",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

const DAY: i64 = 86_400;
/// 10 July 2026: a day after the first on which the rule held everywhere on Earth.
const RULE_HOLDS: i64 = 1_783_641_600;
/// The days that the rule leaves, and one.
const DAYS_LEFT: i64 = 15;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for locked in context.project.locked() {
        let times = || {
            locked.package.files.iter().filter_map(|file| {
                let uploaded = file.uploaded.as_ref()?;
                let is_public = host(&file.url.as_ref()?.value)? == PYPI_FILES;
                is_public.then(|| Some((file, uploaded, seconds(&uploaded.value)?)))?
            })
        };
        let Some(first) = times().map(|(_, _, time)| time).min() else { continue };
        for (file, uploaded, time) in times() {
            if time < RULE_HOLDS || time - first <= DAYS_LEFT * DAY {
                continue;
            }
            let name = file.file_name().unwrap_or_default();
            let days = (time - first) / DAY;
            let message = format!(
                "{} is said to be uploaded {days} days after its release, which the public index does not allow",
                code(&name)
            );
            let finding = findings
                .finding(locked.at(uploaded.span), locked.package.subject(), message)
                .help("Compare the file and its time with the page of the release on the index")
                .identified_by(format!("{name} {}", uploaded.value));
            findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn before_the_rule_and_elsewhere_files_came_late() {
        let lock = |host: &str, time: &str| {
            format!(
                "==> uv.lock <==\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"https://e.org/simple\" }}\nwheels = [\n\
                 {{ url = \"https://{host}/a-1-py2-none-any.whl\", upload-time = \"2020-01-01T00:00:00Z\" }},\n\
                 {{ url = \"https://{host}/a-1-py3-none-any.whl\", upload-time = \"{time}\" }},\n"
            )
        };
        check("impossible-upload-time", &(lock("files.pythonhosted.org", "2026-07-09T23:00:00Z") + "]\n"));
        check("impossible-upload-time", &(lock("files.example.org", "2026-10-09T23:00:00Z") + "]\n"));
        let mark = "                                                                              ^^^^^^^^^^^^^^^^^^^^ impossible-upload-time\n]\n";
        check("impossible-upload-time", &(lock("files.pythonhosted.org", "2026-10-09T23:00:00Z") + mark));
    }
}
