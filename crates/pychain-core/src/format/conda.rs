//! conda's `environment.yml`: what it hands to pip. The packages of conda's own channels are no matter of an index.

use super::commands::comments;
use super::requirements_txt::{Paths, split_comment};
use super::shell;
use super::toml_value::is_template;
use super::value::Reader;
use super::yaml::{self, Node, NodeKind};
use crate::model::{Document, Purpose, Section, Tool};
use crate::text::SourceFile;

/// Reads a file: the lists named `pip` among its `dependencies`, which conda writes into a requirements file
/// beside it, a line each. A file that is about something else has no lines.
pub(super) fn parse(file: &SourceFile, paths: Paths<'_>) -> Document {
    let mut reader = Reader::new(file, paths);
    let section = || Section::new(Tool::Pip, Purpose::Group).at("dependencies.pip");
    match yaml::document(file) {
        Ok(root) => {
            let dependencies = root.as_ref().and_then(|root| root.get("dependencies"));
            for list in dependencies.map(Node::items).unwrap_or_default().iter().filter_map(|item| item.get("pip")) {
                let section = reader.section(section());
                for item in list.items() {
                    let NodeKind::Scalar(text) = &item.kind else { continue };
                    let mut at = 0;
                    for line in text.text.split_inclusive('\n') {
                        let kept = split_comment(line).0;
                        let start = at + (kept.len() - kept.trim_start().len());
                        let end = at + kept.trim_end().len();
                        if start < end {
                            reader.pip_line(section, &shell::slice(text, start..end));
                        }
                        at += line.len();
                    }
                }
            }
        }
        Err((span, message)) => {
            // Of a file that may be about something else only what conda would read is said to be unreadable.
            let is_conda = file.text().lines().any(|line| line.trim_end() == "dependencies:");
            if is_conda && !is_template(file.text()) {
                let section = reader.section(section());
                reader.refused(section, span, message, "Correct the file: conda cannot read it");
            }
        }
    }
    reader.finish(comments(file))
}

#[cfg(test)]
mod tests {
    use crate::format::pyproject::tests::shape;
    use crate::testing::{check, load};

    #[test]
    fn what_conda_hands_to_pip_is_read() {
        let text = "name: x\nchannels: [conda-forge]\ndependencies:\n  - python=3.12\n  - numpy\n  - pip\n  - pip:\n\
                    \x20   - a==1.0\n    - \"b[x]>=1 ; os_name == 'nt'  # c\"\n    # c\n    - -e .\n    - -r requirements.txt\n\
                    \x20   - --extra-index-url https://e.example.org/simple\n    - git+https://e.org/c@v1\n    - |\n      d\n      # c\n      e\n    - foo bar\n  - conda-forge::pip:\n    - f\n";
        assert_eq!(
            shape("environment.yml", text),
            [
                "dependencies.pip: a==1.0",
                "dependencies.pip: b[x]>=1; os_name == \"nt\"",
                "dependencies.pip:  at .",
                "dependencies.pip: an include",
                "dependencies.pip: --extra-index-url https://e.example.org/simple",
                "dependencies.pip:  @ git+https://e.org/c@v1",
                "dependencies.pip: d",
                "dependencies.pip: e",
                "dependencies.pip: \"bar\": expected a version specifier (such as `==1.0`), `;` or the end of the line after the name",
            ]
        );
    }

    #[test]
    fn a_file_that_hands_nothing_to_pip_is_none_of_ours() {
        for text in ["dependencies:\n - numpy\n", "resources:\n  - pip: [a]\n", "{{ x }}: [\n", "a: [\n", ""] {
            assert!(load(&[("environment.yml", text)].into()).files.is_empty(), "{text}");
        }
    }

    #[test]
    fn what_it_asks_for_is_judged_as_a_manifest() {
        check(
            "*",
            "==> environment.yml <==\ndependencies:\n  - pip:\n    - numpy\n    - click>=8\n    - reqeusts==2.0\n      ^^^^^^^^ confusable-name\n\
             \x20   - --extra-index-url http://e.example.org/simple\n                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url\n                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^ insecure-index\n\
             \x20   - git+https://github.com/psf/requests  # pychain: ignore[mutable-vcs-reference] as it is\n\
             \x20   - -r more.txt\n         ^^^^^^^^ unreadable-include: `more.txt` is not there\n",
        );
    }

    #[test]
    fn what_is_no_yaml_is_said_where_it_is() {
        check(
            "*",
            "==> environment.yml <==\nname: x\ndependencies:\n  - pip:\n    - [a\n  - b: c\n^^^^^^^^ unreadable-line: this is no YAML\n  - ]d\n",
        );
    }
}
