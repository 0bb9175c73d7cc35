//! The statements of the reader, which reads outside the log's session.

use super::polls::POLL;
use super::rows::{EVENT, MEMBER, MESSAGE, ROOM, message_for, message_with_room};

/// Whether a room has this code.
pub(super) const HAS_CODE: &str = "SELECT 1 FROM rooms WHERE code = $1 AND NOT deleted";

/// A chatter, and the identity that owns it.
pub(super) const CHATTER: &str =
    "SELECT id, nickname, created_at, NULL::bigint, identity FROM chatters WHERE id = $1";

/// The last place of a room.
pub(super) const LAST: &str = "SELECT last_seq(n) FROM rooms WHERE id = $1";

/// The searchable messages of a room in a range of places, newest first.
pub(super) const SEARCH: &str =
    "SELECT seq, content FROM messages WHERE room = (SELECT n FROM rooms WHERE id = $1)
     AND seq < $2 AND seq >= $3 AND kind = 0 AND NOT taken_back ORDER BY seq DESC LIMIT $4";

/// The host's actions, newest first.
pub(super) const HOST_LOG: &str =
    "SELECT at, deed, what, by, (SELECT m.content FROM messages m JOIN rooms r ON r.n = m.room
         WHERE m.id = said AND NOT r.deleted)
     FROM host_actions ORDER BY n DESC LIMIT $1";

/// The address from which an identity is connected to a running hub.
pub(super) const ADDRESS_OF: &str =
    "SELECT s.peer FROM people p JOIN stays s USING (room, identity)
    WHERE p.identity = $1 AND s.until_hub IS NULL LIMIT 1";

/// The hosts' keys.
pub(super) const HOST_KEYS: &str =
    "SELECT id, name, helper, made_at, browser IS NOT NULL FROM host_keys ORDER BY made_at, name";

/// The newest reports; with `$1` including those that are done.
pub(super) const REPORTS: &str =
    "SELECT x.id, x.at, x.done_at, x.reason, r.id, r.code, m.seq, m.content, m.taken_back,
         a.id, a.nickname, a.created_at, NULL::bigint, b.id, b.nickname, b.created_at, NULL::bigint
     FROM reports x JOIN messages m ON m.id = x.message JOIN rooms r ON r.n = m.room
     JOIN chatters a ON a.n = m.chatter JOIN chatters b ON b.n = x.chatter
     WHERE ($1 OR x.done_at IS NULL) AND NOT r.deleted ORDER BY x.id DESC LIMIT $2";

/// How many reports are not done.
pub(super) const OPEN_REPORTS: &str =
    "SELECT count(*) FROM reports x JOIN messages m ON m.id = x.message
     JOIN rooms r ON r.n = m.room WHERE x.done_at IS NULL AND NOT r.deleted";

/// The questions that wait in the rooms that live at `$1`, with `$2` in that one, the oldest first.
pub(super) const HELD: &str =
    "SELECT h.id, r.id, h.content, h.asked_at, r.code, c.id, h.nickname, c.created_at, NULL::bigint
     FROM rooms r JOIN held_questions h ON h.room = r.n AND NOT h.dropped JOIN chatters c ON c.n = h.chatter
     WHERE r.expires_hub > $1 AND NOT r.deleted AND ($2::uuid IS NULL OR r.id = $2) ORDER BY h.id LIMIT $3";

/// A room.
pub(super) fn room() -> String {
    format!("SELECT {ROOM} FROM rooms r WHERE r.id = $1 AND NOT r.deleted")
}

/// A chatter's membership in a room.
pub(super) fn member() -> String {
    format!("SELECT {MEMBER} WHERE r.id = $1 AND c.id = $2")
}

/// An identity's membership in a room.
pub(super) fn member_of() -> String {
    format!("SELECT {MEMBER} WHERE r.id = $1 AND s.identity = $2")
}

/// The messages in these places of a room, as a chatter reads them, newest first.
pub(super) fn found() -> String {
    let messages = message_for("(SELECT n FROM chatters WHERE id = $3)");
    format!(
        "SELECT {messages} WHERE m.room = (SELECT n FROM rooms WHERE id = $1) AND m.seq = ANY ($2)
         ORDER BY m.seq DESC"
    )
}

/// The questions of a room in the order of time, the newest first.
pub(super) const QUESTIONS_BY_TIME: &str =
    "SELECT seq FROM messages WHERE room = (SELECT n FROM rooms WHERE id = $1)
     AND votes IS NOT NULL AND seq < $2 AND seq >= $3 ORDER BY seq DESC LIMIT $4";

