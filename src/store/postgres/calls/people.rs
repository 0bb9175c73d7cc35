//! What the host does to people.

use super::{Call, Context, NAME, call, looks, params};
use crate::domain::message::Alert;
use crate::domain::mute::Mute;
use crate::domain::text::Nickname;
use crate::domain::words;
use crate::store::postgres::rows::{sql, uuid};
use crate::store::write::{Ban, HostRename};

impl<'s> Context<'s> {
    pub(super) fn ban(&self, ban: &Ban, what: String) -> Call<'s> {
        let params = params![
            uuid(ban.chatter.as_bytes()),
            uuid(ban.identity.as_bytes()),
            ban.nickname.as_str().to_owned(),
            ban.address.map(|(address, _)| address),
            ban.address.map(|(_, until)| sql(until)),
            what,
        ];
        call(&self.statements.ban, params)
    }

    pub(super) fn mute(&self, mute: &Mute, what: String) -> Call<'s> {
        let params = params![
            uuid(mute.chatter.as_bytes()),
            uuid(mute.identity.as_bytes()),
            mute.nickname.as_str().to_owned(),
            mute.until.map(sql),
            what,
        ];
        call(&self.statements.mute, params)
    }

    pub(super) fn rename_by_host(&self, rename: &HostRename, what: String) -> Call<'s> {
        let name = Nickname::trusted(NAME.to_owned());
        let renamed = Alert::Renamed { was: name.clone(), now: rename.nickname.clone() };
        let params = params![
            uuid(rename.chatter.as_bytes()),
            rename.nickname.as_str().to_owned(),
            looks(&rename.nickname),
            rename.rooms.iter().map(|room| uuid(room.as_bytes())).collect::<Vec<_>>(),
            words::alert(rename.language, &renamed, &name),
            rename.is_held,
            what,
        ];
        call(&self.statements.rename_by_host, params)
    }
}
