//! `dropped-safeguard`: a setting that protected the install is gone.

use super::support::{checks_hashes, runs_of, still_near};
use crate::audit::{Context, Findings};
use crate::finding::{Location, Severity, Subject};
use crate::format::detect::named_role;
use crate::format::requirements_txt::folder;
use crate::model::time::{days, seconds};
use crate::model::{Document, InstallOption, Line, ManifestFormat, OptionUse, Role, Tool};
use crate::name::normalize;
use crate::order::{Map, Set};
use crate::prose::code;
use crate::tree::Project;

mod commands;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for protection that a change takes away: `--require-hashes`, `--only-binary :all:` (`no-build` of uv), and that releases have to be of an age before they are taken.
    /// In commands it also looks for what kept them to the lock file (`--locked` and `--frozen` of uv, `pdm sync`, `pipenv install --deploy`) or to a constraints file (`-c`), and for a file without hashes in the place of one that has them.
    /// The age is `exclude-newer` of uv and PDM, `min-release-age` of Poetry, `cool-down-period` of Pipenv and `--uploaded-prior-to` of pip, in their settings, in commands and in variables.
    /// A span shorter than the three days of `young-release`, or as many as `cooldown-days` in the configuration says, and a day to come protect as little as none.
    /// It also looks for a `uv.toml` that takes the place of `[tool.uv]`: where it is there, uv reads no settings in the `pyproject.toml` beside it.
    ///
    /// ## Why it matters
    ///
    /// Nothing is installed otherwise on the day of such a change, so that nobody sees it; what it lets in comes later.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/pyproject.toml <==
    /// [project]
    /// dependencies = ["click"]
    /// [tool.uv]
    /// exclude-newer = "7 days"
    /// ==> pyproject.toml <==
    /// [project]
    /// dependencies = ["click"]
    /// [tool.uv]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Let single projects through that cannot wait.
    ///
    /// ```requirements,good
    /// ==> base/pyproject.toml <==
    /// [project]
    /// dependencies = ["click"]
    /// [tool.uv]
    /// exclude-newer = "7 days"
    /// ==> pyproject.toml <==
    /// [project]
    /// dependencies = ["click"]
    /// [tool.uv]
    /// exclude-newer = "4 days"
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When something outside the files protects as well, as an index that holds releases back.
    /// A command that went to another file with its protection is left alone.
    /// A later date in the past, as those set who want what an install was on some day, is left alone, and so is the option where hashes are checked without it.
    ///
    /// ## References
    ///
    /// - uv: [`exclude-newer`](https://docs.astral.sh/uv/reference/settings/#exclude-newer), [Configuration files](https://docs.astral.sh/uv/concepts/configuration-files/)
    /// - pip: [`--uploaded-prior-to`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-uploaded-prior-to)
    "dropped-safeguard": "protection of the install taken away",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

/// What protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Hashes,
    Wheels,
    Age,
    /// The places that uv asks, which protect where another file takes the settings away.
    Indexes,
    /// Nothing but what the lock file has.
    Locked,
    /// A constraints file.
    Constraints,
}

const HOURS: i64 = 24;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(base) = context.base else { return };
    of_files(context, base, findings);
    commands::check(context, base, findings);
}

/// Where a setting of a file holds: for the file, or of a project's tool for all of its folder.
type Scope<'a> = (&'a str, Tool, Kind);

/// A setting, and whether it protects.
struct Guard<'a> {
    document: &'a Document,
    used: &'a OptionUse,
    protects: bool,
}

