//! Tests of the waits of the stories, which end when nothing has changed for a while, not after a fixed time.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::kit::{spent, wait_with};

const PATIENCE: Duration = Duration::from_millis(400);
const HANGS: Duration = Duration::from_secs(60);

#[test]
fn slow_progress_is_waited_for() {
    let begun = Instant::now();
    wait_with(PATIENCE, HANGS, "eight steps", || {
        let steps = begun.elapsed().as_millis() / (PATIENCE.as_millis() / 2);
        if steps >= 8 { Ok(()) } else { Err(steps) }
    });
}

#[test]
#[should_panic(expected = "a fourth step: it stays 3")]
fn a_standstill_is_not_waited_for() {
    wait_with(PATIENCE, HANGS, "a fourth step", || Err::<(), _>(3));
}

#[test]
#[should_panic(expected = "the last step: it goes on without end, now")]
fn progress_without_end_is_not_waited_for() {
    let mut steps = 0;
    wait_with(PATIENCE, 2 * PATIENCE, "the last step", || {
        steps += 1;
        Err::<(), _>(steps)
    });
}

#[test]
fn a_process_that_computes_is_waited_for() {
    // Long enough that a full machine gets round to it; and it ends by itself, whatever becomes of this test.
    let patience = Duration::from_secs(2);
    let mut computes = Command::new("timeout")
        .args(["8", "sh", "-c", "echo $$; while :; do :; done"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pid = String::new();
    BufReader::new(computes.stdout.take().unwrap()).read_line(&mut pid).unwrap();
    let pid = pid.trim().parse().unwrap();
    let begun = Instant::now();
    wait_with(patience, HANGS, "it is over", || {
        if begun.elapsed() > 3 * patience { Ok(()) } else { Err(spent(pid)) }
    });
    computes.wait().unwrap();
}
