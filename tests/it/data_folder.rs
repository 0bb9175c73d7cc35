use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::kit::{Hub, Signal, colahub, run_in, told};

#[test]
fn a_second_hub_on_the_same_data_is_refused_with_a_sentence() {
    let hub = Hub::start();
    let second = run_in(hub.folder.path()).output().unwrap();
    let text = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(text.contains("another colahub runs with the data folder"), "{text}");
    assert_eq!(hub.get("/readyz", &[]).status, 200, "the first is not disturbed");
}

#[test]
fn the_signing_key_is_for_the_hubs_user_only_and_is_kept() {
    let hub = Hub::start();
    let file = hub.folder.path().join("identity.key");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let key = std::fs::read(&file).unwrap();
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    let hub = Hub::start_in(folder, &[]);
    assert_eq!(std::fs::read(hub.folder.path().join("identity.key")).unwrap(), key);
}

#[test]
fn a_database_of_a_newer_hub_is_refused_and_left_as_it_is() {
    let hub = Hub::start();
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    let database = folder.path().join("hub.sqlite3");
    // The schema's number stands at offset 60 of the file (SQLite's file format, 1.3).
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&database, &bytes).unwrap();
    let refused = run_in(folder.path()).output().unwrap();
    let text = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(text.contains("newer colahub"), "{text}");
    assert_eq!(std::fs::read(&database).unwrap()[60..64], 99_u32.to_be_bytes());
}

#[test]
fn a_hub_that_starts_without_an_open_room_makes_one_and_keeps_it() {
    let rooms = |hub: &Hub| -> Vec<Value> {
        let answer: Value = serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
        answer["data"].as_array().unwrap().clone()
    };
    let none = [("COLAHUB_ROOMS_FIRST", "")];
    let hub = Hub::start_in(tempfile::tempdir().unwrap(), &none);
    let small = r#"{"namespace":"n","title":"t","capacity":2,"isPassword":false}"#;
    assert_eq!(hub.post("/chat/rooms", small).status, 201);
    assert_eq!(rooms(&hub).len(), 1, "the host wants no first room");
    hub.signal(Signal::TERM);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let before = rooms(&hub);
    assert_eq!((before.len(), &before[1]["capacity"]), (2, &json!(0)));
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let now = rooms(&hub);
    assert_eq!((now.len(), &now[1]["id"]), (2, &before[1]["id"]));
    assert_eq!(now[1]["expiresAt"], before[1]["expiresAt"]);
}

/// Everything in a folder, each with what it is and who may do what with it.
fn modes(folder: &Path) -> Vec<(String, char, u32)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = path.symlink_metadata().unwrap();
        let sort = match found.file_type() {
            sort if sort.is_dir() => 'd',
            sort if sort.is_socket() => 's',
            _ => 'f',
        };
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        all.push((name, sort, found.permissions().mode() & 0o777));
        if sort == 'd' {
            all.extend(modes(&path));
        }
    }
    all
}

/// The same command, by a shell that lets everybody do everything with what it makes.
fn under_umask_0(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 000; exec \"$@\"", "sh"]).arg(command.get_program());
    shell.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

#[test]
fn files_of_the_hub_are_private_to_its_user_under_any_umask() {
    let above = tempfile::tempdir().unwrap();
    let data = above.path().join("deep/data");
    let hub = Hub::run(under_umask_0(&run_in(&data)), above);
    let folder = hub.folder.path().to_owned();
    let data = data.to_str().unwrap();
    let copy = folder.join("copy.sqlite3");
    let backup = colahub(&["backup", "--data-dir", data, copy.to_str().unwrap()]);
    assert!(under_umask_0(&backup).status().unwrap().success());
    let all = modes(&folder);
    for name in ["hub.sqlite3", "hub.sqlite3-wal", "hub.sqlite3-shm", "identity.key", "hub.lock"] {
        assert!(all.iter().any(|one| one.0 == name), "no {name} in {all:?}");
    }
    let wanted = |sort| [('d', 0o700), ('f', 0o600), ('s', 0o660)].iter().find(|w| w.0 == sort);
    let open = all.iter().filter(|one| wanted(one.1).is_some_and(|wanted| wanted.1 != one.2));
    assert_eq!(open.collect::<Vec<_>>(), Vec::<&(String, char, u32)>::new());
    hub.signal(Signal::TERM);
    let (_, above) = hub.ended();
    let restore = colahub(&["restore", "--data-dir", data, copy.to_str().unwrap()]);
    assert!(under_umask_0(&restore).status().unwrap().success());
    let all = modes(above.path());
    assert!(all.iter().any(|one| one.0 == "hub.sqlite3.replaced-1"), "{all:?}");
    assert!(all.iter().all(|one| one.1 == 'd' || one.2 == 0o600), "{all:?}");
}