fn of_files(context: &Context<'_>, base: &Project, findings: &mut Findings<'_>) {
    let head = context.project;
    let after = guards(context, head, |path| context.renames.base_path(path));
    // The files of each place: no folder has the path of a file.
    let mut here: Map<&str, Vec<&Document>> = Map::new();
    for document in &head.documents {
        let path = context.renames.base_path(document.source.path());
        here.entry(path).or_default().push(document);
        here.entry(folder(path)).or_default().push(document);
    }
    for (scope, old) in guards(context, base, |path| path) {
        let (place, tool, kind) = scope;
        let Some(was) = old.iter().find(|guard| guard.protects) else { continue };
        let new = after.get(&scope).map(Vec::as_slice).unwrap_or_default();
        let path = base.file(was.document.file).path();
        let kept = new.iter().any(|guard| guard.protects);
        if kept && (kind != Kind::Age || new.iter().all(|guard| guard.protects)) {
            continue;
        }
        let documents = here.get(place).into_iter().flatten().copied();
        if !documents.clone().any(|document| is_used(document, tool)) {
            continue;
        }
        // The file itself, or what is left beside it of the project.
        let is_same = |document: &&Document| context.renames.base_path(document.source.path()) == path;
        let beside = || documents.clone().find(|document| document.has_section(|section| section.tool == tool));
        let Some(document) = documents.clone().find(is_same).or_else(beside) else { continue };
        let shadow =
            documents.clone().find(|document| is_uv_toml(document) && !is_uv_toml(was.document) && tool == Tool::Uv);
        if shadow.is_none() && (kind == Kind::Indexes || is_protected(head, document, kind)) {
            continue;
        }
        let location = if let Some(guard) = new.iter().find(|guard| !guard.protects) {
            Location { file: guard.document.file, span: guard.used.span }
        } else {
            let of = shadow.unwrap_or(document);
            Location { file: of.file, span: still_near(&was.document.source, was.used.span, &of.source) }
        };
        let why = match shadow {
            Some(_) => ": uv reads `uv.toml`, and no settings in `[tool.uv]` beside it",
            None => "",
        };
        push(findings, location, tool, kind, &was.used.value.value, why);
    }
    exemptions(context, base, findings);
}

/// Every setting of files that protects, or is there to.
fn guards<'a>(
    context: &Context<'_>,
    project: &'a Project,
    base_path: impl Fn(&'a str) -> &'a str,
) -> Map<Scope<'a>, Vec<Guard<'a>>> {
    let mut found: Map<Scope<'a>, Vec<Guard<'a>>> = Map::new();
    let hiding = project.documents.iter().filter(|document| is_uv_toml(document));
    let hiding: Set<&str> = hiding.map(|document| folder(base_path(document.source.path()))).collect::<Set<_>>();
    let is_ours = |document: &Document, line: &Line| !document.is_of_command(line) || is_settings(document);
    for (document, line) in project.lines().filter(|(document, line)| is_ours(document, line)) {
        let path = base_path(project.file(document.file).path());
        let tool = document.tool(line);
        let place = if is_of_file(document, tool) { path } else { folder(path) };
        if tool == Tool::Uv && !is_uv_toml(document) && hiding.contains(place) {
            continue;
        }
        for used in line.options.iter().filter(|used| used.acts) {
            let Some((kind, protects)) = judge(context, used) else { continue };
            if kind != Kind::Indexes || tool == Tool::Uv {
                found.entry((place, tool, kind)).or_default().push(Guard { document, used, protects });
            }
        }
    }
    found
}

/// What an option is there for, and whether it does that.
fn judge(context: &Context<'_>, used: &OptionUse) -> Option<(Kind, bool)> {
    let value = used.value.value.as_str();
    Some(match used.option {
        InstallOption::RequireHashes => (Kind::Hashes, true),
        InstallOption::OnlyBinary => (Kind::Wheels, value.split(',').any(|name| name.trim() == ":all:")),
        InstallOption::Locked => (Kind::Locked, true),
        InstallOption::ExcludeNewer if !value.contains('=') => (Kind::Age, is_old_enough(context, value)),
        InstallOption::IndexUrl | InstallOption::ExtraIndexUrl | InstallOption::NamedIndex | InstallOption::NoIndex => {
            (Kind::Indexes, true)
        }
        _ => return None,
    })
}

/// Whether a tool is still asked for what the file says, and no other has taken its place.
fn is_used(document: &Document, tool: Tool) -> bool {
    let is_other = |other: Tool| matches!(other, Tool::Uv | Tool::Poetry | Tool::Pdm | Tool::Pipenv) && other != tool;
    document.has_section(|section| section.tool == tool)
        || document.is_partly_read()
        || !document.has_section(|section| is_other(section.tool))
}

/// Whether an install is protected without the setting.
fn is_protected(head: &Project, document: &Document, kind: Kind) -> bool {
    runs_of(head, document.file).any(|run| match kind {
        Kind::Hashes => checks_hashes(run),
        Kind::Wheels => run.options.only_binary.contains(":all:"),
        Kind::Age | Kind::Indexes | Kind::Locked | Kind::Constraints => false,
    })
}

