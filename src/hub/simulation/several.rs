//! Lives of one to three hubs on one database: each hears the others late and in pieces, is killed, frozen until its
//! lease has expired, cut off from the database, and started again; people move to another hub.

mod announcements;
mod cluster;
mod database;
mod deeds;
mod holding;
mod messages;
mod names;
mod polls;
mod rest;
mod steps;
mod watch;

pub(super) use cluster::Cluster;
