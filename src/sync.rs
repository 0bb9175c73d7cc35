//! Locking a mutex in the same way everywhere.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex, also if it is poisoned because a thread has panicked while it held the lock.
///
/// Values behind locks are changed in steps that leave them usable, so a panic in one handler need not affect the
/// others.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
