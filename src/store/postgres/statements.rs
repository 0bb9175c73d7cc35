//! The statements of the log's session, which are prepared once for each connection.

use std::array;
use std::borrow::Cow;

use tokio_postgres::{Client, Error, Statement};

use super::polls::POLL;
use super::prepared::PREPARED;
use super::rows::{ANNOUNCEMENT, EVENT, MEMBER, MESSAGE, ROOM, WALL, message_for};

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        /// The prepared statements.
        pub(super) struct Statements {
            $($(#[$doc])* pub(super) $name: Statement,)*
        }

        impl Statements {
            /// Prepares all of them.
            pub(super) async fn prepare(client: &Client) -> Result<Self, Error> {
                // In a loop, and not each where it is stored: the program would be 0.3 MB larger.
                let mut prepared = Vec::new();
                for sql in [$(Cow::<str>::from($sql)),*] {
                    prepared.push(client.prepare(&sql).await?);
                }
                let [$($name),*] = array::from_fn(|n| prepared[n].clone());
                Ok(Self { $($name),* })
            }
        }

        /// Each statement by its name, for the test of their plans.
        #[cfg(test)]
        pub(super) fn all() -> Vec<(&'static str, String)> {
            vec![$((stringify!($name), $sql.to_string()),)*]
        }
    };
}

/// The first message of a room that a member may read: `$1` is the room, `$2` their identity.
const FIRST: &str = "(SELECT greatest(s.first_seq, r.pruned + 1) FROM rooms r \
     JOIN memberships s ON s.room = r.n AND s.identity = $2 WHERE r.id = $1)";

/// Whether there are commits beyond `$2`, in the last column of what is read of the log up to there.
const IS_AHEAD: &str = "EXISTS (SELECT FROM commits k WHERE k.last > $2)";

