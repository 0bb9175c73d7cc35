//! Passwords are looked at in turns, and only what was looked at counts as a guess.

use super::*;
use crate::domain::mode::Mode;
use crate::domain::room::PasswordHash;
use crate::domain::text::Password;
use crate::hub::command::{Call, Caller, NewRoom, RoomView};
use crate::hub::passwords::{Job, PasswordResult, PasswordWork};
use tokio::sync::oneshot;

type Pending<T> = oneshot::Receiver<Result<T, Refusal>>;

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

fn caller(who: u8) -> Caller {
    Caller { identity: None, peer: IpAddr::from([127, 0, 0, who]) }
}

impl Chat {
    fn locked(capacity: u32) -> Self {
        let mut chat = Self::new(capacity, 50);
        let live = chat.hub.rooms.get_mut(&room(0).id).unwrap();
        live.room.lock = Some(PasswordHash("cola".into()));
        chat
    }

    pub(super) fn tries(&mut self, who: u8, text: &str) -> Pending<bool> {
        let (tell, told) = oneshot::channel();
        let password = Some(password(text));
        let call = Call::Check { caller: caller(who), room: room(0).id, password, tell };
        self.command(Command::Call(call));
        told
    }

    fn makes_a_locked_room(&mut self, who: u8) -> Pending<RoomView> {
        let (tell, told) = oneshot::channel();
        let new = NewRoom {
            namespace: room(0).namespace,
            title: room(0).title,
            capacity: 0,
            password: Some(password("cola")),
            from: Some(caller(who).peer),
            by_host: false,
            by: None,
            history: None,
            is_once: false,
        };
        self.command(Command::Call(Call::Create(new, tell)));
        told
    }

    fn asks_in_with(&mut self, who: u8, text: &str) -> Answered {
        let (wanted, after, epoch) = (None, None, None);
        let password = Some(password(text));
        let answered = self.event(
            who,
            Event::Join { room: room(0).id, wanted, password, after, epoch, reactions_after: None },
        );
        self.commits();
        answered
    }

    /// The password whose turn it is is looked at.
    pub(super) fn looks(&mut self) {
        let PasswordWork { job, purpose } = self.hub.next_password().expect("a password waits");
        let outcome = match job {
            Job::Hash { password, .. } => {
                let text = String::from_utf8(password.as_bytes().to_vec()).unwrap();
                PasswordResult::Hashed(PasswordHash(text))
            }
            Job::Verify { password, hash } => {
                PasswordResult::Verified(hash.0.as_bytes() == password.as_bytes())
            }
        };
        let at = self.at();
        self.hub.password_done(purpose, outcome, at);
        self.collect();
        self.commits();
    }

    /// Argon2 gets no memory for the password whose turn it is.
    fn fails(&mut self) {
        let work = self.hub.next_password().expect("a password waits");
        let at = self.at();
        self.hub.password_done(work.purpose, PasswordResult::Failed, at);
        self.collect();
    }
}

#[test]
fn an_address_with_many_passwords_waits_for_itself_only() {
    let mut chat = Chat::locked(0);
    let mut hers: Vec<_> = (0..20).map(|_| chat.tries(1, "cola")).collect();
    let mut his = chat.tries(2, "cola");
    let mut made = chat.makes_a_locked_room(3);
    chat.looks();
    assert_eq!(hers[0].try_recv().unwrap(), Ok(true));
    chat.looks();
    assert_eq!(his.try_recv().unwrap(), Ok(true), "the second turn is another's");
    chat.looks();
    assert!(made.try_recv().unwrap().is_ok());
    let refused = hers[4].try_recv().unwrap();
    assert!(matches!(refused, Err(Refusal::TooFast(_))), "more than her share: {refused:?}");
}

