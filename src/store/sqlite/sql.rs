//! The SQL of the store: schema, queries, and what each write does.

pub(in crate::store) mod announcements;
pub(in crate::store) mod apply;
pub(in crate::store) mod event;
pub(in crate::store) mod held;
pub(in crate::store) mod host_actions;
pub(in crate::store) mod host_keys;
pub(in crate::store) mod host_reads;
pub(in crate::store) mod modes;
pub(in crate::store) mod people;
pub(in crate::store) mod polls;
pub(in crate::store) mod prepared;
pub(in crate::store) mod prune;
pub(in crate::store) mod queries;
pub(in crate::store) mod questions;
pub(in crate::store) mod reactions;
pub(in crate::store) mod reports;
pub(in crate::store) mod rooms;
pub(in crate::store) mod rows;
pub(in crate::store) mod schema;
pub(in crate::store) mod search;
pub(in crate::store) mod shrink;
pub(in crate::store) mod statements;
pub(in crate::store) mod unread;
pub(in crate::store) mod wal;
pub(in crate::store) mod walls;
pub(in crate::store) mod weights;
