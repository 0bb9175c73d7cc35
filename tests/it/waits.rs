//! The stories' waits: the end comes when nothing has moved for a while, not at a fixed time.

use std::time::{Duration, Instant};

use crate::kit::wait_with;

const PATIENCE: Duration = Duration::from_millis(400);

#[test]
fn slow_progress_is_waited_for() {
    let begun = Instant::now();
    wait_with(PATIENCE, "eight steps", || {
        let steps = begun.elapsed().as_millis() / (PATIENCE.as_millis() / 2);
        if steps >= 8 { Ok(()) } else { Err(steps) }
    });
}

#[test]
#[should_panic(expected = "a fourth step: it stays 3")]
fn a_standstill_is_not_waited_for() {
    wait_with(PATIENCE, "a fourth step", || Err::<(), _>(3));
}