statements! {
    /// Takes the log's lock, which is released with the commit, after the commit is visible.
    lock = super::migrate::LOCK;
    /// Takes the log's lock for a batch. Fails in a run that was declared dead. Returns the last commit (the end of the
    /// log after it, the run, and the commit's number), and whether there are events after `$2`.
    open_batch = "SELECT * FROM open_batch($1, $2)";
    /// Where the log ends, and the last commit.
    log_end = "SELECT log_end, last, run, number FROM log_now";
    /// The messages after a position in the log, up to `$2`.
    new_messages = format!(
        "SELECT {} WHERE m.id > $1 AND m.id <= $2 ORDER BY m.id",
        MESSAGE.replace("m.answered", &format!("m.answered, {IS_AHEAD}"))
    );
    /// The events after a position in the log, up to `$2`, with the present state of their subjects.
    new_events = format!(
        "SELECT e.n, e.what, e.detail, e.run, e.identity, e.address, e.until_hub, rm.id, m.seq, m.id,
             c.id, c.nickname, c.created_at, NULL::bigint,
             b.chatter, b.identity, b.nickname, b.address, b.until_hub, e.chatter, {ROOM}, m.reactions, e.at_hub,
             {ANNOUNCEMENT}, m.votes, m.answered, {POLL}, pv.chosen, {EVENT}, {WALL}, {PREPARED}, h.id, h.key, {IS_AHEAD}
         FROM events e LEFT JOIN rooms r ON r.n = e.room
         LEFT JOIN messages m ON m.id = e.message LEFT JOIN rooms rm ON rm.n = e.room
         LEFT JOIN chatters c ON c.id = e.chatter
         LEFT JOIN bans b ON e.what = 8 AND b.chatter = e.chatter
         LEFT JOIN announcements a ON e.what = 22 AND a.id = e.identity LEFT JOIN rooms ar ON ar.n = a.room
         LEFT JOIN polls p ON e.what IN (27, 28, 29) AND p.id = e.chatter LEFT JOIN rooms pr ON pr.n = p.room
         LEFT JOIN poll_votes pv ON e.what = 28 AND pv.poll = e.chatter AND pv.identity = e.identity
         LEFT JOIN walls w ON e.what = 31 AND w.room = e.room
         LEFT JOIN prepared_polls q ON e.what = 25 AND q.id = e.chatter LEFT JOIN rooms qr ON qr.n = q.room
         LEFT JOIN held_questions h ON e.what = 33 AND h.id = e.message
         WHERE e.n > $1 AND e.n <= $2 ORDER BY e.n"
    );
    /// The epoch, and whether the log has the commit that ended at `$1` (or has pruned it) and reaches as far as `$4`.
    past_of = "SELECT (SELECT value FROM meta WHERE key = 'epoch'), log_end() >= $4 AND
         (EXISTS (SELECT FROM commits WHERE last = $1 AND run = $2 AND number = $3)
          OR $1 < (SELECT last FROM commits ORDER BY last LIMIT 1))";
    /// A commit by its run and number.
    commit_of = "SELECT last FROM commits WHERE run = $1 AND number = $2";
    /// Notes this commit, if it has appended anything. Returns the log's end.
    close_batch = "SELECT close_batch($1, $2)";
    /// Settles all that is committed, and tells the other hubs if the log goes beyond `$1`.
    settle = "CALL settle($1)";
    /// The same without telling them.
    settled = super::connect::SETTLED;
    /// Wakes the other hubs, without a position.
    wake = "SELECT pg_notify('colahub', '')";
    /// Takes back a message for its author.
    take_back_own = "SELECT * FROM take_back_own($1, $2, $3, $4)";
    /// Sets or removes a reaction to a message.
    react = "SELECT * FROM react($1, $2, $3, $4, $5, $6)";
    /// Adds or removes a vote for a question.
    vote = "SELECT * FROM vote($1, $2, $3, $4)";
    /// Marks a question as answered, or not.
    mark_answered = "SELECT * FROM mark_answered($1, $2, $3, $4)";
    /// Reports a message to the host.
    report_message = "SELECT report_message($1, $2, $3, $4)";
    /// Marks a report as done.
    report_done = "SELECT report_done($1, $2)";
    /// The reactions and votes that have changed since `$4` to messages up to `$3`.
    reacted = format!(
        "SELECT m.seq, m.reactions, chosen_by(s.chatter, m.id), m.reacted, m.votes, m.answered
         FROM messages m JOIN memberships s ON s.room = m.room AND s.identity = $2
         WHERE m.room = (SELECT n FROM rooms WHERE id = $1) AND m.reacted >= $4 AND m.seq >= {FIRST} AND m.seq <= $3
         ORDER BY m.reacted LIMIT $5"
    );
    /// Makes a room.
    make_room =
        "SELECT make_room($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// Makes a room of an event file.
    make_room_once = "SELECT make_room_once($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// Ends a room.
    end_room = "SELECT end_room($1, $2, $3)";
    /// Sets the mode of rooms.
    set_mode = "SELECT set_mode($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Changes a room.
    edit_room = "SELECT edit_room($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Changes the wall of a room.
    set_wall = "SELECT * FROM set_wall($1, $2, $3, $4, $5, $6, $7)";
    /// Changes where newcomers begin to read a room.
    set_history = "SELECT set_history($1, $2, $3)";
    /// Joins a room.
    join_room = "SELECT * FROM join_room($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// The messages that a member missed: after `$3` or, if their places are void (`$4`), all that they may read.
    missed = format!(
        "SELECT {} WHERE m.room = (SELECT n FROM rooms WHERE id = $1)
         AND m.seq >= (SELECT CASE WHEN $4::boolean OR $3 > last_seq((SELECT n FROM rooms WHERE id = $1))
             THEN {FIRST} ELSE greatest($3 + 1, {FIRST}) END)
         ORDER BY m.seq LIMIT $5",
        message_for("(SELECT chatter FROM memberships WHERE room = m.room AND identity = $2)")
    );
    /// The places of messages that were taken back, up to `$2`, last first.
    taken_back = "SELECT m.seq FROM messages m WHERE m.room = (SELECT n FROM rooms WHERE id = $1)
         AND m.seq <= $2 AND m.taken_back ORDER BY m.seq DESC LIMIT $3";
    /// Whether somebody is a member of a room.
    look = format!("SELECT EXISTS (SELECT {MEMBER} WHERE r.id = $1 AND s.identity = $2), came($2)");
    /// Stores messages.
    say = "SELECT * FROM say($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Takes a question.
    ask = "SELECT * FROM ask($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Makes a message of a question that waits.
    let_through = "SELECT let_through($1, $2)";
    /// The message that was made of it.
    let_through_as = format!(
        "WITH gone AS (DELETE FROM held_questions WHERE id = $1 AND message IS NOT NULL RETURNING message)
         SELECT {MESSAGE} WHERE m.id = (SELECT message FROM gone)"
    );
    /// Drops a question that waits.
    drop_question = "SELECT * FROM drop_question($1, $2)";
    /// Drops the questions of a browser that wait.
    drop_waiting_of = "SELECT * FROM drop_waiting(held_of($1))";
    /// Drops the questions of a room that wait.
    drop_waiting_in = "SELECT * FROM drop_waiting(held_in($1))";
    /// The message that somebody has sent with this key.
    recall = format!("SELECT {} WHERE c.id = $1 AND m.key = $2", message_for("c.n"));
    /// Leaves a room.
    leave_room = "SELECT * FROM leave_room($1, $2, $3, $4, $5)";
    /// Changes a nickname.
    rename_chatter = "SELECT * FROM rename_chatter($1, $2, $3, $4, $5, $6, $7)";
    /// Takes messages back.
    take_back = "SELECT * FROM take_back($1, $2, $3)";
    /// Kicks a chatter.
    kick = "SELECT kick($1, $2)";
    /// Bans a browser.
    ban = "SELECT ban($1, $2, $3, $4, $5, $6)";
    /// Lifts a ban.
    unban = "SELECT unban($1, $2)";
    /// Mutes a browser.
    mute = "SELECT mute($1, $2, $3, $4, $5)";
    /// Lifts a mute.
    unmute = "SELECT unmute($1, $2, $3)";
    /// Gives somebody another name, for the host.
    rename_by_host = "SELECT * FROM rename_by_host($1, $2, $3, $4, $5, $6, $7)";
    /// Tells the other hubs of a passed password check.
    admit = "SELECT append(11::smallint, room => (SELECT n FROM rooms WHERE id = $1), identity => $2,
         address => $3, until_hub => $4)";
    /// Says something in a room as the host.
    host_say = "SELECT * FROM host_say($1, $2, $3, $4, $5, $6)";
    /// Makes an announcement.
    announce = "SELECT * FROM announce($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Makes an announcement of an event file.
    announce_once = "SELECT * FROM announce_once($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Takes an announcement down.
    take_down = "SELECT take_down($1, $2)";
    /// Makes a poll.
    make_poll = "SELECT * FROM make_poll($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    /// Makes a poll that was prepared.
    ask_prepared = "SELECT * FROM ask_prepared($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    /// Prepares a poll, or changes one that is prepared.
    prepare_poll = "SELECT prepare_poll($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// Drops a prepared poll.
    drop_prepared = "SELECT drop_prepared($1, $2)";
    /// Votes in a poll.
    vote_poll = "SELECT * FROM vote_poll($1, $2, $3)";
    /// Closes a poll.
    close_poll = "SELECT * FROM close_poll($1, $2, $3, $4, $5)";
    /// Sets what outweighs the configuration.
    set_event = "SELECT set_event($1, $2, $3)";
    /// Adds a host's key.
    add_host_key = "SELECT add_host_key($1, $2, $3, $4, $5)";
    /// Revokes a host's key.
    revoke_host_key = "SELECT revoke_host_key($1, $2)";
    /// Takes the next number of a host's key.
    use_host_key = "SELECT * FROM use_host_key($1, $2, $3)";
    /// A heartbeat, with the position up to which this run has read. Returns the hubs' time.
    beat = "UPDATE hubs SET seen = hub_now(), heard = $2 WHERE run = $1
         RETURNING seen";
    /// The running hubs.
    hubs = "SELECT name, url, settings, run FROM hubs ORDER BY name, run";
    /// Tells the other hubs this hub's settings.
    tell_settings = "UPDATE hubs SET settings = $2 WHERE run = $1";
    /// Ends the runs that have sent no heartbeat, and the stays that have expired.
    sweep = "SELECT * FROM sweep($1, $2, $3, $4)";
}