/// The questions of a room that are answered, or are not, in the order of votes.
pub(super) const QUESTIONS_BY_VOTES: &str =
    "SELECT seq FROM messages WHERE room = (SELECT n FROM rooms WHERE id = $1)
     AND answered = $2 AND votes IS NOT NULL AND (votes, seq) < ($3, $4) AND seq >= $5
     ORDER BY votes DESC, seq DESC LIMIT $6";

/// The messages of a room in a range of places, as a chatter reads them, from the oldest or the newest on.
pub(super) fn range(oldest: bool) -> String {
    let direction = if oldest { "ASC" } else { "DESC" };
    let messages = message_for("(SELECT n FROM chatters WHERE id = $5)");
    format!(
        "SELECT {messages} WHERE m.room = (SELECT n FROM rooms WHERE id = $1)
         AND m.seq >= $2 AND m.seq < $3 ORDER BY m.seq {direction} LIMIT $4"
    )
}

/// What people have said in the rooms that live at `$3`, with an id above `$1` among the newest `$2`; newest first.
pub(super) fn stream() -> String {
    let messages = message_with_room();
    format!(
        "SELECT {messages} WHERE m.id > greatest($1, (SELECT max(id) FROM messages) - $2) AND m.kind IN (0, 1)
         AND NOT r.deleted AND r.expires_hub > $3 ORDER BY m.id DESC LIMIT $4"
    )
}

/// What a wall shows of a room, up to place `$2` and the time `$4`: the newest messages of people who are neither banned
/// nor muted, among the newest `$3` places; the oldest first.
pub(super) fn wall() -> String {
    format!(
        "SELECT {MESSAGE} WHERE m.room = (SELECT n FROM rooms WHERE id = $1) AND m.seq = ANY (ARRAY(
             SELECT p.seq FROM messages p JOIN chatters o ON o.n = p.chatter
             WHERE p.room = (SELECT n FROM rooms WHERE id = $1) AND p.seq <= $2 AND p.seq > $2 - $3
             AND p.kind = 0 AND NOT p.taken_back AND p.sent_hub <= $4
             AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.identity = o.identity)
             AND NOT EXISTS (SELECT 1 FROM mutes x
                 WHERE x.identity = o.identity AND (x.until_hub IS NULL OR x.until_hub > $5))
             ORDER BY p.seq DESC LIMIT $6))
         ORDER BY m.seq"
    )
}

/// The places of the questions that a wall shows of a room, up to place `$3` and the time `$4`: those of people who are
/// neither banned nor muted, answered or not (`$2`), the one with the most votes first.
pub(super) const WALL_QUESTIONS: &str = "SELECT p.seq FROM messages p JOIN chatters o ON o.n = p.chatter
     WHERE p.room = (SELECT n FROM rooms WHERE id = $1) AND p.answered = $2 AND p.votes IS NOT NULL AND p.seq <= $3
     AND p.kind = 0 AND NOT p.taken_back AND p.sent_hub <= $4
     AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.identity = o.identity)
     AND NOT EXISTS (SELECT 1 FROM mutes x
         WHERE x.identity = o.identity AND (x.until_hub IS NULL OR x.until_hub > $5))
     ORDER BY p.votes DESC, p.seq DESC LIMIT $6";

/// Who has left a room since `$1`; with `$2` that one. The last first.
pub(super) const DEPARTED: &str =
    "SELECT c.id, c.nickname, c.created_at, s.left_at, s.identity, r.code, r.expires_hub
     FROM memberships s JOIN rooms r ON r.n = s.room JOIN chatters c ON c.n = s.chatter
     WHERE s.left_at > $1 AND ($2::uuid IS NULL OR r.id = $2) ORDER BY s.left_at DESC LIMIT $3";

/// Who was in a room when it ended, between these two times; with `$3` in that one. The last first.
pub(super) const STAYED: &str =
    "SELECT c.id, c.nickname, c.created_at, s.left_at, s.identity, r.code, r.expires_hub
     FROM rooms r JOIN memberships s ON s.room = r.n JOIN chatters c ON c.n = s.chatter
     WHERE r.expires_hub > $1 AND r.expires_hub <= $2 AND s.left_at IS NULL
     AND ($3::uuid IS NULL OR r.id = $3) ORDER BY r.expires_hub DESC LIMIT $4";

/// The places of what a browser has said since `$2` and not taken back, the newest first.
pub(super) const SAID_BY: &str =
    "SELECT r.id, m.seq FROM chatters c JOIN messages m ON m.chatter = c.n JOIN rooms r ON r.n = m.room
     WHERE c.identity = $1 AND NOT r.deleted AND m.kind IN (0, 1) AND NOT m.taken_back AND m.sent_hub >= $2
     ORDER BY m.id DESC LIMIT $3";

