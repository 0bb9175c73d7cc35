//! Tests of all sources together, and of the annotated example that is shipped.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStringExt;

use super::*;
use crate::domain::text::Title;
use crate::domain::throttle::Rate;

/// Loads a file with this text, which error messages call `hub.toml`, together with variables and flags.
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
fn defaults_that_depend_on_other_settings_follow_them() {
    let config = in_file("name = 'camp'\nlanguage = 'en'").unwrap();
    assert_eq!(config.title.as_str(), "camp");
    assert_eq!(config.rooms_first.as_ref().map(Title::as_str), Some("Talk about anything"));
    assert_eq!(in_file("rooms.first = ''").unwrap().rooms_first, None);
}

#[test]
fn groups_may_be_tables_or_dotted_keys() {
    let tables = in_file("[rooms]\nlimit = 7\n[limits]\nconnections = 0x10").unwrap();
    assert_eq!(tables, in_file("rooms.limit = 7\nlimits.connections = 16").unwrap());
    assert_eq!((tables.rooms_limit, tables.limits.connections), (7, 16));
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
fn invalid_toml_is_reported_with_its_line() {
    let problem = in_file("name = 'camp'\n\nmdns = tru").unwrap_err();
    assert!(problem.starts_with("hub.toml, line 3: this is not TOML: "), "{problem}");
}

#[test]
fn a_password_shows_in_no_sentence() {
    for (key, value) in [
        ("database.url", "'user:12345678@host'"),
        ("wifi.password", "12345678"),
        ("wifi.password", "['12345678']"),
    ] {
        let problem = in_file(&format!("{key} = {value}")).unwrap_err();
        assert!(problem.contains(key), "{problem}");
        assert!(!problem.contains("12345678"), "{problem}");
    }
}

#[test]
fn every_bound_is_where_its_words_say() {
    let takes = |key: &str, value: usize| in_file(&format!("{key} = {value}")).is_ok();
    for (key, least, most) in [
        ("rooms.limit", 1, 10_000),
        ("rooms.roster_limit", 2, 1_000),
        ("limits.connections", 16, 65_536),
        ("limits.connections_each", 1, 65_536),
        ("limits.sessions", 16, 65_536),
        ("limits.sessions_each", 1, 65_536),
        ("limits.rooms_each", 1, 10_000),
        ("limits.rooms_joined", 1, 10_000),
        ("limits.namespaces_each", 1, 10_000),
        ("limits.namespaces_opened", 1, 100_000),
        ("limits.namespaces", 16, 100_000),
        ("backup.keep", 1, 100),
    ] {
        assert!(takes(key, least) && takes(key, most), "{key}");
        assert!(!takes(key, least - 1) && !takes(key, most + 1), "{key}");
        let words = setting::find(key).map(|setting| setting.allowed);
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

#[test]
fn a_limit_outweighs_its_profile_wherever_it_stands() {
    let config = in_file("limits.events = '5/s burst 9'\nlimits.profile = 'nat'").unwrap();
    let rate = Rate { burst: 9, every: Duration::from_millis(200) };
    assert_eq!(config.limits, Limits { events: rate, ..Limits::NAT });
    assert_eq!(
        in_file("limits.events = 'often'"),
        Err("hub.toml, line 1: limits.events is \"often\", but must be a rate such as \"20/s\", \
             \"10/min\" or \"5/h burst 20\", at most 1000 at a time and 1000000 at once"
            .into())
    );
    assert!(in_file("limits.proxies = ['10.0.0.0/33']").is_err());
    let proxies = merged("", &[("COLAHUB_LIMITS_PROXIES", "127.0.0.1, fd00::/8")], []).unwrap();
    assert_eq!(proxies.limits_proxies.len(), 2);
}

#[test]
fn the_docs_table_of_limits_has_every_one_as_it_is() {
    let rows = include_str!("../../docs/limits.md").lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        cells.get(1)?.starts_with("limits.").then_some(cells)
    });
    let rows: Vec<Vec<&str>> = rows.collect();
    let keys: BTreeSet<&str> = rows.iter().map(|row| row[1]).collect();
    let no_limit = ["limits.profile", "limits.proxies", "limits.memory"];
    let all = SETTINGS.iter().map(|setting| setting.key).filter(|key| key.starts_with("limits."));
    assert_eq!(keys, all.filter(|key| !no_limit.contains(key)).collect());
    for (column, limits) in [(2, Limits::EVENT), (3, Limits::NAT), (4, Limits::OFF)] {
        // On top of a profile with other numbers.
        let base = if column == 4 { "event" } else { "off" };
        let row = |row: &Vec<&str>| match row[column].parse::<usize>() {
            Ok(number) => format!("{} = {number}\n", row[1]),
            Err(_) => format!("{} = '{}'\n", row[1], row[column]),
        };
        let text: String = rows.iter().map(row).collect();
        let config = in_file(&format!("limits.profile = '{base}'\n{text}")).unwrap();
        assert_eq!(config.limits, limits);
    }
}

#[test]
fn a_password_of_the_database_is_the_first_line_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let config = Config { database_password_file: Some(file.clone()), ..Config::default() };
    assert!(config.database_password().unwrap_err().contains("cannot be read"));
    std::fs::write(&file, "\n").unwrap();
    assert!(config.database_password().unwrap_err().contains("holds no password"));
    std::fs::write(&file, "geheim\n\n").unwrap();
    assert_eq!(config.database_password(), Ok(Some("geheim".to_owned())));
    assert_eq!(Config::default().database_password(), Ok(None));
}

const EXAMPLE: &str = include_str!("../../packaging/config.toml");

/// The lines of the example that set something, with their `#` removed.
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
    // A single hub has no default for these two either.
    assert!(config.database_url.is_some() && config.database_password_file.is_some());
    let alone = Config { database_url: None, database_password_file: None, ..config };
    assert_eq!(Config { wifi: None, ..alone }, Config::default());
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
    for Setting { key, doc, applies, .. } in SETTINGS {
        let (before, _) = EXAMPLE.split_once(&format!("\n#{key} = ")).unwrap();
        let comment = before.rsplit("\n\n").next().unwrap();
        assert_eq!(comment.lines().next(), Some(format!("# {doc}").as_str()));
        let needs_restart = comment.lines().last() == Some("# A change needs a restart.");
        assert_eq!(needs_restart, *applies == Applies::OnRestart, "{key}");
    }
}