/// Projects that are taken at any age from now on.
fn exemptions(context: &Context<'_>, base: &Project, findings: &mut Findings<'_>) {
    let all = |project| -> Vec<(&Document, &OptionUse)> {
        let uses = Project::options(project, InstallOption::ExcludeNewer);
        uses.map(|(document, _, used)| (document, used)).collect()
    };
    let (old, new) = (all(base), all(context.project));
    if !old.iter().any(|(_, used)| !used.value.value.contains('=') && is_old_enough(context, &used.value.value)) {
        return;
    }
    let known: Map<&str, ()> = old.iter().map(|(_, used)| (used.value.value.as_str(), ())).collect::<Map<_, _>>();
    // uv has one table for itself and one for `uv pip`: a project in both is one exception.
    let mut exempt: Map<String, Location> = Map::new();
    for (document, used) in new {
        let Some((name, value)) = used.value.value.split_once('=') else { continue };
        let name = normalize(name);
        let is_ours = context.config.is_private(&name)
            || context.project.own_names.contains(&name)
            || context.config.own_names.iter().any(|own| normalize(own) == name);
        if is_ours || known.contains_key(used.value.value.as_str()) || is_old_enough(context, value) {
            continue;
        }
        exempt.entry(name).or_insert(Location { file: document.file, span: used.span });
    }
    for (name, location) in exempt {
        let message = format!("releases of {} are taken on the day that they are made", code(&name));
        let finding = findings.finding(location, Subject::Project(name), message);
        let help = "Take the exception out as soon as the release is old enough";
        findings.push(finding.help(help).at_most(Severity::Low));
    }
}

fn push(findings: &mut Findings<'_>, location: Location, tool: Tool, kind: Kind, was: &str, why: &str) {
    let name = tool.name();
    let (flag, message, severity) = match kind {
        Kind::Hashes => {
            ("--require-hashes", format!("{name} no longer asks for a hash of everything{why}"), Severity::Medium)
        }
        Kind::Wheels => {
            ("--only-binary", format!("{name} may build from source again, and run what it builds{why}"), Severity::Low)
        }
        Kind::Age => {
            let is_date = was.len() >= 10 && seconds(was).is_some() || date(was).is_some();
            let severity = if is_date { Severity::Low } else { Severity::Medium };
            let held = if is_date { "to those of then" } else { "until they are of an age" };
            ("--exclude-newer", format!("{name} no longer holds releases back {held} ({}){why}", code(was)), severity)
        }
        Kind::Indexes => ("index", format!("{name} no longer asks the indexes of the project{why}"), Severity::Medium),
        Kind::Locked => {
            let message =
                format!("{name} may take other versions than the lock file has, where that does not fit{why}");
            ("--locked", message, Severity::Low)
        }
        Kind::Constraints => {
            ("--constraint", format!("{name} is no longer held to the versions of {}{why}", code(was)), Severity::Low)
        }
    };
    let finding = findings
        .finding(location, Subject::Option(flag.to_owned()), message)
        .help("Put the setting back, unless something else protects the install now")
        .identified_by(format!("{name} {was}"));
    findings.push(finding.at_most(severity));
}

/// Whether a setting holds for its file alone, and not for the project of the folder.
fn is_of_file(document: &Document, tool: Tool) -> bool {
    matches!(tool, Tool::Pip | Tool::Conda)
        || ManifestFormat::of_path(document.source.path()) == Some(ManifestFormat::Script)
}

/// Whether a file is one of settings, which all commands of its tool take.
fn is_settings(document: &Document) -> bool {
    named_role(document.source.path()) == Role::Settings
}

fn is_uv_toml(document: &Document) -> bool {
    document.source.path().rsplit('/').next() == Some("uv.toml")
}

/// Whether a value keeps new releases away. What nobody can tell does.
fn is_old_enough(context: &Context<'_>, value: &str) -> bool {
    if value == "false" {
        return false;
    }
    if let Some(day) = date(value) {
        // Where it is tomorrow already somebody may have written that.
        return context.as_of.is_none_or(|today| day <= today.days() + 1);
    }
    hours(value).is_none_or(|hours| hours >= HOURS * i64::from(context.config.cooldown_days()))
}

/// Days since 1970 of a value that begins with a date.
fn date(value: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| value.get(range)?.parse::<i64>().ok();
    let is_date = value.get(4..5) == Some("-") && value.get(7..8) == Some("-");
    is_date.then(|| Some(days(number(0..4)?, number(5..7)?, number(8..10)?)))?
}

