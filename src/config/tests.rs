//! All sources together, and the annotated example that is shipped.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStringExt;

use super::*;
use crate::domain::text::Title;

/// Loads a file with this text, which sentences call `hub.toml`, with variables and flags.
fn merged(
    text: &str,
    variables: &[(&str, &str)],
    flags: impl Into<Vec<Flag>>,
) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hub.toml");
    fs::write(&path, text).unwrap();
    let sources = Sources {
        file: Some(path.clone()),
        environment: environment(variables),
        flags: flags.into(),
    };
    match load(sources) {
        Ok(loaded) => Ok(loaded.config),
        Err(problems) => Err(problems.to_string().replace(path.to_str().unwrap(), "hub.toml")),
    }
}

fn environment(variables: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    variables.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

fn in_file(text: &str) -> Result<Config, String> {
    merged(text, &[], [])
}

#[test]
fn nothing_said_is_the_default() {
    assert_eq!(in_file(""), Ok(Config::default()));
}

#[test]
fn flags_outweigh_variables_which_outweigh_the_file() {
    let text = "name = 'file'\ntitle = 'file'\nrooms.limit = 7";
    let variables = [("COLAHUB_NAME", "variable"), ("COLAHUB_TITLE", "variable"), ("PATH", "x")];
    let config = merged(text, &variables, [Flag::one("--name", "name", "flag")]).unwrap();
    assert_eq!(config.name.as_str(), "flag");
    assert_eq!(config.title.as_str(), "variable");
    assert_eq!(config.rooms_limit, 7);
}

#[test]
fn a_variable_and_a_flag_can_hold_lists() {
    let variables = [("COLAHUB_CORS_ORIGINS", "*, https://chat.example")];
    let listen = Flag::list("--listen", "listen", vec!["80".into(), "127.0.0.1:81".into()]);
    let config = merged("", &variables, [listen]).unwrap();
    assert_eq!(
        config.cors_origins,
        [CorsOrigin::Any, CorsOrigin::Exact("https://chat.example".into())]
    );
    assert_eq!(config.listen, ["[::]:80".parse().unwrap(), "127.0.0.1:81".parse().unwrap()]);
}

#[test]
fn what_depends_on_other_settings_follows_them() {
    let config = in_file("name = 'camp'\nlanguage = 'en'").unwrap();
    assert_eq!(config.title.as_str(), "camp");
    assert_eq!(config.rooms_first.as_ref().map(Title::as_str), Some("Talk about anything"));
    assert_eq!(in_file("rooms.first = ''").unwrap().rooms_first, None);
}

#[test]
fn groups_may_be_tables_or_dotted_keys() {
    let tables = in_file("[rooms]\nlimit = 7\n[http]\nmax_connections = 0x10").unwrap();
    assert_eq!(tables, in_file("rooms.limit = 7\nhttp.max_connections = 16").unwrap());
    assert_eq!((tables.rooms_limit, tables.http_max_connections), (7, 16));
}

#[test]
fn a_sentence_says_where_what_was_found_and_what_is_allowed() {
    let said =
        |text: &str, variables: &[_], flags: Vec<Flag>| merged(text, variables, flags).unwrap_err();
    assert_eq!(
        said("\n[rooms]\nlimit = 20000", &[], vec![]),
        "hub.toml, line 3: rooms.limit is 20000, but must be a whole number from 1 to 10000"
    );
    assert_eq!(
        said("", &[("COLAHUB_MDNS", "yes")], vec![]),
        r#"COLAHUB_MDNS: mdns is "yes", but must be true or false"#
    );
    assert_eq!(
        said("", &[], vec![Flag::one("--name", "name", "-")]),
        "--name: name is \"-\", but must be 1 to 58 letters, digits and hyphens, \
         with no hyphen at an end"
    );
}

#[test]
fn an_unknown_key_is_an_error_with_a_guess() {
    assert_eq!(
        in_file("rooms.lifetme = '2h'"),
        Err("hub.toml, line 1: there is no setting \"rooms.lifetme\"; \
             did you mean rooms.lifetime?"
            .into())
    );
    assert_eq!(
        merged("", &[("COLAHUB_LISTN", "80")], []),
        Err("there is no variable COLAHUB_LISTN; did you mean COLAHUB_LISTEN?".into())
    );
    assert_eq!(
        in_file("colour.of = 'sky'"),
        Err("hub.toml, line 1: there is no setting \"colour\"; \
             colahub check-config --help lists all settings"
            .into())
    );
}

#[test]
fn a_variable_that_is_no_text_is_an_error() {
    let sources = Sources {
        environment: vec![("COLAHUB_NAME".into(), OsString::from_vec(vec![0xff]))],
        ..Sources::default()
    };
    let problem = load_or(sources, Path::new("/nowhere")).unwrap_err();
    assert_eq!(problem.to_string(), "COLAHUB_NAME is not UTF-8 text");
}

#[test]
fn all_problems_are_told_together() {
    let problems =
        merged("mdns = 1\nlisten = []\nnope = 1", &[("COLAHUB_NAME", "a b")], []).unwrap_err();
    for key in ["mdns is 1", "listen is an empty list", "\"nope\"", "name is \"a b\""] {
        assert!(problems.contains(key), "{key} in {problems}");
    }
    assert_eq!(problems.lines().count(), 4);
}

#[test]
fn what_is_not_toml_says_so_with_its_line() {
    let problem = in_file("name = 'camp'\n\nmdns = tru").unwrap_err();
    assert!(problem.starts_with("hub.toml, line 3: this is not TOML: "), "{problem}");
}

#[test]
fn a_password_shows_in_no_sentence() {
    for text in ["wifi.password = 12345678", "wifi.password = ['12345678']"] {
        let problem = in_file(text).unwrap_err();
        assert!(problem.contains("wifi.password"), "{problem}");
        assert!(!problem.contains("12345678"), "{problem}");
    }
}

#[test]
fn every_bound_is_where_its_words_say() {
    let takes = |key: &str, value: usize| in_file(&format!("{key} = {value}")).is_ok();
    for (key, least, most) in [
        ("rooms.limit", 1, 10_000),
        ("rooms.roster_limit", 2, 1_000),
        ("http.max_connections", 16, 65_536),
        ("backup.keep", 1, 100),
    ] {
        assert!(takes(key, least) && takes(key, most), "{key}");
        assert!(!takes(key, least - 1) && !takes(key, most + 1), "{key}");
        let words = settings::find(key).map(|setting| setting.allowed);
        assert_eq!(words, Some(format!("a whole number from {least} to {most}").as_str()));
    }
}

#[test]
fn the_default_file_may_be_missing_but_a_named_one_may_not() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing.toml");
    let loaded = load_or(Sources::default(), &missing).unwrap();
    assert_eq!((loaded.config, loaded.file), (Config::default(), None));

    let named = Sources { file: Some(missing.clone()), ..Sources::default() };
    let problem = load_or(named, &missing).unwrap_err().to_string();
    assert!(problem.contains("missing.toml cannot be read"), "{problem}");
}

