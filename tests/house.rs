//! The house rules that the compiler does not hold: which module may import which, and who may use
//! which library. The reasons are in ARCHITECTURE.md.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and what it may import; always downwards.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("fuzzing", &["http", "gateway", "store", "config", "domain"]),
    (
        "cli",
        &["doctor", "server", "control", "discovery", "store", "telemetry", "config", "domain"],
    ),
    ("doctor", &["discovery", "network", "config", "domain"]),
    (
        "server",
        &[
            "control",
            "http",
            "gateway",
            "wire",
            "hub",
            "store",
            "identity",
            "discovery",
            "network",
            "door",
            "metrics",
            "budget",
            "config",
            "domain",
        ],
    ),
    ("control", &["wire", "hub", "store", "discovery", "network", "budget", "config", "domain"]),
    (
        "http",
        &[
            "wire",
            "hub",
            "store",
            "identity",
            "discovery",
            "network",
            "door",
            "tcp",
            "metrics",
            "budget",
            "timeouts",
            "config",
            "domain",
        ],
    ),
    (
        "gateway",
        &["wire", "hub", "identity", "door", "tcp", "metrics", "budget", "timeouts", "domain"],
    ),
    ("wire", &["hub", "domain"]),
    ("hub", &["store", "domain"]),
    ("store", &["metrics", "domain"]),
    ("identity", &["domain"]),
    ("discovery", &["network", "config", "domain"]),
    ("door", &["network", "config", "domain"]),
    ("network", &["config"]),
    ("tcp", &["timeouts", "domain"]),
    ("timeouts", &[]),
    ("budget", &[]),
    ("metrics", &[]),
    ("telemetry", &["domain"]),
    ("config", &["domain"]),
    ("domain", &[]),
];

/// Libraries that only one module may know.
const ONLY_IN: &[(&str, &str)] = &[
    ("socketioxide", "gateway"),
    ("rusqlite", "store"),
    ("jwt_compact", "identity"),
    ("argon2", "hub"),
    ("systemd_journal_logger", "telemetry"),
    ("clap", "cli"),
    ("qrcodegen", "cli"),
    ("sd_notify", "server"),
    ("listenfd", "server"),
    ("rust_embed", "http"),
    ("socket2", "tcp http server discovery"),
    ("mdns_sd", "discovery"),
    ("if_addrs", "network discovery"),
];

/// What the pure code must not touch: I/O, clocks, randomness, wire formats.
const NOT_IN_DOMAIN: &[&str] = &[
    "tokio",
    "serde",
    "serde_json",
    "tracing",
    "getrandom",
    "std::fs",
    "std::io",
    "std::net",
    "std::thread",
    "SystemTime",
    "Instant",
];

/// Every source file with the top-level module it belongs to, comments and tests left out.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let named = |path: PathBuf| {
        let inside = path.strip_prefix(&root).unwrap();
        let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = first.trim_end_matches(".rs").to_owned();
        let text = code_of(&fs::read_to_string(&path).unwrap());
        (module, path, text)
    };
    files.into_iter().filter(|path| !path.ends_with("tests.rs")).map(named).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules of our own that a text names, as `crate::one` or `crate::{one, two::…}`.
fn imports(text: &str) -> Vec<String> {
    let name = |path: &str| {
        let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
        path.trim_start().chars().take_while(is_word).collect::<String>()
    };
    let mut found = Vec::new();
    for rest in text.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split('}').next().unwrap().split(',').map(name)),
            None => found.push(name(rest)),
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

#[test]
fn imports_are_seen_in_every_spelling() {
    let text =
        "use crate::{server, telemetry::init};\nuse crate::config::Config;\ncrate::tcp::x();";
    assert_eq!(imports(text), ["server", "telemetry", "config", "tcp"]);
}

#[test]
fn imports_point_down() {
    let rules: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        if module == "lib" {
            continue;
        }
        let allowed = rules.get(module.as_str()).unwrap_or_else(|| {
            panic!("{module} has no place in the house: give it one here and in ARCHITECTURE.md")
        });
        for import in imports(&text) {
            if import != module && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{}: {module} must not import {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rules_themselves_point_down() {
    for (index, (module, imports)) in MAY_IMPORT.iter().enumerate() {
        for import in *imports {
            let place = MAY_IMPORT.iter().position(|(name, _)| name == import);
            assert!(place > Some(index), "{module} imports {import}, which is not below it");
        }
    }
}

#[test]
fn a_library_is_known_only_where_it_belongs() {
    for (module, path, text) in sources() {
        for (library, homes) in ONLY_IN {
            let is_home = homes.split(' ').any(|home| home == module);
            let is_used = text.contains(&format!("{library}::"));
            assert!(is_home || !is_used, "{} uses {library}", path.display());
        }
    }
}

#[test]
fn the_domain_is_pure() {
    for (module, path, text) in sources() {
        if module == "domain" {
            for word in NOT_IN_DOMAIN {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn the_unsafe_code_lint_stands() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    assert!(lib.contains("#![forbid(unsafe_code)]"));
}
