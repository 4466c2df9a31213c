//! `trusted-host`: pip does not check who answers.

use super::indexes::{Together, remote};
use super::lock_files::manifest_beside;
use super::support::{is_loopback, is_partly_unknown};
use crate::audit::{Context, Findings};
use crate::config::Installer;
use crate::finding::{Location, Severity, Subject};
use crate::model::{InstallOption, LineKind, LockedPackage, Purpose, Tool, Word};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::text::{FileId, Span};
use crate::tree::trusted_host;
use crate::url::DirectUrl;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `--trusted-host`, in commands and configuration too (`PIP_TRUSTED_HOST`), and for uv's `--allow-insecure-host`.
    /// `verify_ssl = false` at an index says the same in `Pipfile`, `Pipfile.lock` and PDM's table.
    /// This machine (`localhost`, `127.0.0.1`, `::1`) is left alone.
    ///
    /// ## Why it matters
    ///
    /// Anything that answers for the host is then taken: over `http`, or over `https` with any certificate.
    /// The option acts on the whole install, whichever file it stands in.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// --index-url https://packages.example.org/simple
    /// --trusted-host packages.example.org
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// Give pip the certificate of the internal authority: `--cert` on the command line, `cert` in its configuration, or the system's own store, which pip uses since 24.2 with Python 3.10 and newer.
    ///
    /// ```requirements,good
    /// --index-url https://packages.example.org/simple
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the network between is as trustworthy as the host itself.
    /// With a hash for everything that is installed nothing forged gets in, and the severity is low.
    /// In a variable that nobody can tell here the host is left alone.
    /// uv ignores the option in a file; `ineffective-option` says so.
    ///
    /// ## References
    ///
    /// - pip: [`--trusted-host`](https://pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host), [HTTPS certificates](https://pip.pypa.io/en/stable/topics/https-certificates/)
    "trusted-host": "host whose certificate is not checked",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut known: Map<FileId, bool> = Map::new();
    let mut told: Set<(FileId, String)> = Set::new();
    for (document, line, used) in context.project.options(InstallOption::TrustedHost) {
        // uv does not take it from there.
        let is_file = document.section(line).is_some_and(|section| section.purpose == Purpose::RequirementsFile);
        if is_file && context.config.installer == Installer::Uv {
            continue;
        }
        let value = used.value.value.as_str();
        // A value that is no host stops pip, and `unreadable-line` says so.
        let Some(host) = trusted_host(value).filter(|_| matches!(line.kind, LineKind::Options)) else { continue };
        let url = DirectUrl::parse(&format!("https://{value}"), Span::default());
        if is_partly_unknown(value) || is_loopback(value) || url.is_ok_and(|url| is_loopback(&url.host())) {
            continue;
        }
        if !is_file && !told.insert((document.file, host.clone())) {
            continue;
        }
        let location = Location { file: document.file, span: used.span };
        let subject = Subject::Option(format!("{} {host}", used.option.flag()));
        let message = format!("{} does not check who answers for {}", document.tool(line).name(), code(&host));
        let all_hashed =
            *known.entry(document.file).or_insert_with(|| Together::with(context, document.file).is_all_hashed());
        findings.push(
            findings
                .finding(location, subject, message)
                .help(if document.tool(line) == Tool::Pip {
                    "Remove the option; give pip the host's certificate with `--cert` or in its configuration"
                } else {
                    "Remove the setting, and let the system trust the host's certificate"
                })
                .at_most(if all_hashed { Severity::Low } else { Severity::High }),
        );
    }
    check_locks(context, &told, findings);
}

/// The indexes of lock files, where the manifest beside the file does not say the same.
fn check_locks(context: &Context<'_>, told: &Set<(FileId, String)>, findings: &mut Findings<'_>) {
    for (document, lock) in context.project.locks().filter(|(_, lock)| !lock.unverified.is_empty()) {
        let manifest = manifest_beside(context.project, document, lock.format).map(|manifest| manifest.file);
        let all_hashed = lock.packages.iter().filter(|package| package.is_fetched()).all(LockedPackage::is_hashed);
        let mut hosts: Map<String, &Word> = Map::new();
        for url in &lock.unverified {
            let Some(parsed) = remote(&url.value).filter(|parsed| !is_loopback(&parsed.host())) else { continue };
            hosts.entry(parsed.host()).or_insert(url);
        }
        for (host, url) in hosts {
            if manifest.is_some_and(|manifest| told.contains(&(manifest, host.clone()))) {
                continue;
            }
            let location = Location { file: document.file, span: url.span };
            let message = format!("{} does not check who answers for {}", lock.format.tool(), code(&host));
            let finding = findings.finding(location, Subject::Option(format!("verify_ssl {host}")), message).help(
                "Remove the setting from the manifest, let the system trust the host's certificate, and lock again",
            );
            findings.push(finding.at_most(if all_hashed { Severity::Low } else { Severity::High }));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn any_spelling_in_any_file_of_the_run_counts() {
        check(
            "trusted-host",
            "==> r.txt <==\n-c constraints.txt\na\n==> constraints.txt <==\n--trusted h.example.org:8080\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^ trusted-host: `h.example.org:8080`\n",
        );
    }

    #[test]
    fn a_lock_file_is_read_as_well() {
        let lock = |hashes: &str, mark: &str| {
            format!(
                "==> Pipfile.lock <==\n{{\"_meta\": {{\"sources\": [{{\"name\": \"a\", \"verify_ssl\": false,\n\"url\": \"https://e.org/a\"}}]}},\n{mark}\
                 \"default\": {{\"idna\": {{{hashes}\"version\": \"==3.4\"}}}}}}\n"
            )
        };
        let mark = "        ^^^^^^^^^^^^^^^ trusted-host: Pipenv does not check who answers for `e.org`\n";
        check("trusted-host", &lock("", mark));
        check("trusted-host", &lock("\"hashes\": [\"sha256:aa\"], ", mark));
        let manifest = "==> Pipfile <==\n[[source]]\nname = \"a\"\nurl = \"https://e.org/a\"\nverify_ssl = false\n^^^^^^^^^^^^^^^^^^ trusted-host\n";
        check("trusted-host", &format!("{manifest}{}", lock("", "")));
        check("trusted-host", &lock("", "").replace("false", "true"));
    }

    #[test]
    fn this_machine_and_what_does_nothing_are_left_alone() {
        check(
            "trusted-host",
            "--trusted-host localhost\n--trusted-host ::1\na --trusted-host h\n-r b.txt --trusted-host h\n",
        );
        check("trusted-host", "==> pychain.toml <==\ninstaller = \"uv\"\n==> r.txt <==\n--trusted-host h\na\n");
    }

    #[test]
    fn another_host_in_a_change_is_a_new_finding() {
        check(
            "trusted-host",
            "==> base/r.txt <==\n--trusted-host a\n--trusted-host b\n==> r.txt <==\n--trusted-host c\n^^^^^^^^^^^^^^^^ trusted-host: `c`\n--trusted-host b\n",
        );
    }
}