/// How many messages and announcements, at most `$3`, have come into each room after a place and were not taken back. `$4`
/// is how far back they are counted.
pub(super) const UNREAD: &str =
    "SELECT r.id, (SELECT count(*) FROM (SELECT 1 FROM messages m
         WHERE m.room = r.n AND m.seq > greatest(a.seq, last_seq(r.n) - $4) AND m.kind IN (0, 5) AND NOT m.taken_back
         LIMIT $3) AS counted)
     FROM unnest($1::uuid[], $2::bigint[]) AS a (id, seq) JOIN rooms r ON r.id = a.id WHERE NOT r.deleted";

/// All rooms that are kept, in the order in which they were made.
pub(super) const ARCHIVED_ROOMS: &str =
    "SELECT a.id, a.code, a.title, a.created_at, a.pruned, last_seq(a.n), coalesce(
         (SELECT sent_at FROM messages WHERE room = a.n ORDER BY seq DESC LIMIT 1), a.created_at)
     FROM rooms a WHERE NOT a.deleted ORDER BY a.n";

/// All polls, the oldest first, but for those of rooms that the host has deleted.
pub(super) fn polls() -> String {
    format!(
        "SELECT {POLL} FROM polls p LEFT JOIN rooms pr ON pr.n = p.room
         WHERE p.room IS NULL OR NOT pr.deleted OR p.closed_at IS NULL ORDER BY p.made_at, p.id"
    )
}

/// The newest message; 0 if there is none.
pub(super) const NEWEST_MESSAGE: &str = "SELECT coalesce(max(id), 0) FROM messages";

/// What the host has set for the event.
pub(super) fn event() -> String {
    format!("SELECT {EVENT}")
}

/// Each statement with a name and values, for the test of their plans: `:room`, `:who` and `:chatter` are ids.
#[cfg(test)]
pub(super) fn all() -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("read_room", room(), ":'room'"),
        ("read_code", HAS_CODE.into(), "'R7'"),
        ("read_chatter", CHATTER.into(), ":'chatter'"),
        ("read_member", member(), ":'room', :'chatter'"),
        ("read_member_of", member_of(), ":'room', :'who'"),
        ("read_last", LAST.into(), ":'room'"),
        ("read_search", SEARCH.into(), ":'room', 190, 1, 2000"),
        ("read_questions", QUESTIONS_BY_TIME.into(), ":'room', 190, 1, 51"),
        ("read_top_questions", QUESTIONS_BY_VOTES.into(), ":'room', false, 7, 190, 1, 51"),
        ("read_found", found(), ":'room', '{5, 6, 7}', :'chatter'"),
        ("read_after", range(true), ":'room', 20, 9223372036854775807, 101, :'chatter'"),
        ("read_before", range(false), ":'room', 1, 100, 51, :'chatter'"),
        ("read_newest", range(false), ":'room', 1, 9223372036854775807, 1000, NULL"),
        ("read_stream", stream(), "0, 10000, 1, 1000"),
        ("read_stream_on", stream(), "59990, 10000, 1, 1000"),
        ("read_wall", wall(), ":'room', 200, 10000, 9999, 1, 12"),
        ("read_wall_questions", WALL_QUESTIONS.into(), ":'room', false, 200, 9999, 1, 8"),
        ("read_departed", DEPARTED.into(), "1000, NULL, 500"),
        ("read_stayed", STAYED.into(), "1, 1000, NULL, 500"),
        ("read_said_by", SAID_BY.into(), ":'who', 0, 1000"),
        ("read_unread", UNREAD.into(), "ARRAY[:'room'::uuid], '{1}', 100, 2000"),
        ("address_of", ADDRESS_OF.into(), ":'who'"),
        ("read_host_keys", HOST_KEYS.into(), ""),
        ("read_log", HOST_LOG.into(), "100"),
        ("read_reports", REPORTS.into(), "false, 200"),
        ("read_all_reports", REPORTS.into(), "true, 200"),
        ("read_polls", polls(), ""),
        ("read_newest_message", NEWEST_MESSAGE.into(), ""),
        ("read_held", HELD.into(), "1, NULL, 200"),
        ("read_archived_rooms", ARCHIVED_ROOMS.into(), ""),
        ("read_event", event(), ""),
        ("count_reports", OPEN_REPORTS.into(), ""),
    ]
}
