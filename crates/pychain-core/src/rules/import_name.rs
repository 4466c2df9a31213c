//! `import-name`: the name of a module where the project is called otherwise.

use super::names::{asking, is_mistaken, judged, with_existence, with_other_name};
use crate::audit::{Context, Findings};
use crate::finding::Severity;
use crate::prose::code;
use crate::tree::Mention;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for names that are imported under that name, but installed under another: `sklearn` for `scikit-learn`, `yaml` for `pyyaml`.
    /// The severity is high where the public index has no project of that name, medium where it has, and low where that is much downloaded itself, though by far less than the one that is meant.
    ///
    /// ## Why it matters
    ///
    /// Such names are typed every day, so whoever has them is installed by mistake.
    /// At best it is an empty project of the right people, at worst it is not theirs.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// sklearn==0.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// scikit-learn==1.5.2
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the project of that name is meant, and not the module.
    ///
    /// ## References
    ///
    /// - Python packaging: [Distribution package vs. import package](https://packaging.python.org/en/latest/discussions/distribution-package-vs-import-package/)
    "import-name": "name of a module whose project is called otherwise",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [Names],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(names) = &context.knowledge.names else { return };
    for judged in judged(context, |asked| names.imports.get(asked.name).is_some()) {
        // A tool that locks a name has found it on an index, and asked for what it says it needs.
        if matches!(judged.mention, Mention::Locked(_)) {
            continue;
        }
        let Some(project) = names.imports.get(judged.name).filter(|project| is_mistaken(judged.name, project, names))
        else {
            continue;
        };
        if names.malicious.get(judged.name).is_some() {
            continue;
        }
        let name = code(&judged.mention.label());
        let is_absent = names.index.as_ref().is_some_and(|index| !index.contains(judged.name));
        let severity = if names.ranked.find(judged.name).is_some() {
            Severity::Low
        } else if is_absent {
            Severity::High
        } else {
            Severity::Medium
        };
        let there =
            if is_absent { "not what it is called on the index" } else { "and the project called so is another one" };
        let message = format!("{name} is how `{project}` is imported, {there}");
        let mut finding = findings
            .finding(judged.place, judged.mention.subject(), message)
            .help(format!("Write `{project}`, with a version of its own"))
            .at_most(severity);
        // A version of the one says nothing about the other.
        if asking(&judged).all(|entry| entry.requirement.specifiers.is_empty()) {
            finding = with_other_name(finding, &judged, project, context.project);
        }
        findings.push(with_existence(finding, judged.name, names));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, fixed};

    #[test]
    fn the_project_is_named_and_written_where_no_version_is_given() {
        check("import-name", "yaml\n^^^^ import-name: is how `pyyaml` is imported\npyyaml\n");
        assert_eq!(fixed("import-name", "yaml  # config\n"), "pyyaml  # config\n");
        assert_eq!(fixed("import-name", "yaml\nYAML; extra == 'a'\n"), "pyyaml\npyyaml; extra == 'a'\n");
    }

    #[test]
    fn a_name_that_is_popular_itself_is_let_be() {
        check("import-name", "bs4\n");
    }
}
