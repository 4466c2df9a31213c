//! `young-release`: a locked file that nobody has had time to look at.

use super::lock_files::seconds;
use crate::audit::{Context, Findings};
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for packages of lock files with a file that was uploaded less than three days before the audit, or as many as `cooldown-days` in the configuration says; 0 switches it off.
    /// `uv.lock` and `pylock.toml` hold the time of the upload; other lock files do not.
    ///
    /// ## Why it matters
    ///
    /// Hijacked releases are found soon: those of 2026 stood on the public index between 42 minutes and eight hours.
    /// Who waits three days installs none of them, without knowing anything about them.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> uv.lock <==
    /// version = 1
    /// revision = 3
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://packages.example.org/simple" }
    /// wheels = [
    ///     { url = "https://packages.example.org/acme-1.0-py3-none-any.whl", hash = "sha256:48ee", upload-time = "2026-11-21T10:00:00Z" },
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// An older release, or the same one some days later.
    /// Tools can do so by themselves: uv with `exclude-newer`, pip with `--uploaded-prior-to`.
    ///
    /// ```requirements,good
    /// ==> uv.lock <==
    /// version = 1
    /// revision = 3
    /// [[package]]
    /// name = "acme"
    /// version = "0.9"
    /// source = { registry = "https://packages.example.org/simple" }
    /// wheels = [
    ///     { url = "https://packages.example.org/acme-0.9-py3-none-any.whl", hash = "sha256:49ee", upload-time = "2026-09-21T10:00:00Z" },
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the release mends a hole that is open now, or is your own: accept it, with the reason.
    /// The time of a new entry is what the lock file says, and can be forged like all of it; of an entry that was there before, `altered-file-facts` guards it.
    ///
    /// ## References
    ///
    /// - uv: [`exclude-newer`](https://docs.astral.sh/uv/reference/settings/#exclude-newer)
    "young-release": "release that is only some days old",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [Date],
    since: "0.1.0",
    check: check,
}

const DAY: i64 = 86_400;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(as_of) = context.as_of else { return };
    let today = as_of.days();
    let limit = i64::from(context.config.cooldown_days());
    for locked in context.project.locked().filter(|locked| locked.package.is_fetched()) {
        let package = locked.package;
        let times = package.files.iter().filter_map(|file| {
            let uploaded = file.uploaded.as_ref()?;
            Some((seconds(&uploaded.value)?, uploaded))
        });
        let Some((time, uploaded)) = times.max_by_key(|(time, _)| *time) else { continue };
        let age = today - time.div_euclid(DAY);
        if age >= limit {
            continue;
        }
        let when = match age {
            ..0 => "after the day of this audit".to_owned(),
            0 => "on the day of this audit".to_owned(),
            1 => "a day ago".to_owned(),
            _ => format!("{age} days ago"),
        };
        let name = code(package.name.as_written());
        let message = format!("a file of {name} {} was uploaded {when}", code(package.version()));
        let finding = findings
            .finding(locked.at(uploaded.span), package.subject(), message)
            .help(format!("Wait until it is {limit} days old, or accept it with the reason why it cannot wait"))
            .identified_by(package.version());
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    /// The audits of the tests are of 22 November 2026.
    fn lock(time: &str) -> String {
        format!(
            "==> pylock.toml <==\n[[packages]]\nname = \"a\"\nversion = \"1\"\nsdist = {{name = \"a-1.zip\", url = \"x\", hashes = {{sha256 = \"aa\"}}, upload-time = {time}}}\n"
        )
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let mark = "                                                                              ^^^^^^^^^^^^^^^^^^^^ young-release";
        check("young-release", &lock("2026-11-19T23:59:59Z"));
        check("young-release", &format!("{}{mark}: 2 days ago\n", lock("2026-11-20T00:00:00Z")));
        check("young-release", &format!("{}{mark}: after the day of this audit\n", lock("2027-11-20T00:00:00Z")));
    }

    #[test]
    fn the_configuration_says_how_many() {
        let config = |days: &str| format!("==> pychain.toml <==\ncooldown-days = {days}\n");
        check("young-release", &(config("0") + &lock("2026-11-22T00:00:00Z")));
        check("young-release", &(config("2") + &lock("2026-11-20T00:00:00Z")));
    }
}
