//! The part of a unit's sandbox that concerns the data folder (systemd.exec(5)).

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{paths, words};

/// Advice for a host: the drop-in that lets the service write to this folder.
pub fn drop_in(folder: &Path) -> String {
    lines(&["[Service]", &format!("ReadWritePaths={}", folder.display())])
}

fn lines(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("\"{line}\"")).collect();
    let (last, others) =
        lines.split_last().map_or(("", &[][..]), |(last, all)| (last.as_str(), all));
    format!(
        "`sudo systemctl edit colahub` with the lines {} and {last} lets it write there \
         (docs/storage.md, Moving the data)",
        others.join(", ")
    )
}

/// Resolves all links of the folder's path, as the service would. Parts that do not exist yet are kept as they are.
pub fn real(folder: &Path) -> PathBuf {
    // A service starts in the root directory.
    let folder = Path::new("/").join(folder);
    let above = nearest(&folder);
    match (fs::canonicalize(above), folder.strip_prefix(above)) {
        (Ok(real), Ok(rest)) if rest.as_os_str().is_empty() => real,
        (Ok(real), Ok(rest)) => real.join(rest),
        _ => folder,
    }
}

/// The folder, or its nearest existing parent. One whose metadata cannot be read counts as existing.
pub fn nearest(folder: &Path) -> &Path {
    let is_there = |above: &&Path| above.try_exists().unwrap_or(true);
    folder.ancestors().find(is_there).unwrap_or(folder)
}

/// Something in the unit that prevents the service from writing its data, or from starting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The obstacle: a sentence without a full stop.
    pub seen: String,
    /// The remedy.
    pub advice: String,
}

/// The settings of a unit that say where it may write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sandbox {
    protect_system: String,
    protect_home: String,
    has_private_tmp: bool,
    /// Folders that it may write to in spite of the protection.
    writable: Vec<PathBuf>,
    /// Those of `writable` that must exist, or the service does not start.
    required: Vec<PathBuf>,
    /// Folders that systemd makes for it below `/var/lib`.
    state: Vec<PathBuf>,
}

impl Sandbox {
    pub(super) fn parse<'a>(value: impl Fn(&str) -> &'a str) -> Self {
        let below = |top: &str, key: &str| -> Vec<PathBuf> {
            // `colahub:link` also makes a link.
            let names = words(value(key));
            names
                .iter()
                .map(|name| Path::new(top).join(name.split(':').next().unwrap_or(name)))
                .collect()
        };
        let state = below("/var/lib", "StateDirectory");
        let mut writable = paths(value("ReadWritePaths"));
        writable.extend(state.clone());
        writable.extend(below("/var/cache", "CacheDirectory"));
        writable.extend(below("/var/log", "LogsDirectory"));
        writable.extend(below("/run", "RuntimeDirectory"));
        // `from:to:options`
        let bound = words(value("BindPaths"));
        writable.extend(bound.iter().filter_map(|bind| bind.split(':').nth(1).map(PathBuf::from)));
        let required = words(value("ReadWritePaths"));
        let required = required.iter().filter(|path| !path.starts_with(['-', '+']));
        Self {
            protect_system: value("ProtectSystem").to_owned(),
            protect_home: value("ProtectHome").to_owned(),
            has_private_tmp: !matches!(value("PrivateTmp"), "" | "no"),
            required: required.map(PathBuf::from).collect(),
            writable,
            state,
        }
    }

    pub(super) fn makes(&self, folder: &Path) -> bool {
        self.state.iter().any(|state| state == folder)
    }

    pub(super) fn obstacles(&self, data_dir: &Path) -> Vec<Obstacle> {
        let folder = real(data_dir);
        let linked: Vec<_> =
            self.state.iter().filter_map(|state| Some((state, behind(state)?))).collect();
        // The drop-in for the link lets the service write to its target, too.
        let is_told = linked.iter().any(|(_, to)| folder.starts_with(to));
        let missing = self.required.iter().filter(|path| is_missing(path));
        let mut found: Vec<Obstacle> =
            linked.iter().map(|(state, to)| link_refused(state, to)).collect();
        found.extend(missing.map(|path| missing_path(path)));
        found.extend(self.obstacle(&folder).filter(|_| !is_told));
        found
    }

    /// What prevents the service from writing to a folder that is no link.
    fn obstacle(&self, folder: &Path) -> Option<Obstacle> {
        let is_below = |tops: &[&str]| tops.iter().any(|top| folder.starts_with(top));
        let shown = folder.display();
        let homes = ["/home", "/root", "/run/user"];
        let is_hidden = matches!(&*self.protect_home, "yes" | "tmpfs") && is_below(&homes)
            || self.has_private_tmp && is_below(&["/tmp", "/var/tmp"]);
        if is_hidden {
            return Some(Obstacle {
                seen: format!("the unit hides {shown} from the service"),
                advice: "choose a `data_dir` outside /home, /root, /run/user, /tmp and /var/tmp \
                         (docs/storage.md, Moving the data)"
                    .to_owned(),
            });
        }
        let is_protected = match &*self.protect_system {
            "strict" => true,
            "full" => is_below(&["/usr", "/boot", "/efi", "/etc"]),
            "yes" => is_below(&["/usr", "/boot", "/efi"]),
            _ => false,
        } || self.protect_home == "read-only" && is_below(&homes);
        let is_let_in = || self.writable.iter().any(|path| folder.starts_with(real(path)));
        (is_protected && !is_let_in()).then(|| Obstacle {
            seen: format!("systemd keeps the service from writing to {shown}"),
            advice: drop_in(folder),
        })
    }
}

/// The target of a state directory that is a link. systemd accepts only its own links there (systemd issue 25097).
fn behind(state: &Path) -> Option<PathBuf> {
    fs::read_link(state).ok()?;
    Some(real(state)).filter(|to| !to.starts_with("/var/lib/private"))
}

fn link_refused(state: &Path, to: &Path) -> Obstacle {
    let shown = state.display();
    Obstacle {
        seen: format!(
            "{shown} is a link, which systemd does not take for the unit's StateDirectory=: the service does not start"
        ),
        advice: lines(&[
            "[Service]",
            "StateDirectory=",
            &format!("ReadWritePaths={}", to.display()),
        ]),
    }
}

fn is_missing(path: &Path) -> bool {
    fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

fn missing_path(path: &Path) -> Obstacle {
    let shown = path.display();
    Obstacle {
        seen: format!(
            "{shown} is not there, and with \"ReadWritePaths={shown}\" the service does not start"
        ),
        advice: format!(
            "mount or make {shown}, or take that line out: `sudo systemctl edit colahub`"
        ),
    }
}