#[test]
fn an_unchecked_password_costs_no_guess_and_no_room() {
    let mut chat = Chat::locked(0);
    // Ten guesses at once are allowed, twenty rooms as well.
    for _ in 0..30 {
        let mut told: Vec<_> = (0..8).map(|_| chat.tries(1, "nope")).collect();
        for waiting in &mut told[..4] {
            chat.fails();
            assert_eq!(waiting.try_recv().unwrap(), Err(Refusal::Unavailable));
        }
        let mut made = chat.makes_a_locked_room(1);
        chat.fails();
        assert_eq!(made.try_recv().unwrap().unwrap_err(), Refusal::Unavailable);
    }
    chat.connects(1);
    for _ in 0..10 {
        let answered = chat.asks_in_with(1, "nope");
        chat.looks();
        assert_eq!(answered.try_recv().unwrap().unwrap_err(), Refusal::WrongPassword);
    }
    let refused = chat.asks_in_with(1, "cola").try_recv().unwrap();
    assert!(matches!(refused, Err(Refusal::TooFast(_))), "those were looked at: {refused:?}");
    let mut made = chat.makes_a_locked_room(1);
    chat.looks();
    assert!(made.try_recv().unwrap().is_ok());
}

#[test]
fn a_right_guess_does_not_count_if_its_connection_has_closed() {
    let mut chat = Chat::locked(0);
    for _ in 0..15 {
        chat.connects(1);
        let _unread = chat.asks_in_with(1, "cola");
        chat.goes(1);
        chat.looks();
    }
    let mut told = chat.tries(1, "cola");
    chat.looks();
    assert_eq!(told.try_recv().unwrap(), Ok(true));
}

#[test]
fn guesses_from_many_addresses_have_a_ceiling_that_locks_no_member_out() {
    let mut chat = Chat::locked(0);
    chat.connects(200);
    let joined = chat.asks_in_with(200, "cola");
    chat.looks();
    assert!(joined.try_recv().unwrap().is_ok());
    let mut admitted = chat.tries(201, "cola");
    chat.looks();
    assert_eq!(admitted.try_recv().unwrap(), Ok(true));
    chat.goes(200);
    chat.time_passes(1_000);
    chat.commits();
    let mut looked_at = 0;
    for who in 1..100 {
        let mut told = chat.tries(who, "nope");
        if told.try_recv().is_err() {
            chat.looks();
            looked_at += 1;
        }
    }
    assert_eq!(looked_at, 60);
    let refused = chat.tries(150, "cola").try_recv().unwrap();
    assert!(matches!(refused, Err(Refusal::TooFast(_))), "somebody new waits: {refused:?}");
    chat.connects(200);
    let back = chat.asks_in_with(200, "forgotten");
    assert!(back.try_recv().unwrap().is_ok(), "a member needs no password");
    chat.connects(201);
    let in_time = chat.asks_in_with(201, "cola");
    assert!(in_time.try_recv().unwrap().is_ok(), "their password was right before");
}

#[test]
fn a_caller_without_the_password_takes_no_place_from_callers_with_it() {
    let mut chat = Chat::locked(1);
    chat.connects(1);
    let stranger = chat.asks_in(1);
    let mut told = chat.tries(2, "cola");
    chat.looks();
    assert_eq!(told.try_recv().unwrap(), Ok(true), "the room is not full");
    assert_eq!(stranger.try_recv().unwrap().unwrap_err(), Refusal::Locked);
}

#[test]
fn a_shut_room_keeps_its_places_for_members() {
    let mut chat = Chat::new(1, 50);
    chat.is_in(2);
    chat.goes(2);
    chat.time_passes(1_000);
    chat.commits();
    chat.hub.rooms.get_mut(&room(0).id).unwrap().room.mode.mode = Mode::Members(None);
    chat.connects(1);
    let stranger = chat.asks_in(1);
    chat.connects(2);
    let member = chat.asks_in(2);
    chat.commits();
    assert_eq!(stranger.try_recv().unwrap().unwrap_err(), Refusal::Shut);
    assert!(member.try_recv().unwrap().is_ok());
}

#[test]
fn without_the_bridge_a_right_password_admits_a_token_and_no_address() {
    let mut chat = Chat::locked(0);
    chat.hub.settings.bridge = None;
    let mut told = chat.tries(1, "cola");
    chat.looks();
    assert_eq!(told.try_recv().unwrap(), Ok(true), "the answer is true all the same");
    chat.connects(1);
    let answered = chat.asks_in(1);
    chat.commits();
    assert_eq!(answered.try_recv().unwrap().unwrap_err(), Refusal::Locked);
}
