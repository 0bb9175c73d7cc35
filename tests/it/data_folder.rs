use std::os::unix::fs::PermissionsExt;

use crate::kit::{Hub, run_in};

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
    hub.signal("TERM");
    let (_, folder) = hub.ended();
    let hub = Hub::start_in(folder, &[]);
    assert_eq!(std::fs::read(hub.folder.path().join("identity.key")).unwrap(), key);
}

#[test]
fn a_database_of_a_newer_hub_is_refused_and_left_as_it_is() {
    let hub = Hub::start();
    hub.signal("TERM");
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
