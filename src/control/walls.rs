//! Requests about the walls of rooms.

use super::answer::{Acting, Denied};
use super::host::{find, has_ended, no_room};
use super::protocol::{WallSet, WallState};
use crate::domain::refusal::Refusal;
use crate::domain::room::wall::{WallView, parse_delay};
use crate::hub::command::{Call, WallCall, WallChange};

/// The wall of a living room, by its code or id.
pub(super) async fn show(parts: &Acting<'_>, room: String) -> Result<WallState, Denied> {
    set(parts, WallSet { room, ..WallSet::default() }).await
}

/// Changes the wall of a living room, by its code or id. Returns it as it is then; without a change nothing is logged.
pub(super) async fn set(parts: &Acting<'_>, set: WallSet) -> Result<WallState, Denied> {
    let WallSet { room, view, delay, link } = set;
    let change = WallChange {
        view: view.as_deref().map(WallView::parse).transpose()?,
        delay: delay.map(parse_delay).transpose()?,
        link,
    };
    let none = || no_room(&room);
    let id = find(parts, &room).await?.ok_or_else(none)?;
    let call = |tell| Call::Wall(WallCall::Set { room: id, change, tell });
    let state = parts.act(call).await.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => none(),
        Refusal::Expired => has_ended(&room),
        other => other.into(),
    })?;
    let code = state.room.room.code;
    let secret = state.wall.link.map(|link| parts.signer.wall_secret(link).to_string());
    let fragment = secret.as_ref().map(|secret| format!("#{secret}")).unwrap_or_default();
    let urls = parts.reach.urls();
    Ok(WallState {
        room: id.to_string(),
        code: code.to_string(),
        view: state.wall.view.as_str().to_owned(),
        delay: state.wall.delay.as_secs(),
        is_open: state.is_open,
        link: secret,
        links: urls.iter().map(|url| format!("{url}/wall/{code}{fragment}")).collect(),
    })
}