#[test]
fn a_flag_outweighs_the_variable_that_names_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file_called = |name: &str| {
        let path = dir.path().join(name);
        fs::write(&path, format!("name = '{name}'")).unwrap();
        path
    };
    let (default, named, flagged) = (file_called("a"), file_called("b"), file_called("c"));
    let name_with = |variables: &[(&str, &str)], file: Option<&PathBuf>| {
        let sources =
            Sources { file: file.cloned(), environment: environment(variables), flags: Vec::new() };
        load_or(sources, &default).unwrap().config.name.to_string()
    };
    let variable = [("COLAHUB_CONFIG", named.to_str().unwrap())];
    assert_eq!(name_with(&[], None), "a");
    assert_eq!(name_with(&[("COLAHUB_CONFIG", "")], None), "a");
    assert_eq!(name_with(&variable, None), "b");
    assert_eq!(name_with(&variable, Some(&flagged)), "c");
}

const EXAMPLE: &str = include_str!("../../packaging/config.toml");

/// The lines of the example that set something, as a host would have them after taking off the `#`.
fn example_settings() -> impl Iterator<Item = &'static str> {
    EXAMPLE
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
}

#[test]
fn the_example_shows_the_defaults() {
    let text: Vec<&str> = example_settings().collect();
    let config = in_file(&text.join("\n")).unwrap();
    let wifi = config.wifi.clone().unwrap();
    assert_eq!((wifi.ssid.as_str(), wifi.security), ("Cola", WifiSecurity::default()));
    assert_eq!(Config { wifi: None, ..config }, Config::default());
}

#[test]
fn the_example_as_shipped_changes_nothing() {
    assert_eq!(in_file(EXAMPLE), Ok(Config::default()));
}

#[test]
fn the_example_has_every_setting_under_its_doc_line() {
    let shown: BTreeSet<&str> =
        example_settings().filter_map(|line| line.split(" = ").next()).collect();
    assert_eq!(shown, SETTINGS.iter().map(|setting| setting.key).collect());
    for Setting { key, doc, .. } in SETTINGS {
        let (before, _) = EXAMPLE.split_once(&format!("\n#{key} = ")).unwrap();
        let comment = before.rsplit("\n\n").next().unwrap();
        assert_eq!(comment.lines().next(), Some(format!("# {doc}").as_str()));
    }
}
