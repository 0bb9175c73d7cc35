//! The control socket works wherever the data folder is, also on a disk that cannot hold sockets.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::kit::{Hub, Signal, colahub, run_in};

/// What `colahub status` says, asked with these variables.
fn status(folder: &Path, variables: &[(&str, &Path)]) -> (Option<i32>, String) {
    let mut command = colahub(&["status", "--data-dir", folder.to_str().unwrap()]);
    let Output { status, stdout, stderr } =
        command.envs(variables.iter().copied()).output().unwrap();
    (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

fn answers(hub: &Hub, folder: &Path, variables: &[(&str, &Path)]) {
    let (code, text) = status(folder, variables);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains(&hub.address.to_string()), "{text}");
}

fn with(mut command: Command, variables: &[(&str, &Path)]) -> Command {
    command.envs(variables.iter().copied());
    command
}

#[test]
fn a_hub_whose_data_folder_takes_no_socket_has_it_in_the_session() {
    let session = tempfile::tempdir().unwrap();
    let variables = [("XDG_RUNTIME_DIR", session.path())];
    let folder = tempfile::tempdir().unwrap();
    // In the way even of root, who runs these tests in a container.
    fs::create_dir(folder.path().join("control.sock")).unwrap();
    let hub = Hub::run(with(run_in(folder.path()), &variables), folder);
    answers(&hub, hub.folder.path(), &variables);
    hub.signal(Signal::TERM);
    let (_, _folder) = hub.ended();
    let left = fs::read_dir(session.path().join("colahub")).unwrap().count();
    assert_eq!(left, 0, "the socket goes with its hub");
}

#[test]
fn a_hub_with_a_long_data_path_has_its_socket_in_the_session() {
    let session = tempfile::tempdir().unwrap();
    let variables = [("XDG_RUNTIME_DIR", session.path())];
    let root = tempfile::tempdir().unwrap();
    // A socket's path has at most 107 bytes.
    let folder = root.path().join("long".repeat(30));
    let hub = Hub::run(with(run_in(&folder), &variables), root);
    answers(&hub, &folder, &variables);
}

#[test]
fn services_share_a_runtime_directory_and_each_is_asked_by_its_data_folder() {
    let runtime = tempfile::tempdir().unwrap();
    let variables = [("RUNTIME_DIRECTORY", runtime.path())];
    let start = |folder: TempDir| Hub::run(with(run_in(folder.path()), &variables), folder);
    let left_behind = tempfile::tempdir().unwrap();
    fs::write(left_behind.path().join("control.sock"), "").unwrap();
    let (one, two) = (start(left_behind), start(tempfile::tempdir().unwrap()));
    assert!(!one.folder.path().join("control.sock").exists(), "an older hub's socket goes");
    answers(&one, one.folder.path(), &variables);
    answers(&two, two.folder.path(), &variables);
    one.signal(Signal::TERM);
    let (_, folder) = one.ended();
    let (code, text) = status(folder.path(), &variables);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("no hub is running"), "{text}");
    answers(&two, two.folder.path(), &variables);
}