/// A span in hours: `7 days`, `1 week`, `36h`, `P3D`, `PT12H`, and a number of days.
fn hours(value: &str) -> Option<i64> {
    let mut total = 0i64;
    let (mut rest, mut is_time) = (value.trim(), !value.starts_with(['P', 'p']));
    rest = rest.trim_start_matches(['P', 'p']);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix(['T', 't']) {
            (rest, is_time) = (time, true);
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let amount: i64 = rest.get(..end)?.parse().ok()?;
        let unit = rest.get(end..)?.trim_start();
        let end = unit.find(|c: char| !c.is_ascii_alphabetic() || matches!(c, 'T')).unwrap_or(unit.len());
        let name = unit.get(..end)?.to_ascii_lowercase();
        let (size, per) = match name.as_str() {
            "" | "d" | "day" | "days" => (HOURS, 1),
            "w" | "wk" | "week" | "weeks" => (7 * HOURS, 1),
            "h" | "hr" | "hour" | "hours" => (1, 1),
            "mo" | "month" | "months" => (30 * HOURS, 1),
            "m" if !is_time => (30 * HOURS, 1),
            "y" | "yr" | "year" | "years" => (365 * HOURS, 1),
            "m" | "min" | "minute" | "minutes" => (1, 60),
            "s" | "sec" | "second" | "seconds" => (1, 3600),
            _ => return None,
        };
        total = total.saturating_add(amount.saturating_mul(size) / per);
        rest = unit.get(end..)?.trim_start_matches([' ', ',']);
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check as check_all;

    fn check(base: &str, head: &str) {
        check_all("dropped-safeguard", &(base.replace("==> ", "==> base/") + head));
    }

    #[test]
    fn spans_are_compared_by_the_hour() {
        for (value, expected) in [
            ("7 days", Some(168)),
            ("1 week", Some(168)),
            ("P1W", Some(168)),
            ("PT36H", Some(36)),
            ("P1DT12H", Some(36)),
            ("P1M", Some(720)),
            ("5", Some(120)),
            ("90 minutes", Some(1)),
            ("$DAYS", None),
            ("", None),
        ] {
            assert_eq!(hours(value), expected, "{value}");
        }
        assert_eq!((date("1970-01-03T00:00:00Z"), date("7 days")), (Some(2), None));
    }

    #[test]
    fn ages_of_every_tool_are_known() {
        let mark = "no longer holds releases back";
        let uv = |value: &str| format!("==> uv.toml <==\n[pip]\n{value}");
        check(
            &uv("exclude-newer = \"7 days\"\n"),
            &uv(&format!("^^^^^ dropped-safeguard: uv {mark} until\nno-index = true\n")),
        );
        check(
            &uv("exclude-newer = \"7 days\"\n"),
            &uv(&format!("exclude-newer = \"1 day\"\n                 ^^^^^ dropped-safeguard: uv {mark}\n")
                .replace("                 ^^^^^ ", "^^^^^^^^^^^^^^^^^^^^^^^ ")),
        );
        check(&uv("exclude-newer = \"7 days\"\n"), &uv("exclude-newer = \"3 days\"\n"));
        check(&uv("exclude-newer = \"2024-01-01\"\n"), &uv("exclude-newer = \"2026-11-22\"\n"));
        check(
            &uv("exclude-newer = \"2024-01-01\"\n"),
            &uv("exclude-newer = \"2030-01-01\"\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^ dropped-safeguard: to those of then\n"),
        );
        check(
            &uv("exclude-newer = \"7 days\"\n"),
            &uv(
                "exclude-newer = \"7 days\"\nexclude-newer-package = { a = false, b = \"4 days\" }\n                          ^^^^^^^^^ dropped-safeguard: releases of `a`\n",
            ),
        );
        check(
            &uv("exclude-newer = \"7 days\"\n"),
            "==> uv.toml <==\nexclude-newer = \"7 days\"\n[[index]]\nurl = \"https://e.org\"\nexclude-newer = false\n[[index]]\nurl = \"https://pypi.org/simple\"\ndefault = true\nexclude-newer = false\n^^^^^^^^^^^^^^^^^^^^^ dropped-safeguard: uv\n",
        );
        check(
            "==> poetry.toml <==\n[solver]\nmin-release-age = 7\n",
            "==> poetry.toml <==\n[solver]\nmin-release-age = 0\n^^^^^^^^^^^^^^^^^^^ dropped-safeguard: Poetry\n",
        );
        check(
            "==> pyproject.toml <==\n[tool.pdm.resolution]\nexclude-newer = \"7d\"\n",
            "==> pyproject.toml <==\n[tool.pdm.resolution]\n^^^^^^^^^^^^^^^^^^^^^ dropped-safeguard: PDM\n",
        );
        check(
            "==> Pipfile <==\n[packages]\na = \"*\"\n[pipenv]\ncool-down-period = \"7d\"\n",
            "==> Pipfile <==\n[packages]\na = \"*\"\n^^^^^^^ dropped-safeguard: Pipenv\n",
        );
        check(
            "==> pip.conf <==\n[global]\nuploaded-prior-to = P7D\nno-index = yes\n",
            "==> pip.conf <==\n[global]\n^^^^^^^^ dropped-safeguard: pip\nno-index = yes\n",
        );
        check(
            &uv("exclude-newer = \"7 days\"\n"),
            "==> pyproject.toml <==\n[tool.uv]\n^^^^^^^^^ dropped-safeguard: uv\ndev-dependencies = [\"a\"]\n",
        );
    }

    #[test]
    fn many_exceptions_are_told_together_and_each_once() {
        let exempt = |count: usize| (0..count).map(|at| format!("p{at} = false\n")).collect::<Vec<_>>().concat();
        let head = |count: usize, mark: &str, more: &str| {
            let exempt = exempt(count);
            let (first, rest) = exempt.split_once('\n').expect("a line");
            format!(
                "==> pyproject.toml <==\n[project]\n[tool.uv]\nexclude-newer = \"7 days\"\n[tool.uv.exclude-newer-package]\n{first}\n{mark}{rest}{more}"
            )
        };
        let base = "==> pyproject.toml <==\n[project]\n[tool.uv]\nexclude-newer = \"7 days\"\n";
        check(
            base,
            &head(
                1,
                "^^^^^^^^^^ dropped-safeguard: releases of `p0`\n",
                "[tool.uv.pip]\nexclude-newer-package = { p0 = false }\n",
            ),
        );
        check(base, &head(11, "^^^^^^^^^^ dropped-safeguard: ; the same holds for 10 more\n", ""));
    }

    #[test]
    fn a_file_that_hides_settings_takes_them_away() {
        let manifest = "==> pyproject.toml <==\n[tool.uv]\nno-build = true\nexclude-newer = \"7 days\"\n[[tool.uv.index]]\nurl = \"https://e.org\"\n";
        check(
            manifest,
            &format!(
                "{manifest}==> uv.toml <==\nlink-mode = \"copy\"\n^^^^^^^^^^^^^^^^^^ dropped-safeguard: uv reads `uv.toml`\n^^^^^^^^^^^^^^^^^^ dropped-safeguard: may build\n^^^^^^^^^^^^^^^^^^ dropped-safeguard: no longer asks the indexes\n"
            ),
        );
        check(
            manifest,
            "==> pyproject.toml <==\n[tool.uv]\n==> uv.toml <==\nno-build = true\nexclude-newer = \"7 days\"\nindex-url = \"https://e.org\"\n",
        );
        check(manifest, "==> pyproject.toml <==\n[tool.poetry.dependencies]\na = \"*\"\n");
    }

    #[test]
    fn a_script_has_settings_of_its_own() {
        let script = |settings: &str| {
            format!(
                "==> x.py <==\n# /// script\n# dependencies = [\"a\"]\n# [tool.uv]\n{settings}# ///\n==> uv.toml <==\nexclude-newer = \"7 days\"\n"
            )
        };
        let cut = script("").replace("[tool.uv]\n", "[tool.uv]\n^^^^^^^^^^^ dropped-safeguard: uv\n");
        check(&script("# exclude-newer = \"7 days\"\n"), &cut);
    }

    #[test]
    fn options_that_do_nothing_more_may_go() {
        check("==> r.txt <==\n--require-hashes\na==1 --hash=sha256:aa\n", "==> r.txt <==\na==1 --hash=sha256:aa\n");
        check(
            "==> r.txt <==\n--require-hashes\na==1\n",
            "==> r.txt <==\na==1\n^^^^ dropped-safeguard: pip no longer asks for a hash\n",
        );
        check(
            "==> r.txt <==\na==1\n--only-binary :all:\n",
            "==> r.txt <==\na==1\n^^^^ dropped-safeguard: pip may build\n",
        );
        check(
            "==> r.txt <==\n-r b.txt\n--only-binary :all:\n==> b.txt <==\na\n",
            "==> r.txt <==\n-r b.txt\n==> b.txt <==\n--only-binary :all:\na\n",
        );
    }
}
