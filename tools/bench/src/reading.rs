//! Time of the reader alone: bytes in, documents and the installer's run out.

use std::hint::black_box;

use pychain_core::model::PathKind;
use pychain_core::tree::{Loader, Project, Role, Want};

use crate::timing::{self, Run, Times};

/// Reads the file `runs` times, as one requirements file that stands alone.
pub(crate) fn time(bytes: &[u8], runs: usize) -> Times {
    let runs: Vec<Run> = (0..runs).map(|_| timing::on_this_thread(|| black_box(read(black_box(bytes)))).0).collect();
    Times::of(&runs)
}

fn read(bytes: &[u8]) -> Project {
    let mut loader = Loader::new();
    loader.root("requirements.txt", bytes, Role::Requirements);
    loop {
        let wants = loader.wants();
        if wants.is_empty() {
            return loader.finish();
        }
        for want in wants {
            match want {
                Want::File(path) => loader.missing(&path),
                Want::Path(path) => loader.path(&path, PathKind::Absent),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input;

    #[test]
    fn what_is_measured_is_read() {
        let blocks = input::generated();
        let project = read(input::file(&blocks, 1000, input::invented()).as_bytes());
        let hashed = project.requirements().filter(|entry| !entry.requirement.hashes.is_empty()).count();
        assert!(hashed > 100, "{hashed}");
        assert_eq!(project.refusals().count(), 0);
    }
}
