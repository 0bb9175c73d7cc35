//! What the stories wait with: the end comes when nothing has moved for a while, not at a fixed time.

use std::time::{Duration, Instant};

use crate::kit::wait_with;

const PATIENCE: Duration = Duration::from_millis(400);
const HANGS: Duration = Duration::from_secs(60);

#[test]
fn what_gets_on_slowly_is_waited_for() {
    let begun = Instant::now();
    wait_with(PATIENCE, HANGS, "eight steps", || {
        let steps = begun.elapsed().as_millis() / (PATIENCE.as_millis() / 2);
        if steps >= 8 { Ok(()) } else { Err(steps) }
    });
}

#[test]
#[should_panic(expected = "a fourth step: it stays 3")]
fn what_stands_still_is_not() {
    wait_with(PATIENCE, HANGS, "a fourth step", || Err::<(), _>(3));
}

#[test]
#[should_panic(expected = "the last step: it goes on without end, now")]
fn what_goes_on_without_end_is_not() {
    let mut steps = 0;
    wait_with(PATIENCE, 2 * PATIENCE, "the last step", || {
        steps += 1;
        Err::<(), _>(steps)
    });
}
