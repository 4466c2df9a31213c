//! Whether the markers of a lock file ever ask for a project where a wheel of it fits.

use crate::model::Lock;
use crate::order::Map;

/// Machines that end the platform tags of wheels, as markers have them in small letters.
const MACHINES: [&str; 11] =
    ["x86_64", "amd64", "aarch64", "arm64", "i686", "armv7l", "ppc64le", "ppc64", "s390x", "riscv64", "loongarch64"];

/// How many markers of a project are looked at for each of its wheels: a hostile file has thousands of both.
const MOST: usize = 100;

/// What asks for each project of a lock file: the markers, none where nothing limits it.
pub(super) struct Markers<'a>(Map<&'a str, Vec<Option<&'a str>>>);

impl<'a> Markers<'a> {
    pub(super) fn of(lock: &'a Lock) -> Self {
        let mut found: Map<&str, Vec<_>> = Map::new();
        for edge in lock.packages.iter().flat_map(|package| &package.dependencies) {
            found.entry(edge.name.normalized()).or_default().push(edge.marker.as_deref());
        }
        Self(found)
    }

    /// Whether nothing asks for `project` where `wheel`, the name of a file of it, fits. uv lists no such wheels.
    /// What cannot be told is no.
    pub(super) fn leave_out(&self, project: &str, wheel: &str) -> bool {
        let (Some(place), Some(markers)) = (Place::of(wheel), self.0.get(project)) else { return false };
        markers.len() <= MOST && markers.iter().all(|marker| marker.is_some_and(|marker| place.is_excluded_by(marker)))
    }
}

/// Where a wheel fits, in the words of markers.
struct Place {
    system: &'static str,
    machines: Vec<&'static str>,
    /// The one version of Python, where there is one.
    python: Option<(u32, u32)>,
}

impl Place {
    fn of(wheel: &str) -> Option<Self> {
        let mut tags = wheel.strip_suffix(".whl")?.rsplit('-');
        let (platforms, abi) = (tags.next()?, tags.next()?);
        let systems = [("win", "win32"), ("macosx", "darwin"), ("manylinux", "linux"), ("musllinux", "linux")];
        let (_, system) = systems.into_iter().find(|(begin, _)| platforms.starts_with(begin))?;
        let mut machines = Vec::new();
        for platform in platforms.split('.') {
            match platform {
                "win32" => machines.extend(["win32", "x86"]),
                _ if platform.ends_with("_universal2") => machines.extend(["x86_64", "arm64"]),
                _ => machines.push(MACHINES.into_iter().find(|machine| platform.ends_with(*machine))?),
            }
        }
        let python = abi.strip_prefix("cp3").and_then(|minor| minor.parse().ok()).map(|minor| (3, minor));
        Some(Self { system, machines, python })
    }

    /// Whether every alternative of a marker has a condition that does not hold here. Parentheses are not looked at: an
    /// alternative may lose conditions by that, but gains none.
    fn is_excluded_by(&self, marker: &str) -> bool {
        marker.split(" or ").all(|branch| branch.split(" and ").any(|condition| self.fails(condition)))
    }

    fn fails(&self, condition: &str) -> bool {
        let mut words = condition.split_whitespace().map(|word| word.trim_matches(['(', ')', '\'', '"']));
        let (Some(key), Some(operator), Some(value), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return false;
        };
        let is_machine = |machine: &&str| machine.eq_ignore_ascii_case(value);
        match (key, operator) {
            ("sys_platform", "==") => value != self.system,
            ("sys_platform", "!=") => value == self.system,
            ("platform_machine", "==") => !self.machines.iter().any(is_machine),
            ("platform_machine", "!=") => self.machines.iter().all(is_machine),
            ("python_full_version" | "python_version", "<" | ">=") => {
                let mut parts = value.split('.').map(str::parse);
                let (Some(Ok(major)), Some(Ok(minor)), rest) = (parts.next(), parts.next(), parts.next()) else {
                    return false;
                };
                let (bound, is_exact) = ((major, minor), rest.is_none());
                self.python
                    .is_some_and(|python| if operator == "<" { is_exact && python >= bound } else { python < bound })
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_marker_leaves_out_wheels_for_elsewhere() {
        let (linux, mac) = (
            "a-1-cp312-cp312-manylinux2014_s390x.manylinux_2_17_s390x.whl",
            "a-1-cp310-abi3-macosx_11_0_universal2.whl",
        );
        for (wheel, marker, expected) in [
            (linux, "platform_machine == 'x86_64' or platform_machine == 'AMD64'", true),
            (
                linux,
                "(python_full_version < '3.14' and platform_machine == 'x86_64') or platform_machine == 's390x'",
                false,
            ),
            (linux, "platform_machine == 'x86_64' or extra == 'b'", false),
            (linux, "platform_machine != 's390x'", true),
            (linux, "sys_platform == 'win32'", true),
            (linux, "sys_platform != 'win32'", false),
            (linux, "python_full_version >= '3.13'", true),
            (linux, "python_full_version < '3.12'", true),
            (linux, "python_full_version < '3.12.4'", false),
            (linux, "'s390x' in platform_machine", false),
            (mac, "platform_machine == 'arm64'", false),
            (mac, "platform_machine != 'arm64'", false),
            (mac, "sys_platform == 'linux'", true),
            (mac, "python_full_version >= '3.13'", false),
            ("a-1-py3-none-any.whl", "sys_platform == 'linux'", false),
            ("a-1-py3-none-win32.whl", "platform_machine == 'AMD64'", true),
            ("a", "sys_platform == 'linux'", false),
        ] {
            let excluded = Place::of(wheel).is_some_and(|place| place.is_excluded_by(marker));
            assert_eq!(excluded, expected, "{wheel} {marker}");
        }
    }
}
