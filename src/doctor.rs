//! Checks from this machine whether people can reach the hub and chat: ports, addresses, names, the disk, the database,
//! the clock, the board.
//!
//! Each check looks (files, sockets, the network) and then judges; the judging is pure and tested. It
//! changes nothing, needs no hub that runs, and sees what the user who runs it may see.

mod addresses;
mod board;
mod clock;
mod data;
mod database;
mod hub;
mod name;
mod port;
mod resolver;

use serde::Serialize;

use crate::config::Config;

/// The verdict of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Nothing is broken, but a host may want to know.
    Note,
    /// It keeps people out, or will.
    Bad,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The subject, in a word or two.
    pub check: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// The observation: a sentence without its full stop.
    pub seen: String,
    /// The remedy, if there is one.
    pub advice: Option<String>,
}

impl Finding {
    fn good(check: &'static str, seen: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Good, seen: seen.into(), advice: None }
    }

    fn note(check: &'static str, seen: impl Into<String>) -> Self {
        Self { verdict: Verdict::Note, ..Self::good(check, seen) }
    }

    fn bad(check: &'static str, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        let (seen, advice) = (seen.into(), Some(advice.into()));
        Self { check, verdict: Verdict::Bad, seen, advice }
    }

    fn and_advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// Looks at everything, in the order in which a host would. Takes some seconds; each finding is told
/// as soon as it is there.
pub fn examine(config: &Config, mut tell: impl FnMut(&Finding)) -> Vec<Finding> {
    let mut all = Vec::new();
    let mut found = |findings: Vec<Finding>| {
        findings.iter().for_each(&mut tell);
        all.extend(findings);
    };
    let running = hub::ask(config);
    found(port::check(config, running.as_ref()));
    found(vec![addresses::check(config)]);
    found(name::check(config, running.as_ref()));
    found(resolver::check(config));
    found(data::check(config, running.as_ref()));
    found(database::check(config).into_iter().collect());
    found(vec![clock::check()]);
    found(board::check());
    all
}
