//! `extra-index-url`: one index may answer in another's stead.

use super::indexes::{Mix, Placed, binding_of, is_expected, is_foreign, is_private, names, placed, shown, used};
use crate::audit::{Context, Findings};
use crate::config::{Config, Installer};
use crate::finding::{Finding, Severity, Subject};
use crate::order::Set;
use crate::resolution::{PlaceKind, Strategy, index_key};
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `--extra-index-url`, in commands, variables (`PIP_EXTRA_INDEX_URL`) and configuration too, and says what it means for the requirements that are installed with it, by the installer that the configuration names (`installer = "pip"` or `"uv"`).
    ///
    /// ## Why it matters
    ///
    /// With several indexes the name of a project does not say whose file is installed.
    /// Whoever registers the name of a private project on the public index can get their code installed: dependency confusion.
    ///
    /// pip pools the candidates of all indexes and takes the highest version, whoever serves it.
    /// A pin alone does not help: of the same version pip takes the file that fits the machine best, and among equals the one of the last index.
    ///
    /// uv takes a name from the first index that has it, and asks extra indexes before the main one.
    /// So `--index-url` for the private index and `--extra-index-url` for the public one, the usual way to write it for pip, lets the public index win.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// --extra-index-url https://packages.example.org/simple
    /// acme-utils>=1.2
    /// flask==3.0.3
    /// ```
    ///
    /// ## Use instead
    ///
    /// Use one index that serves the private projects and passes on the public ones, or give every requirement a hash: a file with another hash is refused, wherever it comes from.
    ///
    /// ```requirements,good
    /// --index-url https://packages.example.org/simple
    /// acme-utils>=1.2
    /// flask==3.0.3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the installer is given other indexes on the command line or in its configuration, which no requirements file tells.
    /// With hashes for everything the finding is only of low severity: the extra index can stop an install, not enter it.
    /// For uv a private extra index before the public main one is the documented way, and of low severity too unless a change brings one that nothing came from before; so is a supplemental source of Poetry, which nothing else is taken from.
    ///
    /// ## References
    ///
    /// - pip: [`--extra-index-url`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-extra-index-url)
    /// - uv: [Searching across multiple indexes](https://docs.astral.sh/uv/concepts/indexes/#searching-across-multiple-indexes)
    /// - Birsan: [Dependency confusion](https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610)
    "extra-index-url": "several indexes that may answer for one another",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// Places that the evidence lists.
const MAX_LISTED: usize = 10;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let is_one = |placed: &&Placed<'_>| matches!(placed.place.kind, PlaceKind::Extra | PlaceKind::Last);
    let placed = placed(context);
    let is_of_uv = placed.iter().filter(is_one).any(|placed| placed.installer == Installer::Uv);
    let known = context.base.filter(|_| is_of_uv).map(|base| used(base, context.config));
    for placed in placed.iter().filter(is_one) {
        // What uv asks after the main index takes nothing from it.
        let before = placed.view.sources.places.iter().take_while(|place| place.kind != PlaceKind::Main);
        if placed.installer == Installer::Uv && !before.into_iter().any(|place| place == &placed.place) {
            continue;
        }
        // The same index twice is still one index.
        let Some(mix) = placed.mix() else { continue };
        let (message, help, severity) = match placed.installer {
            _ if placed.place.kind == PlaceKind::Last => for_last(placed),
            Installer::Pip => for_pool(placed, &mix),
            Installer::Uv if placed.view.sources.strategy == Strategy::UnsafeBestMatch => for_pool(placed, &mix),
            Installer::Uv => for_uv(placed, &mix, context.config, known.as_ref()),
        };
        let finding = findings.finding(placed.location, Subject::Index(redact(&placed.place.url)), message);
        findings.push(with_evidence(finding, placed, context.config).help(help).at_most(severity));
    }
}

fn for_pool(placed: &Placed<'_>, mix: &Mix<'_, '_>) -> (String, &'static str, Severity) {
    let message = format!("{} pools this index with {}{}", placed.tool, mix.others, mix.outcome());
    let severity = if mix.is_open() { Severity::Medium } else { Severity::Low };
    let help = match placed.installer {
        Installer::Pip => {
            "Use one index that serves everything (`--index-url` alone), or give every requirement a hash"
        }
        Installer::Uv => {
            "Leave `index-strategy` at its default, `first-index`, or use one index that serves everything"
        }
    };
    (message, binding_of(placed.tool).unwrap_or(help), severity)
}

fn for_last(placed: &Placed<'_>) -> (String, &'static str, Severity) {
    let message =
        format!("{} asks this source last: a name that a place before it has as well is taken from there", placed.tool);
    (message, binding_of(placed.tool).unwrap_or_default(), Severity::Low)
}

fn for_uv(
    placed: &Placed<'_>,
    mix: &Mix<'_, '_>,
    config: &Config,
    known: Option<&Set<String>>,
) -> (String, &'static str, Severity) {
    if placed.together.is_all_hashed() {
        let message = format!("uv asks this extra index before the main one{}", mix.outcome());
        return (message, "Use one index that serves everything", Severity::Low);
    }
    let outcome = match mix.by_being_first() {
        [] => "takes what it has from there".to_owned(),
        first => format!("takes {} from there if it has them", names(first)),
    };
    let url = &placed.place.url;
    let main = placed.view.sources.places.iter().rfind(|place| place.kind == PlaceKind::Main);
    match main.filter(|main| !is_foreign(main, config) && is_foreign(&placed.place, config)) {
        Some(main) => (
            format!("uv asks this extra index before {} and {outcome}", shown(main)),
            "Swap the two: uv asks extra indexes first, so the private index belongs there and the public one in `--index-url`",
            Severity::Medium,
        ),
        None => (
            format!("uv asks this extra index before the main one and {outcome}"),
            "Make sure that nobody else can publish there, or set `explicit = true` and tie projects to it with `tool.uv.sources`",
            // Whoever brings it may answer for every name.
            if known.is_some_and(|known| !known.contains(&index_key(url))) && !is_expected(url, config) {
                Severity::Medium
            } else {
                Severity::Low
            },
        ),
    }
}

