//! What a configuration may say, and what is said of one that cannot be meant.

use super::*;
use missing_hash::RULE;

static RULES_HERE: &[&Rule] = &[&RULE];

mod missing_hash {
    crate::declare_rule! {
        /// A rule to speak of.
        "unhashed-requirement": "requirement without a hash",
        severity: Medium, confidence: High, persona: Regular, fix: Never,
        needs: [],
        since: "0.1.0",
        aliases: ["missing-hash"],
        check: |_, _| {},
    }
}

fn read(text: &str) -> Result<Config, Vec<ConfigError>> {
    let file = SourceFile::from_text("pychain.toml", text);
    let (document, errors) = DeTable::parse_recoverable(file.text());
    if errors.is_empty() {
        Reader::new(&file, RULES_HERE).read(document.get_ref())
    } else {
        Err(syntax_errors(&errors))
    }
}

/// Expects errors, each as `text at its span: message (help)`.
#[track_caller]
fn check_errors(text: &str, expected: &[&str]) {
    let errors = read(text).expect_err(text);
    let file = SourceFile::from_text("pychain.toml", text);
    let shown: Vec<String> =
        errors.iter().map(|error| format!("{}: {} ({})", file.slice(error.span), error.message, error.help)).collect();
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn an_empty_file_asks_for_nothing_special() {
    let config = read("# only a comment\n").unwrap();
    assert!(config.means_the_same_as(&Config::default()));
    assert_eq!(config.source.unwrap().file.path(), "pychain.toml");
}

#[test]
fn every_key_is_read() {
    let config = read(
        r#"
policy = "strict"
fail-on = "low"
installer = "uv"
expected-indexes = ["https://pypi.org/simple", "https://packages.example/simple/"]
private-prefixes = ["Acme_", "internal."]
exclude = ["tests/fixtures", "**/vendored/*.txt"]

[rules]
missing-hash = "high"

[[ignore]]
rule = "unhashed-requirement"
path = "docs/*.txt"
project = "Sphinx_Theme"
reason = "built in a sandbox"
owner = "docs team"
until = 2027-01-31

[[ignore]]
rule = "missing-hash"
reason = "one more"
until = "2027-02-28"
"#,
    )
    .unwrap();
    assert_eq!(config.policy, Policy::Strict);
    assert_eq!(config.fail_on, Some(FailOn::Severity(Severity::Low)));
    assert_eq!(config.installer, Installer::Uv);
    assert_eq!(config.expected_indexes, ["https://pypi.org/simple", "https://packages.example/simple/"]);
    assert_eq!(config.private_prefixes, ["acme-", "internal-"]);
    assert_eq!(config.exclude, ["tests/fixtures", "**/vendored/*.txt"]);
    assert_eq!(config.severity(&RULE), Some(Severity::High));
    let [first, second] = config.ignores.as_slice() else { panic!("{:?}", config.ignores) };
    assert_eq!(first.rule, "unhashed-requirement");
    assert_eq!(first.path.as_deref(), Some("docs/*.txt"));
    assert_eq!(first.project.as_deref(), Some("sphinx-theme"));
    assert_eq!(first.reason, "built in a sandbox");
    assert_eq!(first.owner.as_deref(), Some("docs team"));
    assert_eq!(first.until, Date::new(2027, 1, 31));
    assert_eq!(second.rule, "unhashed-requirement", "a former name is kept as the present one");
    assert_eq!(second.until, Date::new(2027, 2, 28));
}

#[test]
fn the_place_of_an_ignore_is_its_table() {
    let text = "policy = 'strict'\n[[ignore]]\nreason = 'x'\nrule = 'missing-hash'\n\n[rules]\n";
    let config = read(text).unwrap();
    let file = SourceFile::from_text("pychain.toml", text);
    let spans: Vec<&str> = config.ignores.iter().map(|ignore| file.slice(ignore.span)).collect();
    assert_eq!(spans, ["[[ignore]]\nreason = 'x'\nrule = 'missing-hash'"]);
    let inline = read("ignore = [{ rule = 'missing-hash', reason = 'x' }]").unwrap();
    assert_eq!(inline.ignores.len(), 1);
}

#[test]
fn a_mistyped_word_gets_a_suggestion() {
    check_errors("polcy = 'strict'", &["polcy: unknown key `polcy` (did you mean `policy`?)"]);
    check_errors("fail_on = 'low'", &["fail_on: unknown key `fail_on` (did you mean `fail-on`?)"]);
    check_errors(
        "policy = 'stricct'",
        &[
            "'stricct': `policy` cannot be `stricct`: it is one of `relaxed`, `default`, `strict` (did you mean `strict`?)",
        ],
    );
    check_errors(
        "[rules]\nunhashed-requirment = 'off'",
        &["unhashed-requirment: unknown rule `unhashed-requirment` (did you mean `unhashed-requirement`?)"],
    );
    check_errors(
        "[rules]\nnothing-like-it = 'off'",
        &["nothing-like-it: unknown rule `nothing-like-it` (`pychain rules` lists all rules)"],
    );
    check_errors(
        "[[ignore]]\nrule = 'missing-hash'\nreson = 'x'\n",
        &[
            "[[ignore]]\nrule = 'missing-hash'\nreson = 'x': this `[[ignore]]` gives no `reason` \
             (say why the finding is accepted: the next reader has to decide whether it still is)",
            "reson: unknown key `reson` (did you mean `reason`?)",
        ],
    );
}

#[test]
fn a_wrong_type_is_named() {
    check_errors("policy = 1", &["1: `policy` is an integer, not a string (write it in quotation marks)"]);
    check_errors(
        "exclude = 'docs'",
        &["'docs': `exclude` is a string, not an array of strings (write it in brackets: `[\"…\"]`)"],
    );
    check_errors("exclude = ['docs', 3]", &["3: `exclude` is an integer, not a string (write it in quotation marks)"]);
    check_errors(
        "rules = []",
        &["[]: `rules` is an array, not a table \
        (write `[rules]` on a line of its own, and `RULE = \"off\"` below it)"],
    );
    check_errors(
        "[ignore]\nrule = 'missing-hash'",
        &["[ignore]: `ignore` is a table, not an array of tables \
           (write `[[ignore]]`, with two brackets, before each entry)"],
    );
}

#[test]
fn a_value_that_cannot_be_meant_is_refused() {
    for (text, message) in [
        ("exclude = ['']", "`exclude` is an empty pattern: ``"),
        ("exclude = ['/']", "`exclude` is an empty pattern: `/`"),
        ("exclude = ['!docs']", "`exclude` does not know `!`: `!docs`"),
        ("exclude = ['a\\b']", "`exclude` holds a backslash: `a\\b`"),
        ("exclude = ['req[12].txt']", "`exclude` does not know `[…]`: `req[12].txt`"),
        ("exclude = ['../other']", "`exclude` leaves the audited root: `../other`"),
        ("exclude = ['docs**']", "`exclude` has `**` beside other characters: `docs**`"),
        ("expected-indexes = ['pypi']", "`expected-indexes` is not a URL: `pypi`"),
        (
            "expected-indexes = ['https://u:p@host/simple']",
            "`expected-indexes` holds a user name or password: `https://u:p@host/simple`",
        ),
        ("private-prefixes = ['acme-*']", "`private-prefixes` is not the beginning of a project name: `acme-*`"),
        ("private-prefixes = ['']", "`private-prefixes` is not the beginning of a project name: ``"),
        ("private-prefixes = ['_']", "`private-prefixes` would match no name: `_`"),
        ("fail-on = 'error'", "`fail-on` cannot be `error`: it is one of `info`, `low`, `medium`, `high`, `never`"),
        ("installer = 'poetry'", "`installer` cannot be `poetry`: it is one of `pip`, `uv`"),
        (
            "[rules]\nmissing-hash = 'warn'",
            "`unhashed-requirement` cannot be `warn`: it is one of `off`, `on`, `info`, `low`, `medium`, `high`",
        ),
        (
            "[[ignore]]\nrule='missing-hash'\nreason='x'\nuntil=2026-02-30",
            "not valid TOML: invalid date, expected day between 01 and 28",
        ),
        ("[[ignore]]\nrule='missing-hash'\nreason='x'\nuntil='soon'", "`until` is not a date"),
        ("[[ignore]]\nrule='missing-hash'\nreason='x'\nuntil=2026-02-03T00:00:00Z", "`until` is not a date"),
        ("[[ignore]]\nrule='missing-hash'\nreason='x'\nproject='a>=1'", "`project` is not a project name: `a>=1`"),
        ("[[ignore]]\nrule='missing-hash'\nreason='x'\nowner=' '", "`owner` is empty: ` `"),
        ("[[ignore]]\nrule='missing-hash'\nreason=' '", "this `[[ignore]]` gives no `reason`"),
        ("[[ignore]]\nreason='x'", "this `[[ignore]]` names no `rule`"),
        ("[tool.pychain]\npolicy = 'strict'", "unknown key `tool`"),
    ] {
        let errors = read(text).expect_err(text);
        assert_eq!(errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>(), [message], "{text}");
    }
}

#[test]
fn a_rule_set_by_its_name_and_a_former_one_is_refused() {
    check_errors(
        "[rules]\nmissing-hash = 'off'\nunhashed-requirement = 'on'",
        &["unhashed-requirement: `unhashed-requirement` is set twice, once by a former name (remove one of the two)"],
    );
}

#[test]
fn all_errors_are_reported_in_the_order_of_the_file() {
    let errors = read("policy = 1\ninstaller = 2\nzzz = 3\nexclude = 4\n").unwrap_err();
    let places: Vec<u32> = errors.iter().map(|error| error.span.start).collect();
    assert_eq!(places.len(), 4);
    assert!(places.is_sorted());
}

#[test]
fn a_syntax_error_has_its_place() {
    let errors =
        from_pychain_toml(&SourceFile::from_text("pychain.toml", "policy = \"strict\"\nrules = [")).unwrap_err();
    assert_eq!(errors.first().map(|error| error.message.split(':').next().unwrap()), Some("not valid TOML"));
    assert!(errors.first().is_some_and(|error| error.span.start >= 18));
}

#[test]
fn of_many_syntax_errors_the_first_are_enough() {
    let text = format!("a = {}", "[".repeat(10_000));
    let errors = from_pychain_toml(&SourceFile::from_text("pychain.toml", text)).unwrap_err();
    assert!((1..=3).contains(&errors.len()), "{}", errors.len());
}

#[test]
fn in_pyproject_the_table_is_under_tool() {
    let read = |text: &str| from_pyproject_toml(&SourceFile::from_text("pyproject.toml", text));
    assert!(read("[project]\nname = 'x'\n").unwrap().is_none());
    assert!(read("[project]\nname = 'pychain-user'\n").unwrap().is_none());
    assert_eq!(read("[tool.pychain]\npolicy = 'relaxed'\n").unwrap().unwrap().policy, Policy::Relaxed);
    assert!(read("[tool]\npychain = 'strict'\n").is_err());
    assert!(read("[tool.pychain]\npolicy = \n").is_err());
    assert!(read("{{ a template }}").unwrap().is_none(), "not ours to judge");
}
