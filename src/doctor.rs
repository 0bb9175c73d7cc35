//! Checks from this machine whether people can reach the hub and chat: ports, addresses, names, the disk, the database,
//! the clock, the board.
//!
//! A check observes (files, sockets, the network) and then judges; the judging is a pure function with tests. No check
//! changes anything or needs a running hub, and each sees what the user who runs it may see. If root asks about the
//! installed service, files are checked as the service's user ([`look_as_service`], in a process of its own).

mod addresses;
mod board;
mod clock;
mod data;
mod database;
mod files;
mod hotspot;
mod hub;
mod name;
mod port;
mod resolver;
mod service;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use self::files::Eyes;
use crate::config::{Config, Problems};
use crate::unit::Unit;

/// The verdict of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Nothing is broken, but a host may want to know.
    Note,
    /// It keeps people from the hub, or will.
    Bad,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The subject, in a word or two.
    pub check: Cow<'static, str>,
    /// The verdict.
    pub verdict: Verdict,
    /// The observation: a sentence without a full stop.
    pub seen: String,
    /// The remedy, if there is one.
    pub advice: Option<String>,
}

impl Finding {
    fn good(check: &'static str, seen: impl Into<String>) -> Self {
        let check = Cow::Borrowed(check);
        Self { check, verdict: Verdict::Good, seen: seen.into(), advice: None }
    }

    fn note(check: &'static str, seen: impl Into<String>) -> Self {
        Self { verdict: Verdict::Note, ..Self::good(check, seen) }
    }

    fn bad(check: &'static str, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        let (seen, advice) = (seen.into(), Some(advice.into()));
        Self { check: Cow::Borrowed(check), verdict: Verdict::Bad, seen, advice }
    }

    fn and_advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// Runs all checks, in the order in which a host would, and passes on each finding as soon as it is there. Takes some
/// seconds. `unit` is the installed service, if it uses this configuration.
pub fn examine(
    config: &Config,
    unit: Option<&Unit>,
    mut tell: impl FnMut(&Finding),
) -> Vec<Finding> {
    let mut all = Vec::new();
    let mut found = |findings: Vec<Finding>| {
        findings.iter().for_each(&mut tell);
        all.extend(findings);
    };
    let running = hub::ask(config);
    found(unit.map(service::check).unwrap_or_default());
    found(port::check(config, running.as_ref(), unit));
    found(hotspot::check(config).into_iter().collect());
    found(vec![addresses::check(config)]);
    found(name::check(config, running.as_ref()));
    found(resolver::check(config));
    let seen = unit.filter(|unit| unit.is_plain).map(|unit| files_of_service(config, unit));
    found(seen.unwrap_or_else(|| data::check(config, Eyes::Own, false)));
    found(data::restored(running.as_ref()).into_iter().collect());
    found(database::check(config).into_iter().collect());
    found(vec![clock::check()]);
    found(board::check());
    all
}

/// The faults that keep the installed service from starting with this configuration, which is its own: in its unit, or
/// of files that its user may not use.
pub fn service_faults(config: &Config, unit: &Unit) -> Vec<Finding> {
    let is_fault = |found: &Finding| found.verdict == Verdict::Bad;
    files_of_service(config, unit).into_iter().filter(is_fault).collect()
}

fn files_of_service(config: &Config, unit: &Unit) -> Vec<Finding> {
    let mut found = service::obstacles(unit, &config.data_dir);
    match service::look(unit, &config.data_dir) {
        Some(Ok(seen)) => found.extend(seen),
        Some(Err(why)) => {
            found.push(why);
            found.extend(data::check(config, Eyes::Own, false));
        }
        None => found.extend(data::check(config, Eyes::Own, false)),
    }
    found
}

/// Runs the checks that depend on the user, in a process that runs as `user`, the user of the installed service.
/// `is_made` if systemd makes the data folder for it.
pub fn look_as_service(
    loaded: Result<Config, Problems>,
    user: &str,
    is_made: bool,
) -> Vec<Finding> {
    match loaded {
        Ok(config) => {
            let mut found = data::check(&config, Eyes::Service(user), is_made);
            found.extend(database::password(&config).err());
            found
        }
        Err(problems) => {
            let seen = |problem| format!("for the service's user {user}, {problem}");
            let advice = "the file has to be readable for that user: \
                          `sudo chmod a+r /etc/colahub/config.toml` and `sudo chmod a+rx /etc/colahub`, \
                          or `chgrp colahub` and `g+r`";
            problems.0.iter().map(|problem| Finding::bad("config", seen(problem), advice)).collect()
        }
    }
}