fn with_evidence(finding: Finding, placed: &Placed<'_>, config: &Config) -> Finding {
    let all = &placed.view.sources.places;
    let mut order: Vec<String> = all.iter().take(MAX_LISTED).map(|place| redact(&place.url)).collect();
    if let Some(more) = all.len().checked_sub(MAX_LISTED).filter(|more| *more > 0) {
        order.push(format!("and {more} more"));
    }
    let mut finding = finding.evidence("places, in the installer's order", order.join(", "));
    let (asked, unhashed) = (&placed.together.asked, &placed.together.unhashed);
    if !unhashed.is_empty() {
        finding = finding.evidence("without a hash", format!("{} of {}", unhashed.len(), asked.len()));
    }
    let private = unhashed.partition_point(|asked| is_private(asked, config));
    match unhashed.get(..private) {
        Some(private) if !private.is_empty() => finding.evidence("private names", names(private)),
        _ => finding,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check};

    const UV: &str = "==> pychain.toml <==\ninstaller = \"uv\"\n";

    #[test]
    fn pip_takes_the_highest_version_of_all() {
        check(
            "extra-index-url",
            "--extra-index-url https://u:p@a.example.org/simple\n                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: pip pools this index with `https://pypi.org/simple`: of `b`, `c` and 2 more it takes the highest version\nb\nc>=1\nd\ne\nf==1\n",
        );
    }

    #[test]
    fn a_pin_alone_protects_nothing() {
        check(
            "extra-index-url",
            "--extra-index-url https://a.example.org/simple\n                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: `b` is pinned without a hash\nb==1\nc==1 --hash=sha256:00\n--no-require-hashes\n",
        );
    }

    #[test]
    fn hashes_protect_and_lower_the_severity() {
        let text = "--extra-index-url https://a.example.org/simple\n                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: with a hash for everything\nb==1 --hash=sha256:00\n";
        check("extra-index-url", text);
        let report = Fixture::parse(text).report();
        let severity = report.findings.iter().find(|finding| finding.rule.id == "extra-index-url").map(|f| f.severity);
        assert_eq!(severity, Some(crate::finding::Severity::Low));
    }

    #[test]
    fn private_names_come_first() {
        check(
            "extra-index-url",
            "==> pychain.toml <==\nprivate-prefixes = [\"acme-\"]\n==> requirements.txt <==\n--extra-index-url https://a.example.org/simple\n                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: of `acme-x` and `b` it\nb\nacme-x\n",
        );
    }

    #[test]
    fn uv_asks_the_extra_index_first() {
        check(
            "extra-index-url",
            &format!(
                "{UV}==> requirements.txt <==\n--index-url https://a.example.org/simple\n--extra-index-url https://pypi.org/simple\n                  ^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: uv asks this extra index before `https://a.example.org/simple` and takes `acme-x` from there\nacme-x==1\n"
            ),
        );
        check(
            "extra-index-url",
            &format!(
                "{UV}==> requirements.txt <==\n--extra-index-url https://a.example.org/simple\n                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: before the main one\nb\n"
            ),
        );
    }

    #[test]
    fn an_index_that_a_change_puts_first_for_uv_weighs_more() {
        let index = "[[index]]\nurl = \"https://a.example.org/s\"\n";
        let severity = |base: &str, config: &str| {
            let fixture = format!(
                "{config}==> base/pyproject.toml <==\n[project]\ndependencies = [\"b\"]\n{base}==> pyproject.toml <==\n[project]\ndependencies = [\"b\"]\n==> uv.toml <==\n{index}"
            );
            let report = Fixture::parse(&fixture).report();
            let found = report.findings.iter().find(|finding| finding.rule.id == "extra-index-url");
            found.map(|finding| finding.severity.name())
        };
        assert_eq!(severity("", ""), Some("medium"));
        let expected = "==> base/pychain.toml <==\nexpected-indexes = [\"https://a.example.org/s\"]\n";
        assert_eq!(severity("", expected), Some("low"));
        let used = format!("==> base/svc/uv.toml <==\n{index}==> svc/uv.toml <==\n{index}");
        assert_eq!(severity(&used, ""), Some("low"));
    }

    #[test]
    fn an_option_in_an_included_file_acts_on_all_and_is_told_once() {
        check(
            "extra-index-url",
            "==> a.txt <==\n-r base.txt\nb\n==> c.txt <==\n-r base.txt\nd\n==> base.txt <==\n--extra-index-url https://a.example.org/simple\n                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: of `b` and `d` it\n",
        );
    }

    #[test]
    fn one_index_is_left_alone_however_it_is_named() {
        check("extra-index-url", "--extra-index-url https://pypi.org/simple/\nb\n");
        check(
            "extra-index-url",
            "--extra-index-url https://a.example.org/simple\n-i https://b.example.org/simple\nb\n",
        );
        check("extra-index-url", "b --extra-index-url https://a.example.org/simple\n");
    }

    #[test]
    fn a_change_tells_of_a_new_index_only() {
        check(
            "extra-index-url",
            "==> base/r.txt <==\n--extra-index-url https://a.example.org\nb\n==> r.txt <==\n--extra-index-url https://a.example.org\n--extra-index-url https://c.example.org\n                  ^^^^^^^^^^^^^^^^^^^^^ extra-index-url: with 2 other places\nb\nd\n",
        );
    }
}
