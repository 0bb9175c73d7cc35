//! The machine and the programs with which a measurement was made.

use std::path::Path;
use std::process::Command;

use crate::server::{Kind, hub_program, peer};

/// The machine in one line, with what else it had to do.
pub fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find(|line| line.starts_with("model name") || line.starts_with("Model"));
    let model =
        model.and_then(|line| line.split_once(':')).map_or("a processor", |(_, m)| m.trim());
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let system = rustix::system::uname();
    let kernel = system.release().to_string_lossy();
    format!("{model}, {cores} cores, Linux {kernel}")
}

/// How busy the machine was in the last minute.
pub fn busy() -> String {
    let average = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    average.split(' ').next().unwrap_or("?").to_owned()
}

/// The day, as the system has it.
pub fn today() -> String {
    said("date", &["-u", "+%F"])
}

/// The versions of a server and of what runs it.
pub fn version(kind: Kind) -> String {
    let node = || format!("Node.js {}", said("node", &["--version"]).trim_start_matches('v'));
    let package = |name: &str| {
        let file = std::fs::read_to_string(peer(&format!("{name}/package.json")));
        let package = file.ok().and_then(|file| serde_json::from_str(&file).ok());
        let package: serde_json::Value = package.unwrap_or_default();
        // Without Node.js' packages the hub alone can be measured.
        package["version"].as_str().unwrap_or("(not installed here)").to_owned()
    };
    match kind {
        Kind::Hub => said(&hub_program(), &["--version"]),
        Kind::Node => format!("socket.io {}, {}", package("node/node_modules/socket.io"), node()),
        Kind::Nest => {
            format!("@nestjs/core {}, {}", package("nest/node_modules/@nestjs/core"), node())
        }
        Kind::Bun => format!(
            "@socket.io/bun-engine {}, Bun {}",
            package("bun/node_modules/@socket.io/bun-engine"),
            package("bun/node_modules/bun")
        ),
        Kind::Floor => "benches/load/floor.rs".into(),
    }
}

/// What has to be copied to a board for a server to run, in MB: program, and runtime with packages.
pub fn size(kind: Kind) -> Option<f64> {
    let node = || which("node").map_or(0.0, |path| on_disk(&path));
    match kind {
        Kind::Hub => Some(on_disk(&hub_program())),
        Kind::Node => Some(node() + on_disk(&peer("node/node_modules"))),
        Kind::Nest => Some(node() + on_disk(&peer("nest/node_modules"))),
        Kind::Bun => Some(on_disk(&peer("bun/node_modules"))),
        Kind::Floor => None,
    }
}

/// The Debian packages that were built, with their sizes in MB.
pub fn packages() -> Vec<(String, f64)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/deb");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let packages = entries.filter(|entry| entry.path().extension().is_some_and(|ext| ext == "deb"));
    let mut sizes: Vec<_> = packages
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            Some((name, entry.metadata().ok()?.len() as f64 / 1e6))
        })
        .collect();
    sizes.sort_by(|a, b| a.0.cmp(&b.0));
    sizes
}

fn which(program: &str) -> Option<String> {
    let path = said("sh", &["-c", &format!("readlink -f \"$(command -v {program})\"")]);
    (!path.is_empty()).then_some(path)
}

/// What a file or a folder takes, in MB, with one name counted once.
fn on_disk(path: &str) -> f64 {
    let told = said("du", &["-sb", "-L", path]);
    told.split_whitespace().next().and_then(|bytes| bytes.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |_| String::new(),
        |out| String::from_utf8_lossy(&out.stdout).trim().to_owned(),
    )
}
