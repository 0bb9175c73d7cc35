//! Tests with output of systemd 252.

use std::os::unix::fs::symlink;

use super::*;

const RUNNING: &str = "\
NFileDescriptorStore=1
Result=success
NRestarts=0
ExecStart={ path=/usr/bin/colahub ; argv[]=/usr/bin/colahub run ; ignore_errors=no ; start_time=[Thu 2026-11-26 18:40:47 UTC] ; stop_time=[n/a] ; pid=93 ; code=(null) ; status=0/0 }
Environment=
User=colahub
Group=colahub
SupplementaryGroups=
ReadWritePaths=
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
RuntimeDirectory=colahub
StateDirectory=colahub
CacheDirectory=
LogsDirectory=
BindPaths=
LoadState=loaded
ActiveState=active
SubState=running
";

/// Its other output while the configuration could not be read.
const LOOPING: [(&str, &str); 5] = [
    ("Result=success", "Result=exit-code"),
    ("NRestarts=0", "NRestarts=11"),
    (
        "stop_time=[n/a] ; pid=93 ; code=(null) ; status=0/0",
        "stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0",
    ),
    ("ActiveState=active", "ActiveState=activating"),
    ("SubState=running", "SubState=auto-restart"),
];

const ABSENT: &str = "\
NFileDescriptorStore=0
Result=success
NRestarts=0
Environment=
User=
Group=
SupplementaryGroups=
ReadWritePaths=
PrivateTmp=no
ProtectHome=no
ProtectSystem=no
RuntimeDirectory=
StateDirectory=
CacheDirectory=
LogsDirectory=
BindPaths=
LoadState=not-found
ActiveState=inactive
SubState=dead
";

fn with(changes: &[(&str, &str)]) -> Unit {
    let shown = changes.iter().fold(RUNNING.to_owned(), |shown, (was, is)| {
        assert!(shown.contains(was), "{was}");
        shown.replacen(was, is, 1)
    });
    Unit::parse(&shown).unwrap()
}

fn seen(unit: &Unit, folder: &str) -> Vec<String> {
    unit.obstacles(Path::new(folder))
        .into_iter()
        .map(|found| found.seen + "; " + &found.advice)
        .collect()
}

#[test]
fn a_running_service_is_read() {
    let unit = with(&[]);
    assert_eq!((unit.state, unit.restarts, unit.stored), (ServiceState::Active, 0, 1));
    assert_eq!((unit.user.as_str(), unit.is_plain), ("colahub", true));
    // The count survives a stop, and the service is running.
    assert_eq!(with(&[("NRestarts=0", "NRestarts=18")]).state, ServiceState::Active);
}

#[test]
fn a_service_that_ends_again_and_again_is_known_in_every_state_of_the_loop() {
    let unit = with(&LOOPING);
    assert_eq!(
        (unit.state, unit.restarts, unit.result.as_str()),
        (ServiceState::Looping, 11, "exit-code")
    );
    let states = [
        ("activating", "auto-restart", 0, ServiceState::Looping),
        ("activating", "start-pre", 3, ServiceState::Looping),
        ("activating", "start", 0, ServiceState::Starting),
        ("failed", "failed", 5, ServiceState::Failed),
        ("inactive", "dead", 8, ServiceState::Stopped),
        ("deactivating", "stop-sigterm", 0, ServiceState::Stopped),
        ("reloading", "reload", 0, ServiceState::Active),
    ];
    for (active, sub, restarts, wanted) in states {
        assert_eq!(state((active, sub), false, restarts), wanted, "{active} {sub} {restarts}");
    }
    assert_eq!(state(("inactive", "dead"), true, 8), ServiceState::Looping, "between two starts");
    assert_eq!(state(("inactive", "dead"), true, 0), ServiceState::Starting);
}

#[test]
fn a_unit_that_is_not_installed_is_none_and_neither_is_silence() {
    assert_eq!(Unit::parse(ABSENT), None);
    assert_eq!(Unit::parse(""), None);
    assert_eq!(Unit::parse("LoadState=masked\nActiveState=inactive\n"), None);
}

#[test]
fn a_unit_with_settings_of_its_own_does_not_stand_for_the_default_file() {
    assert!(
        !with(&[("argv[]=/usr/bin/colahub run", "argv[]=/usr/bin/colahub run --name x")]).is_plain
    );
    assert!(!with(&[("Environment=", "Environment=A=1 \"COLAHUB_TITLE=our camp\"")]).is_plain);
    assert!(with(&[("Environment=", "Environment=LANG=C")]).is_plain);
}

