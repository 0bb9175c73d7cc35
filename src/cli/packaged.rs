//! Tests that the package's manual page and completions match the command line.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use crate::config::{Applies, SETTINGS};

fn packaging(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(file)
}

/// `UPDATE_COMPLETIONS=1 cargo test completions` regenerates the completions.
#[test]
fn the_completions_are_those_of_the_command_line() {
    let files =
        [(Shell::Bash, "colahub.bash"), (Shell::Fish, "colahub.fish"), (Shell::Zsh, "_colahub")];
    for (shell, name) in files {
        let mut fresh = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "colahub", &mut fresh);
        let file = packaging("completions").join(name);
        if std::env::var_os("UPDATE_COMPLETIONS").is_some() {
            fs::write(&file, &fresh).unwrap();
        }
        let packaged = fs::read(&file).unwrap_or_default();
        assert!(
            packaged == fresh,
            "packaging/completions/{name} is of another command line; \
             `UPDATE_COMPLETIONS=1 cargo test completions` regenerates it"
        );
    }
}

#[test]
fn the_manual_page_names_the_settings_that_need_a_restart() {
    let page = fs::read_to_string(packaging("colahub.8")).unwrap();
    let (_, list) = page.split_once("These settings keep their value until").unwrap();
    let (list, _) = list.split_once("\n.PP").unwrap();
    let keys = list.lines().filter_map(|line| line.strip_prefix(".BR ")?.split(' ').next());
    let named: Vec<&str> = keys.filter(|key| !key.starts_with('"')).collect();
    let needs = SETTINGS.iter().filter(|setting| setting.applies == Applies::OnRestart);
    assert_eq!(named, needs.map(|setting| setting.key).collect::<Vec<_>>());
}

#[test]
fn the_manual_page_has_every_command_and_flag() {
    let page = fs::read_to_string(packaging("colahub.8")).unwrap().replace("\\-", "-");
    let mut missing = Vec::new();
    let mut seek = |what: String| {
        if !page.contains(&what) {
            missing.push(what);
        }
    };
    for command in Cli::command().get_subcommands() {
        seek(format!("colahub {}", command.get_name()));
        flags(command).for_each(|flag| seek(format!("--{flag}")));
    }
    assert!(missing.is_empty(), "packaging/colahub.8 says nothing of {}", missing.join(", "));
}

fn flags(command: &Command) -> impl Iterator<Item = &str> {
    command.get_arguments().filter(|flag| !flag.is_hide_set()).filter_map(|flag| flag.get_long())
}