#[test]
fn a_world_writable_folder_is_left_unchanged_and_reported() {
    let hub = Hub::start();
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    let mode = |name: &str, mode| {
        let path = folder.path().join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("", 0o777);
    mode("hub.sqlite3", 0o644);
    mode("identity.key", 0o666);
    let data = folder.path().to_str().unwrap().to_owned();
    let hub = Hub::start_in(folder, &[]);
    let all = modes(hub.folder.path());
    assert!(all.iter().all(|one| one.1 != 'f' || one.2 == 0o600), "{all:?}");
    let mode = std::fs::metadata(hub.folder.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o777, "it may be the host's");
    let (code, text) = told(&["doctor", "--data-dir", &data, "--listen", "127.0.0.1:1"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("may replace the files in"), "{text}");
}

#[test]
fn a_volatile_data_folder_is_reported_by_log_status_and_doctor() {
    // In memory on every Linux.
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = run_in(folder.path());
    command.stderr(log.reopen().unwrap());
    let hub = Hub::run_heard(command, folder);
    let path = hub.folder.path().to_str().unwrap();
    let why =
        format!("{path} is in memory: everything the hub keeps is lost when the machine restarts");
    let logged = std::fs::read_to_string(log.path()).unwrap();
    assert!(logged.lines().any(|line| line.contains("WARN") && line.contains(&why)), "{logged}");
    let (_, status) = told(&["status", "--data-dir", path]);
    assert!(status.contains(&format!("Volatile   {why}\n")), "{status}");
    let listen = hub.address.to_string();
    let (_, doctor) = told(&["doctor", "--data-dir", path, "--listen", &listen]);
    assert!(doctor.contains(&format!("note  data         {why}\n")), "{doctor}");
}

/// Runs a command as a user without privileges where the tests run as root, who may look everywhere.
fn told_as_nobody(args: &[&str]) -> String {
    use std::os::unix::process::CommandExt;
    let mut command = colahub(args);
    if rustix::process::geteuid().is_root() {
        // A user may not enter the folder of the build.
        let program = tempfile::Builder::new().tempfile_in("/tmp").unwrap().into_temp_path();
        // Not copied by this process: another test may fork while the copy is open for writing, and then it
        // cannot be run (ETXTBSY).
        let copied =
            Command::new("cp").args([env!("CARGO_BIN_EXE_colahub")]).arg(&program).status();
        assert!(copied.unwrap().success());
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut own = Command::new(&program);
        own.args(args).uid(65_534).gid(65_534).current_dir("/");
        let output = own.output().unwrap();
        return String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    }
    let output = command.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn a_folder_without_permission_is_not_called_missing() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("data");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("hub.sqlite3"), "").unwrap();
    std::fs::set_permissions(root.path(), std::fs::Permissions::from_mode(0o0)).unwrap();
    let path = folder.to_str().unwrap();
    let copy = folder.join("hub.sqlite3");
    let open = tempfile::tempdir().unwrap();
    std::fs::set_permissions(open.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let verbs: [&[&str]; 6] = [
        &["backup", "--data-dir", path, "/tmp/never.sqlite3"],
        &["restore", "--data-dir", open.path().to_str().unwrap(), copy.to_str().unwrap()],
        &["restore", "--data-dir", path, "/tmp/never.sqlite3"],
        &["new-id", "--data-dir", path],
        &["status", "--data-dir", path],
        &["room", "list", "--data-dir", path],
    ];
    let told = verbs.map(|verb| (verb, told_as_nobody(verb)));
    std::fs::set_permissions(root.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    for (verb, text) in told {
        assert!(text.contains("use sudo"), "{verb:?}: {text}");
        for wrong in ["is not there", "there is no", "no hub is running"] {
            assert!(!text.contains(wrong), "{verb:?}: {text}");
        }
    }
}