#[test]
fn a_data_folder_outside_the_sandbox_is_reported_with_the_drop_in() {
    let strict = with(&[]);
    let told = seen(&strict, "/mnt/stick/cola");
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("\"[Service]\" and \"ReadWritePaths=/mnt/stick/cola\""),
        "{}",
        told[0]
    );
    for inside in ["/var/lib/colahub", "/var/lib/colahub/deep", "/run/colahub"] {
        assert!(seen(&strict, inside).is_empty(), "{inside}");
    }
    assert_eq!(seen(&strict, "/var/lib/colahub2").len(), 1, "a name that only begins alike");
    assert_eq!(seen(&strict, "data").len(), 1, "a service starts in the root directory");
    for hidden in ["/home/pi/cola", "/root", "/run/user/1000/cola", "/tmp/cola", "/var/tmp/cola"] {
        let told = seen(&strict, hidden);
        assert!(told[0].starts_with("the unit hides"), "{told:?}");
    }
    assert!(
        seen(&with(&[("ProtectSystem=strict", "ProtectSystem=full")]), "/mnt/stick").is_empty()
    );
    assert_eq!(
        seen(&with(&[("ProtectSystem=strict", "ProtectSystem=full")]), "/etc/cola").len(),
        1
    );
    assert!(
        seen(&with(&[("ProtectHome=yes", "ProtectHome=no"), ("strict", "no")]), "/home/x")
            .is_empty()
    );
}

#[test]
fn a_drop_in_lets_the_service_in_also_by_a_link_and_through_quotes() {
    let root = tempfile::Builder::new()
        .prefix("unit")
        .tempdir_in("/var")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    let stick = root.path().join("a stick");
    std::fs::create_dir(&stick).unwrap();
    let link = root.path().join("link");
    symlink(&stick, &link).unwrap();
    let open = ("PrivateTmp=yes", "PrivateTmp=no");
    for path in [&stick, &link] {
        let named = format!("ReadWritePaths=\"{}\"", path.display());
        let unit = with(&[open, ("ReadWritePaths=", &named)]);
        for data_dir in [&stick, &link, &stick.join("not/yet")] {
            assert!(unit.obstacles(data_dir).is_empty(), "{named} {}", data_dir.display());
        }
    }
    let told = with(&[open]).obstacles(&link.join("not/yet"));
    let wanted = real(&stick).join("not/yet");
    assert_eq!(told[0].advice, drop_in(&wanted), "what is behind the link");
}

#[test]
fn a_line_that_names_what_is_not_there_keeps_the_service_from_starting() {
    let unit = with(&[("ReadWritePaths=", "ReadWritePaths=/not/there")]);
    let told = seen(&unit, "/not/there");
    assert!(told.len() == 1 && told[0].starts_with("/not/there is not there"), "{told:?}");
    assert!(
        seen(&with(&[("ReadWritePaths=", "ReadWritePaths=-/not/there")]), "/not/there").is_empty()
    );
}

#[test]
fn a_linked_state_directory_is_reported_with_the_drop_in_that_removes_it() {
    let root = tempfile::tempdir().unwrap();
    symlink(root.path(), root.path().join("state")).unwrap();
    // Relative names are below /var/lib; an absolute one stands for a link there.
    let state = format!("StateDirectory={}", root.path().join("state").display());
    let unit = with(&[("StateDirectory=colahub", &state), ("PrivateTmp=yes", "PrivateTmp=no")]);
    let told = unit.obstacles(&root.path().join("state"));
    assert_eq!(told.len(), 1, "{told:?}");
    let wanted =
        format!("\"StateDirectory=\" and \"ReadWritePaths={}\"", real(root.path()).display());
    assert!(told[0].seen.contains("is a link") && told[0].advice.contains(&wanted), "{told:?}");
}

#[test]
fn the_last_error_is_that_of_the_hub_or_of_its_start() {
    let journal = "colahub: /etc/colahub/config.toml cannot be read: Permission denied (os error 13)\n\
                   Failed to start colahub.service - Cola Hub, a chat for people in one place.\n";
    let told = last_error(journal).unwrap();
    assert_eq!(told, "/etc/colahub/config.toml cannot be read: Permission denied (os error 13)");
    let journal = "colahub.service: Failed at step NAMESPACE spawning /usr/bin/colahub: No such file or directory\n\
                   Failed to start colahub.service - Cola Hub, a chat for people in one place.\n";
    assert!(last_error(journal).unwrap().contains("NAMESPACE"));
    assert_eq!(last_error("Failed to start colahub.service - Cola Hub.\n"), None);
    assert_eq!(last_error(""), None);
}

#[test]
fn lists_are_read_with_quotes_and_marks() {
    assert_eq!(words(r#"a "b c" d\ e "" "\"f""#), ["a", "b c", "d e", "", "\"f"]);
    assert_eq!(paths("-/a +/b \"-/c d\""), ["/a", "/b", "/c d"].map(PathBuf::from));
}

#[test]
fn the_services_user_has_its_groups() {
    let args = |unit: &Unit| -> Vec<String> {
        let command = unit.run_as_user(&["doctor"]).unwrap();
        command.get_args().map(|arg| arg.to_string_lossy().into_owned()).collect()
    };
    let plain = args(&with(&[]));
    assert_eq!(plain[..4], ["--reuid=colahub", "--regid=colahub", "--init-groups", "--"]);
    assert_eq!(plain.last().unwrap(), "doctor");
    let more = with(&[
        ("User=colahub", "User=root"),
        ("SupplementaryGroups=", "SupplementaryGroups=plugdev"),
    ]);
    let groups = args(&more)[2].clone();
    assert!(groups.starts_with("--groups=0,") && groups.ends_with(",plugdev"), "{groups}");
}
