//! `new-dependency`: the change makes the project trust one more.

use crate::audit::{Context, Findings};
use crate::model::SourceKind;
use crate::order::Set;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for projects that the change asks for and that no file asked for before.
    /// Lock files count, so that what a new dependency brings along is told as well.
    /// An installer that is asked for itself (`pip install --upgrade pip`) is there already.
    ///
    /// ## Why it matters
    ///
    /// A new dependency brings its maintainers, its build and everything below it into the chain.
    /// It is the moment to look at the name, the project and its history.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// flask==3.0.3
    /// ==> requirements.txt <==
    /// flask==3.0.3
    /// itsdangerous==2.2.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// Nothing, once somebody has looked: the finding is a note for the reviewer.
    ///
    /// ```requirements,good
    /// ==> base/requirements.txt <==
    /// flask==3.0.2
    /// ==> requirements.txt <==
    /// flask==3.0.3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the project was already there through another one, and a lock file now names it.
    ///
    /// ## References
    ///
    /// - Open Source Security Foundation: [Concise guide for evaluating open source software](https://best.openssf.org/Concise-Guide-for-Evaluating-Open-Source-Software)
    "new-dependency": "new dependency",
    severity: Info, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

const HELP: &str = "Look at the project, its maintainers and its history before you trust it";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(base) = context.base else { return };
    let known: Set<String> = names(base).collect::<Set<_>>();
    let mut told = Set::new();
    for after in context.changes.iter().filter_map(|change| change.after.as_ref()).filter(|entry| !entry.constraint) {
        let name = after.requirement.subject().name().to_owned();
        if name == after.installer() || known.contains(&name) || !told.insert(name) {
            continue;
        }
        let message = format!("{} is new to this project", code(&after.requirement.label()));
        let finding = findings.finding(after.location(), after.requirement.subject(), message);
        findings.push(finding.help(HELP));
    }
    // A lock file names what its direct dependencies bring.
    for after in context.locked.iter().filter(|pair| pair.before.is_none()).filter_map(|pair| pair.after) {
        let package = after.package;
        let name = package.name.normalized().to_owned();
        let is_local = !package.source.kind.is_remote() && !matches!(package.source.kind, SourceKind::Vcs(_));
        if is_local || known.contains(&name) || !told.insert(name) {
            continue;
        }
        let message = format!("{} is new to this project", code(package.name.as_written()));
        findings.push(findings.finding(after.at(package.name_span), package.subject(), message).help(HELP));
    }
}

fn names(project: &crate::tree::Project) -> impl Iterator<Item = String> {
    project.mentions().filter(|mention| !mention.is_constraint()).map(|mention| mention.subject().name().to_owned())
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_name_is_new_once_and_in_any_spelling_the_same() {
        check(
            "new-dependency",
            "==> base/r.txt <==\nFoo.Bar==1\n==> r.txt <==\nfoo_bar==1\nb==1\n^^^^ new-dependency\n==> s.txt <==\nb==1\n",
        );
    }

    #[test]
    fn what_a_lock_file_brings_is_told_once_and_where_it_stands() {
        check(
            "new-dependency",
            "==> base/requirements.txt <==\na==1\n==> requirements.txt <==\na==1\n==> uv.lock <==\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { registry = \"https://pypi.org/simple\" }\n\
             [[package]]\nname = \"b\"\n        ^ new-dependency: `b` is new to this project\nversion = \"1\"\nsource = { registry = \"https://pypi.org/simple\" }\n\
             [[package]]\nname = \"own\"\nsource = { editable = \".\" }\n",
        );
    }

    #[test]
    fn pip_is_there_before_it_is_asked_for() {
        check(
            "new-dependency",
            "==> base/x.sh <==\n==> x.sh <==\npip install -U pip setuptools\n                   ^^^^^^^^^^ new-dependency\npipx install pip\n",
        );
    }

    #[test]
    fn constraints_ask_for_nothing() {
        check("new-dependency", "==> base/r.txt <==\na==1\n==> r.txt <==\na==1\n==> constraints.txt <==\nb==1\n");
    }
}
