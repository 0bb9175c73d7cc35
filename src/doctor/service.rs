//! Checks whether the installed service stays up, and whether its user can use its files.

use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;
use serde::Deserialize;

use super::Finding;
use crate::unit::{ServiceState, Unit};

const CHECK: &str = "service";

pub(super) fn check(unit: &Unit) -> Vec<Finding> {
    let is_down = matches!(unit.state, ServiceState::Looping | ServiceState::Failed);
    let mut found = vec![judge(unit, is_down.then(|| unit.last_error()).flatten())];
    if !unit.is_plain {
        found.push(
            Finding::note(CHECK, "its unit has flags or COLAHUB_ variables of its own")
                .and_advice("what follows is of the configuration without them"),
        );
    }
    found
}

fn judge(unit: &Unit, last_error: Option<String>) -> Finding {
    const JOURNAL: &str = "`sudo journalctl -u colahub -n 50` has more";
    let times = match unit.restarts {
        0 => "not yet".to_owned(),
        1 => "once".to_owned(),
        times => format!("{times} times"),
    };
    let result = match unit.result.as_str() {
        "" | "success" => String::new(),
        result => format!(" ({result})"),
    };
    let why = last_error.map_or_else(String::new, |error| format!("; its last error: {error}"));
    match unit.state {
        ServiceState::Active if unit.restarts == 0 => Finding::good(CHECK, "it runs"),
        ServiceState::Active => {
            Finding::good(CHECK, format!("it runs; systemd has started it again by itself {times}"))
        }
        ServiceState::Starting => Finding::note(CHECK, "it is starting"),
        ServiceState::Stopped => Finding::note(CHECK, "it is stopped"),
        ServiceState::Looping => Finding::bad(
            CHECK,
            format!("it ends again and again{result}, started again {times}{why}"),
            JOURNAL,
        ),
        ServiceState::Failed => Finding::bad(CHECK, format!("it has failed{result}{why}"), JOURNAL),
    }
}

/// The faults of the unit itself that keep the service from starting or from writing to its data folder.
pub(super) fn obstacles(unit: &Unit, data_dir: &Path) -> Vec<Finding> {
    let obstacles = unit.obstacles(data_dir).into_iter();
    obstacles.map(|obstacle| Finding::bad(CHECK, obstacle.seen, obstacle.advice)).collect()
}

/// Checks the configuration and the data folder as the service's user, in a process of its own. `None` if that is not
/// possible or not needed: only root can run a process as another user, and a service of root's has no other.
///
/// # Errors
/// The finding that says why the process could not be run.
pub(super) fn look(unit: &Unit, data_dir: &Path) -> Option<Result<Vec<Finding>, Finding>> {
    let is_other = geteuid().is_root() && unit.user != "root";
    is_other.then(|| {
        let mut args = vec!["doctor", "--json", "--as-service", &unit.user];
        args.extend(unit.makes(data_dir).then_some("--made"));
        let command = unit.run_as_user(&args);
        command.map_err(|error| error.to_string()).and_then(run).map_err(|why| {
            let user = &unit.user;
            Finding::note(
                CHECK,
                format!("root looks at the files itself, not the service's user {user}: {why}"),
            )
        })
    })
}

fn run(mut command: Command) -> Result<Vec<Finding>, String> {
    #[derive(Deserialize)]
    struct Report {
        findings: Vec<Finding>,
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| format!("{program}: {error}"))?;
    serde_json::from_slice::<Report>(&done.stdout).map(|report| report.findings).map_err(|_| {
        let said = String::from_utf8_lossy(&done.stderr);
        said.lines().next().unwrap_or("it said nothing").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Bad, Good, Note};
    use super::*;

    fn unit(state: ServiceState, restarts: u32, result: &str) -> Unit {
        let mut unit = Unit::default();
        (unit.state, unit.restarts, unit.result) = (state, restarts, result.to_owned());
        unit
    }

    #[test]
    fn a_service_in_a_crash_loop_is_reported_with_its_last_error() {
        let error = || Some("/etc/colahub/config.toml cannot be read".to_owned());
        let found = judge(&unit(ServiceState::Looping, 11, "exit-code"), error());
        assert_eq!(found.verdict, Bad);
        let wanted = "it ends again and again (exit-code), started again 11 times; \
                      its last error: /etc/colahub/config.toml cannot be read";
        assert_eq!(found.seen, wanted);
        let found = judge(&unit(ServiceState::Failed, 0, "timeout"), None);
        assert_eq!((found.verdict, found.seen.as_str()), (Bad, "it has failed (timeout)"));
    }

    #[test]
    fn a_service_that_runs_starts_or_was_stopped_is_no_fault() {
        let verdict = |state, restarts| judge(&unit(state, restarts, "exit-code"), None).verdict;
        assert_eq!(verdict(ServiceState::Active, 0), Good);
        assert_eq!(verdict(ServiceState::Active, 3), Good);
        assert_eq!(verdict(ServiceState::Starting, 0), Note);
        assert_eq!(verdict(ServiceState::Stopped, 8), Note);
    }

    #[test]
    fn findings_of_another_user_are_taken_over_and_a_failure_is_reported() {
        let say = |text: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", text]);
            run(command)
        };
        let good = r#"echo '{"good":false,"findings":[{"check":"data","verdict":"bad","seen":"a","advice":"b"}]}'"#;
        assert_eq!(say(good).unwrap(), [Finding::bad("data", "a", "b")]);
        let refused = "echo 'setpriv: failed to execute /x: Permission denied' >&2; exit 127";
        assert_eq!(say(refused).unwrap_err(), "setpriv: failed to execute /x: Permission denied");
        let none = run(Command::new("/not/there")).unwrap_err();
        assert!(none.starts_with("/not/there: "), "{none}");
    }
}
