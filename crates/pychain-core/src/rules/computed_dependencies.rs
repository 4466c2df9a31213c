//! `computed-dependencies`: what a manifest asks for is known only to who runs it.

use crate::audit::{Context, Findings};
use crate::finding::{Location, Subject};
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for parts of dependency lists in `setup.py` that are no literals: calls, comprehensions, names that are imported.
    /// What is literal beside them is read and audited.
    /// In `pyproject.toml` it looks for lists in `dynamic` that the build backend makes up by code of the project.
    ///
    /// ## Why it matters
    ///
    /// pychain runs nothing, so nobody has looked at what such a part asks for; neither sees it who reviews the file.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> setup.py <==
    /// from setuptools import setup
    ///
    /// setup(name="example", install_requires=["click"] + more())
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// ==> setup.py <==
    /// from setuptools import setup
    ///
    /// setup(name="example", install_requires=["click", "flask; python_version >= '3.10'"])
    /// ```
    ///
    /// Or declare them in `pyproject.toml`, where nothing can be computed.
    /// A list in a file of its own can be named there: `dependencies = {file = ["requirements.txt"]}` below `[tool.setuptools.dynamic]`.
    ///
    /// ## When it is wrong
    ///
    /// When what is computed is known otherwise: a requirements file that the code reads is audited by itself.
    ///
    /// ## References
    ///
    /// - setuptools: [Dependencies Management in Setuptools](https://setuptools.pypa.io/en/latest/userguide/dependency_management.html)
    "computed-dependencies": "dependencies that only running the file tells",
    severity: Info, confidence: High, persona: Auditor, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for document in &context.project.documents {
        let path = context.project.file(document.file).path();
        let is_of_build = document.leaves_to_build;
        let help = if is_of_build {
            "Write the dependencies in `[project]`"
        } else {
            "Write the dependencies as literals, or in `pyproject.toml`"
        };
        for computed in &document.computed {
            let message = match computed.value.as_str() {
                "setup" => "arguments of `setup` are computed: which dependencies are among them is unknown".to_owned(),
                list if is_of_build => {
                    format!("{} are left to the build: what it asks for is unknown", code(list))
                }
                list => format!("this part of {} is computed: what it asks for is unknown", code(list)),
            };
            let place = Location { file: document.file, span: computed.span };
            findings.push(
                findings
                    .finding(place, Subject::File(path.to_owned()), message)
                    .help(help)
                    .identified_by(document.source.slice(computed.span)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn the_part_that_is_computed_is_told_where_it_is_made() {
        check(
            "computed-dependencies",
            "==> setup.py <==\nreqs = open('requirements.txt').read().splitlines()\n       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ computed-dependencies: this part of `install_requires`\n\
             from x import TESTS\nsetup(install_requires=reqs, extras_require={'a': ['b'] + TESTS, 'c': [f'd=={V}', 'e%s' % V]}, **more())\n\
             \x20                                                         ^^^^^ computed-dependencies: `extras_require.a`\n\
             \x20                                                                      ^^^^^^^^^ computed-dependencies: `extras_require.c`\n\
             \x20                                                                                 ^^^^^^^^^ computed-dependencies: `extras_require.c`\n\
             \x20                                                                                                ^^^^^^ computed-dependencies: arguments of `setup` are computed\n",
        );
    }

    #[test]
    fn what_is_no_dependency_and_what_was_there_before_is_left_alone() {
        let file = "setup(name=name(), version=V, packages=find_packages(), install_requires=['a'], extras_require={'b': c()})\n";
        check("computed-dependencies", &format!("==> base/setup.py <==\n{file}==> setup.py <==\n{file}"));
        check("computed-dependencies", "==> setup.py <==\nsetup(name=name(), version=V, packages=find_packages())\n");
    }
}
