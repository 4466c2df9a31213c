//! `unsafe-index-strategy`: uv is told to let one index answer for another.

use super::indexes::{Together, names};
use crate::audit::{Context, Findings};
use crate::finding::{Location, Severity, Subject};
use crate::model::InstallOption;
use crate::prose::code;
use crate::resolution::{Sources, Strategy};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for uv's index strategies `unsafe-best-match` and `unsafe-first-match`, in commands (`--index-strategy`), variables (`UV_INDEX_STRATEGY`) and configuration.
    /// It also looks for `ignore-error-codes` of an index: where that one refuses an answer, as to wrong credentials, uv asks the next one.
    ///
    /// ## Why it matters
    ///
    /// By default uv takes a name from the first index that knows it, and so whoever registers the name elsewhere gets nothing.
    /// `unsafe-best-match` pools all indexes as pip does: the highest version wins, whoever serves it.
    /// `unsafe-first-match` goes on to the next index where the first has no version that fits.
    /// Both open the door to dependency confusion that uv had closed, and uv calls them unsafe for that.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> Dockerfile <==
    /// FROM python:3.13
    /// RUN uv pip install --index https://packages.example.org/simple --index-strategy unsafe-best-match acme-utils
    /// ```
    ///
    /// ## Use instead
    ///
    /// Tie the projects of an index to it (`tool.uv.sources`), and leave the strategy as it is.
    ///
    /// ```requirements,good
    /// ==> Dockerfile <==
    /// FROM python:3.13
    /// RUN uv pip install --index https://packages.example.org/simple acme-utils
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// With a hash for everything that is installed, and where there is only one index, the severity is low.
    ///
    /// ## References
    ///
    /// - uv: [Searching across multiple indexes](https://docs.astral.sh/uv/concepts/indexes/#searching-across-multiple-indexes)
    "unsafe-index-strategy": "index strategy that lets one index answer for another",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    for (document, line, used) in project.options(InstallOption::IndexStrategy) {
        let how = match Strategy::of_uv(&used.value.value) {
            Some(Strategy::UnsafeBestMatch) => {
                "pools all indexes and takes the highest version that any of them offers"
            }
            Some(Strategy::UnsafeFirstMatch) => "goes on to the next index where one has no version that fits",
            None if used.value.value == "ignore-error-codes" => {
                "goes on to the next index where this one refuses an answer, as it may to wrong credentials"
            }
            _ => continue,
        };
        let is_here = |entry: &crate::tree::RunEntry| {
            let read = entry.line.and_then(|at| document.lines.get(at));
            entry.file == document.file && read.is_some_and(|read| read.span == line.span)
        };
        let runs: Vec<_> = project.runs.iter().filter(|run| run.entries.iter().any(is_here)).collect();
        let indexes = |run: &&crate::tree::Run| Sources::of(project, run, context.config.installer).indexes().count();
        let are_several = runs.iter().map(indexes).max().is_some_and(|count| count > 1);
        let together = Together::of(context, runs);
        let of_whom = match together.unhashed.as_slice() {
            [] => String::new(),
            unhashed => format!(", also of {}", names(unhashed)),
        };
        let message = format!("with {} uv {how}{of_whom}", code(&used.value.value));
        let location = Location { file: document.file, span: used.span };
        let is_whole = Strategy::of_uv(&used.value.value).is_some();
        let severity =
            if is_whole && are_several && !together.is_all_hashed() { Severity::Medium } else { Severity::Low };
        let finding = findings
            .finding(location, Subject::Option(used.option.flag().to_owned()), message)
            .help("Remove it, and tie the projects of an index to that index with `tool.uv.sources`")
            .identified_by(used.value.value.clone());
        findings.push(finding.at_most(severity));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn what_is_asked_for_is_named() {
        check(
            "unsafe-index-strategy",
            "==> x.sh <==\nexport UV_INDEX_STRATEGY=unsafe-best-match\n                         ^^^^^^^^^^^^^^^^^ unsafe-index-strategy: pools all indexes and takes the highest version that any of them offers, also of `a` and `b`\nuv pip install --index https://h.example.org/s -r r.txt b\n==> r.txt <==\na\n",
        );
    }

    #[test]
    fn an_index_that_may_refuse_to_answer_lets_another_one_answer() {
        let index = |codes: &str, more: &str| {
            format!("[[tool.uv.index]]\nurl = \"https://a.example.org/simple\"\n{more}ignore-error-codes = {codes}\n")
        };
        let file = "==> pyproject.toml <==\n[project]\nname = \"x\"\ndependencies = [\"a\"]\n";
        let mark = "^^^^^^^^^^^^^^^^^^^^^^^^^^ unsafe-index-strategy: where this one refuses an answer\n";
        check("unsafe-index-strategy", &format!("{file}{}{mark}", index("[403]", "")));
        check("unsafe-index-strategy", &format!("{file}{}", index("[404]", "")));
        check("unsafe-index-strategy", &format!("{file}{}", index("[403]", "name = \"n\"\nexplicit = true\n")));
    }

    #[test]
    fn the_default_and_variables_are_left_alone() {
        check(
            "unsafe-index-strategy",
            "==> x.sh <==\nuv pip install --index-strategy first-index a\nuv sync --index-strategy $S\n",
        );
    }
}
