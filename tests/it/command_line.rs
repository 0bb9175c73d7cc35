use std::fs;

use crate::kit::{Hub, told};

#[test]
fn a_good_configuration_is_reported_as_good() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("hub.toml");
    fs::write(&file, "name = 'camp'\nlisten = '8080'\n").unwrap();
    let (code, text) = told(&["check-config", "--config", file.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("hub.toml: good"), "{text}");
}

#[test]
fn a_bad_configuration_ends_check_and_start_with_the_same_sentences() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("hub.toml");
    fs::write(&file, "nmae = 'camp'\nrooms.limit = 0\n").unwrap();
    let file = file.to_str().unwrap();
    let (checked, sentences) = told(&["check-config", "--config", file]);
    let (started, same) = told(&["run", "--config", file]);
    assert_eq!((checked, started), (Some(1), Some(1)));
    assert_eq!(sentences, same);
    for part in ["hub.toml", "nmae", "did you mean", "rooms.limit", "from 1 to 10000"] {
        assert!(sentences.contains(part), "no {part} in {sentences}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let (code, text) = told(&["run", "--config", "/nowhere/hub.toml"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("/nowhere/hub.toml"), "{text}");
}

#[test]
fn a_taken_port_is_reported_with_its_address() {
    let hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let (address, folder) = (hub.address.to_string(), dir.path().to_str().unwrap());
    let (code, text) = told(&["run", "--listen", &address, "--data-dir", folder]);
    assert_eq!(code, Some(1));
    assert!(text.contains(&address) && text.contains("another program"), "{text}");
}

#[test]
fn the_environment_configures_a_hub_and_strangers_in_it_do_not_matter() {
    let settings = [("COLAHUB_TITLE", "여름 캠프"), ("COLAHUB_BIN", "whatever")];
    let hub = Hub::with(&settings);
    assert!(hub.get("/api/hub", &[]).text().contains("여름 캠프"));
}
