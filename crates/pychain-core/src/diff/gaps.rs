//! What a table of changes cannot see, because a file, or a line of one, could not be read.

use crate::model::{Document, Line, LineKind, LockError, Refusal};
use crate::text::Problem;
use crate::tree::Project;

/// How many of a file's unreadable lines are told; of more, that there are more.
const MAX_TOLD: usize = 5;

/// What could not be read of the files of one side, by path and place.
pub fn gaps(project: &Project) -> Vec<Problem> {
    project.documents.iter().flat_map(|document| of(project, document)).collect()
}

fn of(project: &Project, document: &Document) -> Vec<Problem> {
    let file = project.file(document.file);
    if let Some(lock) = &document.lock {
        // What the tool refuses and we read nevertheless is in the table.
        let first = lock.errors.first().filter(|_| lock.packages.is_empty());
        let problem = |error: &LockError| Problem::at(file, error.span, error.message.clone(), "");
        return first.map(problem).into_iter().collect();
    }
    let refused: Vec<_> = document.lines.iter().filter_map(refusal).collect();
    let told = refused.iter().take(MAX_TOLD);
    let mut problems: Vec<Problem> =
        told.map(|refusal| Problem::at(file, refusal.span, refusal.message.clone(), refusal.help.clone())).collect();
    if let Some(more) = refused.len().checked_sub(MAX_TOLD).filter(|more| *more > 0) {
        problems.push(Problem::of_file(file.path(), format!("{more} more lines could not be read"), ""));
    }
    problems
}

fn refusal(line: &Line) -> Option<&Refusal> {
    match &line.kind {
        LineKind::Refused(refusal) => Some(refusal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::load;

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let many = "!\n".repeat(7);
        let files = [("uv.lock", "[[package\n"), ("r.txt", "a==1\n!\n"), ("s.txt", &*many), ("poetry.lock", "")];
        let problems = gaps(&load(&files.into_iter().collect()));
        let places: Vec<(&str, Option<usize>)> =
            problems.iter().map(|problem| (problem.path.as_str(), problem.line)).collect();
        let of_many = (1..=5).map(|line| ("s.txt", Some(line)));
        let expected: Vec<(&str, Option<usize>)> =
            [("r.txt", Some(2))].into_iter().chain(of_many).chain([("s.txt", None), ("uv.lock", Some(1))]).collect();
        assert_eq!(places, expected);
    }
}
