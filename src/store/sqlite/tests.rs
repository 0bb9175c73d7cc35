//! Tests of SQLite only, whose file can be damaged, copied, restored and emptied.

use std::time::Duration;

use crate::domain::ids::{ChatterId, HubId, IdentityId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::domain::room::Room;
use crate::domain::time::HubTime;
use crate::store::sqlite::*;
use crate::store::tests::*;
use crate::store::*;

mod damage;
mod plans;
mod refused;
mod renew;
mod retention;
mod strange;
mod takeback;
mod wipe;
