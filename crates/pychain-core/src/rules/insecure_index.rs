//! `insecure-index`: candidates come over a connection that anybody on the way may answer on.

use super::indexes::{Placed, placed, remote, shown};
use super::lock_files::{host, is_http, manifest_beside};
use crate::audit::{Context, Findings};
use crate::config::Installer;
use crate::finding::{Location, Safety, Severity, Subject};
use crate::model::Word;
use crate::order::{Map, Set};
use crate::prose::code;
use crate::resolution::index_key;
use crate::text::{Edit, FileId, Span};
use crate::url::{DirectUrl, PUBLIC_INDEX_HOSTS, redact};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for indexes and `--find-links` pages that are fetched over `http` or `ftp`.
    /// An index on this machine (`localhost`, `127.0.0.1`, `::1`) is left alone.
    /// In lock files it looks at the indexes that packages come from, and tells each once.
    /// What the manifest beside the file names is told there, and of files that are fetched from the index's host over `http` `insecure-url` speaks.
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
    let mut told = Set::new();
    for placed in placed(context) {
        let place = &placed.place;
        let Some(url) = plain(&place.url) else { continue };
        told.insert((placed.location.file, index_key(&place.url)));
        let (outcome, severity) = match placed.installer {
            Installer::Pip if placed.tool == Installer::Pip.name() && !is_trusted(&placed, &url) => (
                format!("pip leaves it out with a warning unless it is told elsewhere to trust {}", shown_host(&url)),
                Severity::Medium,
            ),
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
    check_locks(context, &told, findings);
}

/// The indexes that lock files name, where the manifest beside the file does not.
fn check_locks(context: &Context<'_>, told: &Set<(FileId, String)>, findings: &mut Findings<'_>) {
    for (document, lock) in context.project.locks() {
        // By index where it is named, whether hashes check all that comes from it, and whether `insecure-url` speaks of it.
        let mut indexes: Map<String, (&Word, bool, bool)> = Map::new();
        for (package, word) in lock.packages.iter().filter_map(|package| Some((package, lock.index_of(package)?))) {
            let Some(url) = plain(&word.value) else { continue };
            let hosts = package.files.iter().filter_map(|file| file.url.as_ref().filter(|url| is_http(&url.value)));
            let is_file_told = hosts.filter_map(|url| host(&url.value)).any(|host| host == url.host());
            let known = indexes.entry(index_key(&word.value)).or_insert((word, true, false));
            known.1 &= package.is_hashed();
            known.2 |= is_file_told;
        }
        let manifest = manifest_beside(context.project, document, lock.format).map(|manifest| manifest.file);
        for (key, (url, is_hashed, is_file_told)) in indexes {
            if is_file_told || manifest.is_some_and(|manifest| told.contains(&(manifest, key))) {
                continue;
            }
            let (outcome, severity) = if is_hashed {
                ("hashes protect what is installed, and nothing what is locked next", Severity::Low)
            } else {
                ("anybody on the way can answer in its name", Severity::High)
            };
            let shown = redact(&url.value);
            let message = format!("{} is fetched without encryption: {outcome}", code(&shown));
            let location = Location { file: document.file, span: url.span };
            let finding = findings.finding(location, Subject::Index(shown), message);
            findings.push(finding.help("Name the `https` address of the index, and lock again").at_most(severity));
        }
    }
}

/// The URL of a place that is reached over a network without encryption.
fn plain(url: &str) -> Option<DirectUrl> {
    remote(url).filter(|url| url.scheme != "https")
}

/// Whether `--trusted-host` makes pip use the place in a run.
fn is_trusted(placed: &Placed<'_>, url: &DirectUrl) -> bool {
    let host = url.host();
    let port = url.authority.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.contains(['@', ']']));
    let with_port = port.map(|port| format!("{host}:{port}"));
    [Some(host), with_port].iter().flatten().any(|host| placed.together.trusted.contains(host.as_str()))
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
    fn an_index_of_a_lock_file_is_told_once() {
        let package = |name: &str, files: &str| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1\"\nfiles = [{files}]\n[package.source]\ntype = \"legacy\"\nurl = \"http://e.org/simple\"\n"
            )
        };
        let hashed = "{file = \"x.zip\", hash = \"sha256:aa\"}";
        let mark = "       ^^^^^^^^^^^^^^^^^^^ insecure-index: ";
        let low = format!("{mark}hashes protect what is installed\n");
        let lock =
            |a: &str, mark: &str, b: &str| format!("==> poetry.lock <==\n{}{mark}{}", package("a", a), package("b", b));
        check("insecure-index", &lock(hashed, &low, hashed));
        check("insecure-index", &lock(hashed, &format!("{mark}anybody on the way\n"), ""));
        // What the manifest names is its matter.
        let manifest = "==> pyproject.toml <==\n[tool.poetry.dependencies]\na = \"*\"\n[[tool.poetry.source]]\nname = \"e\"\nurl = \"http://e.org/simple/\"\n       ^^^^^^^^^^^^^^^^^^^^ insecure-index\n";
        check("insecure-index", &format!("{manifest}{}", lock(hashed, "", "")));
        check("insecure-index", &lock(hashed, "", hashed).replace("//e.org", "//localhost:3141"));
    }

    #[test]
    fn what_names_no_index_comes_from_the_first_of_the_file() {
        let lock = |entry: &str, mark: &str| {
            format!(
                "==> Pipfile.lock <==\n{{\"_meta\": {{\"sources\": [\n{{\"url\": \"http://e.org\", \"name\": \"e\"}},\n{mark}{{\"url\": \"https://f.org\", \"name\": \"f\"}}]}},\n\"default\": {{\"a\": {{{entry}\"version\": \"==1\"}}}}}}\n"
            )
        };
        let mark = |text: &str| format!("         ^^^^^^^^^^^^ insecure-index: {text}\n");
        check("insecure-index", &lock("", &mark("anybody")));
        check("insecure-index", &lock("\"index\": \"e\", ", &mark("anybody")));
        check("insecure-index", &lock("\"index\": \"f\", ", ""));
        check("insecure-index", &lock("\"hashes\": [\"sha256:aa\"], ", &mark("hashes protect")));
    }

    #[test]
    fn files_over_http_are_told_of_instead() {
        let lock = |host: &str, mark: &str| {
            format!(
                "==> uv.lock <==\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"http://e.org/simple\" }}\n{mark}sdist = {{ url = \"{host}/a-1.zip\", hash = \"sha256:aa\" }}\n"
            )
        };
        check("insecure-index", &lock("http://e.org:80", ""));
        check(
            "insecure-index",
            &lock("https://e.org", "                       ^^^^^^^^^^^^^^^^^^^ insecure-index: hashes\n"),
        );
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
