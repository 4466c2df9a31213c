//! `insecure-index`: candidates come over a connection that anybody on the way may answer on.

use super::indexes::{Placed, placed, remote, shown};
use crate::audit::{Context, Findings};
use crate::config::Installer;
use crate::finding::{Safety, Severity, Subject};
use crate::text::{Edit, Span};
use crate::url::{DirectUrl, PUBLIC_INDEX_HOSTS, redact};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for indexes and `--find-links` pages that are fetched over `http` or `ftp`.
    /// An index on this machine (`localhost`, `127.0.0.1`, `::1`) is left alone.
    ///
    /// ## Why it matters
    ///
    /// Whoever is on the way, a router, a proxy, a stranger's wireless network, can answer in the index's name and hand out any code.
    /// uv uses such an index as it is.
    /// pip leaves it out with a warning, so that names come from the other indexes or from nowhere, until somebody adds `--trusted-host`.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// --index-url http://pypi.org/simple
    /// flask==3.0.3
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// --index-url https://pypi.org/simple
    /// flask==3.0.3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the host is another name of this machine.
    /// With a hash for everything that is installed nothing forged gets in, and the severity is low.
    ///
    /// ## References
    ///
    /// - pip: [`--trusted-host`](https://pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host)
    "insecure-index": "index without an encrypted connection",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for placed in placed(context) {
        let place = &placed.place;
        let Some(url) = remote(&place.url).filter(|url| url.scheme != "https") else { continue };
        let (outcome, severity) = match placed.installer {
            Installer::Pip if placed.tool == Installer::Pip.name() && !is_trusted(&placed, &url) => {
                (format!("pip leaves it out with a warning, as nothing trusts {}", shown_host(&url)), Severity::Medium)
            }
            _ => ("anybody on the way can answer in its name".to_owned(), Severity::High),
        };
        let message = format!("{} is fetched over `{}`: {outcome}", shown(place), url.scheme);
        let finding = findings
            .finding(placed.location, Subject::Index(redact(&place.url)), message)
            .help("Use the `https` address of the index")
            .at_most(if placed.together.is_all_hashed() { Severity::Low } else { severity });
        findings.push(match https(context, &placed, &url) {
            Some(edit) => finding.fix("Use `https`", Safety::Safe, vec![edit]),
            None => finding,
        });
    }
}

/// Whether `--trusted-host` makes pip use the place in a run.
fn is_trusted(placed: &Placed<'_>, url: &DirectUrl) -> bool {
    let host = url.host();
    let port = url.authority.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.contains(['@', ']']));
    let with_port = port.map(|port| format!("{host}:{port}"));
    let trusted = placed.together.runs.iter().flat_map(|run| &run.options.trusted_hosts);
    trusted.into_iter().any(|setting| setting.value == host || Some(&setting.value) == with_port.as_ref())
}

fn shown_host(url: &DirectUrl) -> String {
    crate::prose::code(&url.host())
}

/// The public index is known to answer over `https`; of other hosts nobody can tell.
fn https(context: &Context<'_>, placed: &Placed<'_>, url: &DirectUrl) -> Option<Edit> {
    let host = url.host();
    let is_plain = PUBLIC_INDEX_HOSTS.contains(&host.as_str()) && url.authority.eq_ignore_ascii_case(&host);
    let text = context.project.text(placed.location);
    let start = placed.location.span.start as usize;
    let scheme = text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
    (is_plain && scheme).then(|| Edit::replace(Span::new(start, start + 4), "https"))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, fixed};

    #[test]
    fn pip_leaves_out_what_nothing_trusts() {
        check(
            "insecure-index",
            "-i http://a.example.org/simple\n   ^^^^^^^^^^^^^^^^^^^^^^^^^^^ insecure-index: pip leaves it out\nb==1\n",
        );
    }

    #[test]
    fn with_a_trusted_host_anybody_can_answer() {
        for host in ["a.example.org", "A.example.org:8080"] {
            check(
                "insecure-index",
                &format!(
                    "--trusted-host {host}\n--extra-index-url http://u:p@a.example.org:8080/s\n                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ insecure-index: `http://****@a.example.org:8080/s` is fetched over `http`: anybody\nb==1\n"
                ),
            );
        }
    }

    #[test]
    fn uv_needs_no_trust() {
        check(
            "insecure-index",
            "==> pychain.toml <==\ninstaller = \"uv\"\n==> r.txt <==\n-f http://a.example.org/\n   ^^^^^^^^^^^^^^^^^^^^^ insecure-index: anybody\nb\n",
        );
    }

    #[test]
    fn this_machine_and_what_is_not_in_effect_are_left_alone() {
        check(
            "insecure-index",
            "-i http://localhost:3141/root\n--extra-index-url http://127.0.0.1/s\n-f http://[::1]/\nb\n",
        );
        check(
            "insecure-index",
            "-i http://a.example.org\n-i https://b.example.org\nb --index-url http://c.example.org\n",
        );
    }

    #[test]
    fn only_the_public_index_is_known_to_answer() {
        assert_eq!(
            fixed("insecure-index", "-i HTTP://pypi.org/simple  # c\r\n-f http://a.example.org\r\nb==1\r\n"),
            "-i https://pypi.org/simple  # c\r\n-f http://a.example.org\r\nb==1\r\n"
        );
    }
}
