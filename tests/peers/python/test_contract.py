"""The core of the contract, by a client that has no line in common with npm's."""

import re

import pytest

from kit import Refused

NOBODYS = "00000000-0000-4000-8000-000000000000"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def assert_chatter(chatter):
    assert UUID.fullmatch(chatter["id"])
    assert chatter["nickname"].strip()
    assert TIME.fullmatch(chatter["createdAt"])
    assert chatter["deletedAt"] is None
    assert chatter["isActive"] is True


def assert_message(message, kind="MESSAGE"):
    assert isinstance(message["id"], int)
    assert message["type"] == kind
    assert TIME.fullmatch(message["sentAt"])
    assert message["chatterId"] == message["chatter"]["id"]


class TestJoining:
    def test_tells_everybody_with_an_alert_and_a_roster(self, hub, joins):
        room = hub.room()
        minsu, jiwoo = joins(room), joins(room)
        assert_chatter(jiwoo.chatter)
        for person in (minsu, jiwoo):
            alert = person.hears_alert_of(jiwoo, "입장했습니다")
            assert_message(alert, "ALERT")
            assert jiwoo.chatter["nickname"] in alert["content"]
            person.sees_present(minsu, jiwoo)

    def test_again_is_the_same_chatter_without_an_alert(self, hub, joins):
        room = hub.room()
        minsu = joins(room)
        minsu.sees_present(minsu)
        minsu.forget()
        before = minsu.id
        assert minsu.join(room, chatter_id=before)["id"] == before
        minsu.sees_present(minsu)
        minsu.has_heard_no("sendAlert")

    def test_with_anothers_id_makes_a_new_chatter(self, hub, joins):
        room = hub.room()
        minsu = joins(room)
        stranger = joins(room, chatter_id=minsu.id)
        assert stranger.id != minsu.id
        minsu.sees_present(minsu, stranger)

    def test_is_refused_where_there_is_no_such_room(self, hub, transport):
        person = hub.person(transport).connect("nowhere")
        with pytest.raises(Refused) as refusal:
            person.asks("joinRoom", {"roomId": NOBODYS, "chatterId": None})
        assert person.hears_error()["message"] == str(refusal.value)
        person.disconnect()


class TestMessages:
    def test_reach_everyone_the_sender_included(self, hub, joins):
        room = hub.room()
        minsu, jiwoo = joins(room), joins(room)
        minsu.says("안녕 👋")
        own, others = minsu.hears_words("안녕 👋"), jiwoo.hears_words("안녕 👋")
        assert_message(own)
        assert own["chatter"]["id"] == minsu.id
        assert own == others

    def test_are_refused_in_a_room_one_has_not_joined(self, hub, joins):
        room = hub.room()
        minsu = joins(room)
        neighbour = joins(hub.room(namespace=room["namespace"]))
        with pytest.raises(Refused):
            neighbour.asks("sendMessage", {"roomId": room["id"], "content": "boo"})
        neighbour.hears_error()
        minsu.has_heard_no("sendMessage")

    @pytest.mark.parametrize(
        "payload", [None, 7, "text", [], {}, {"roomId": None}, {"roomId": 7, "content": "x"}, b"\x00\xff"]
    )
    def test_are_refused_when_they_make_no_sense(self, hub, joins, payload):
        minsu = joins(hub.room())
        with pytest.raises(Refused):
            minsu.asks("sendMessage", payload)
        minsu.hears_error()
        minsu.has_heard_no("sendMessage")

    def test_hold_a_thousand_characters(self, hub, joins):
        minsu = joins(hub.room())
        minsu.says("👩‍👩‍👧" * 1000)
        with pytest.raises(Refused):
            minsu.says("👩‍👩‍👧" * 1001)

    def test_keep_their_order(self, hub, joins):
        room = hub.room()
        minsu, jiwoo = joins(room), joins(room)
        words = [f"number {n}" for n in range(200)]
        for word in words:
            minsu.client.emit("sendMessage", {"roomId": room["id"], "content": word}, namespace=minsu.namespace)
        # This client hands each event to a thread of its own, so it is ids that tell the order.
        heard = [jiwoo.hears("sendMessage") for _ in words]
        assert [message["content"] for message in sorted(heard, key=lambda message: message["id"])] == words


class TestQuestions:
    def test_are_voted_up_once_each(self, hub, joins):
        room = hub.room(history="all")
        minsu, jiwoo = joins(room), joins(room)
        ask = {"roomId": room["id"], "content": "When is lunch?", "question": True}
        asked = minsu.asks("sendMessage", ask)
        assert asked["question"] == {"votes": 0, "mine": False, "answered": False}
        assert_message(jiwoo.hears_words("When is lunch?"))
        vote = {"roomId": room["id"], "seq": asked["seq"], "on": True}
        for _ in range(2):
            assert jiwoo.asks("vote", vote)["question"] == {"votes": 1, "mine": True, "answered": False}
        told = minsu.hears("reactions", lambda told: told["seq"] == asked["seq"])
        assert told["question"] == {"votes": 1, "answered": False}
        with pytest.raises(Refused) as refusal:
            minsu.asks("vote", vote)
        assert refusal.value.envelope["code"] == "own_question"
        listed = hub.data(
            "GET",
            f"/api/rooms/{room['id']}/questions",
            headers={"authorization": f"Bearer {jiwoo.token}"},
        )
        assert [message["seq"] for message in listed["messages"]] == [asked["seq"]]
        assert listed["more"] is False and listed["after"] is None


class TestHistory:
    def test_comes_in_pages_of_twenty_back_to_ones_join_alert(self, hub, joins):
        room = hub.room()
        minsu = joins(room)
        for n in range(1, 31):
            minsu.says(f"number {n}")
        newest = hub.page(room, 1, minsu.id)
        assert [message["content"] for message in newest] == [f"number {n}" for n in range(11, 31)]
        alert, *older = hub.page(room, 2, minsu.id)
        assert_message(alert, "ALERT")
        assert [message["content"] for message in older] == [f"number {n}" for n in range(1, 11)]
        assert hub.page(room, 3, minsu.id) == []

    def test_begins_with_ones_own_first_message(self, hub, joins):
        room = hub.room()
        minsu = joins(room)
        minsu.says("before")
        jiwoo = joins(room)
        minsu.says("after")
        contents = [message["content"] for message in hub.page(room, 1, jiwoo.id)]
        assert "before" not in contents
        assert contents[-1] == "after"

    def test_is_empty_for_nobody(self, hub, joins):
        room = hub.room()
        joins(room).says("private")
        for path in ("1", "1/undefined", f"1/{NOBODYS}", "1undefined", "1undefined/undefined"):
            assert hub.data("GET", f"/chat/messages/{room['id']}/{path}") == []


class TestTheRoster:
    def test_goes_to_everyone_on_request(self, hub, joins):
        room = hub.room()
        minsu, jiwoo = joins(room), joins(room)
        jiwoo.sees_present(minsu, jiwoo)
        minsu.forget()
        jiwoo.client.emit("returnChatters", {"roomId": room["id"]}, namespace=jiwoo.namespace)
        minsu.sees_present(minsu, jiwoo)

    def test_shows_a_new_nickname(self, hub, joins):
        room = hub.room()
        minsu, jiwoo = joins(room), joins(room)
        renamed = hub.data("PATCH", f"/chat/chatters/{minsu.id}/nickname", json={"nickname": "파란 고래"})
        assert renamed["nickname"] == "파란 고래"
        jiwoo.hears("returnChatters", lambda roster: "파란 고래" in [chatter["nickname"] for chatter in roster])


class TestLeaving:
    def test_is_announced_after_the_grace_second(self, hub, joins):
        room = hub.room()
        minsu, jiwoo = joins(room), joins(room)
        jiwoo.disconnect()
        held = hub.data("GET", f"/chat/rooms/{room['id']}/{jiwoo.id}/reentry-check")
        assert held is True
        alert = minsu.hears_alert_of(jiwoo, "퇴장했습니다")
        assert_message(alert, "ALERT")
        minsu.sees_present(minsu)
        assert hub.data("GET", f"/chat/rooms/{room['id']}/{jiwoo.id}/reentry-check") is False

    def test_and_coming_back_at_once_is_silent(self, hub, joins):
        room = hub.room()
        minsu, jiwoo = joins(room), joins(room)
        minsu.hears_alert_of(jiwoo, "입장했습니다")
        minsu.forget()
        before = jiwoo.id
        assert jiwoo.refreshes()["id"] == before
        # Somebody else goes later than that and is announced: by then jiwoo's second is over too.
        elsewhere = hub.room()
        watcher, sand = joins(elsewhere), joins(elsewhere)
        sand.disconnect()
        watcher.hears_alert_of(sand, "퇴장했습니다")
        minsu.has_heard_no("sendAlert")

    def test_by_leave_room_is_acknowledged_with_null(self, hub, joins):
        room = hub.room()
        minsu, jiwoo = joins(room), joins(room)
        assert jiwoo.asks("leaveRoom") is None
        minsu.hears_alert_of(jiwoo, "퇴장했습니다")
        with pytest.raises(Refused):
            jiwoo.says("still here?")


class TestALockedRoom:
    def test_opens_with_its_password_only(self, hub, transport):
        room = hub.room(password="열려라참깨")
        person = hub.person(transport).connect(room["namespace"])
        for more in ({}, {"password": ""}, {"password": "wrong"}):
            with pytest.raises(Refused):
                person.join(room, **more)
            person.hears_error()
        person.join(room, password="열려라참깨")
        person.says("in")
        person.disconnect()

    def test_opens_after_a_passed_check(self, hub, transport):
        room = hub.room(password="열려라참깨")
        person = hub.person(transport)
        check = f"/chat/rooms/{room['id']}/access-check"
        bearer = {"authorization": f"Bearer {person.token}"}
        assert hub.data("POST", check, json={"password": "wrong"}, headers=bearer) is False
        assert hub.data("POST", check, json={"password": "열려라참깨"}, headers=bearer) is True
        person.join(room)
        person.disconnect()

    def test_lets_its_members_back_in(self, hub, joins):
        minsu = joins(hub.room(password="열려라참깨"), password="열려라참깨")
        before = minsu.id
        assert minsu.refreshes()["id"] == before


class TestAFullRoom:
    def test_refuses_one_more(self, hub, joins, transport):
        room = hub.room(capacity=2)
        joins(room), joins(room)
        third = hub.person(transport).connect(room["namespace"])
        with pytest.raises(Refused):
            third.join(room)
        third.disconnect()
        status, envelope = hub.call("POST", f"/chat/rooms/{room['id']}/access-check", json={"password": ""})
        assert status == 404
        assert envelope["success"] is False and envelope["data"] is None and envelope["message"].strip()


class TestPolls:
    def test_count_each_browser_once_and_forget_who_has_voted(self, hub, joins):
        room = hub.room()
        minsu, jiwoo = joins(room), joins(room)
        hub.host("poll", "add", "Lunch?", "soup", "rice", "--room", room["code"], "--results", "after-voting")
        poll, _ = minsu.hears("poll"), jiwoo.hears("poll")
        assert [option["votes"] for option in poll["options"]] == [None, None]
        for options in ([0], [0], [1]):
            voted = minsu.asks("votePoll", {"pollId": poll["id"], "options": options})
            assert (voted["mine"], voted["voters"]) == (options, 1)
        assert [option["votes"] for option in voted["options"]] == [0, 1]
        assert minsu.refreshes()["polls"][0]["mine"] == [1]
        hub.host("poll", "close", poll["id"])
        closed = jiwoo.hears("poll", lambda told: told["isClosed"])
        assert [option["votes"] for option in closed["options"]] == [0, 1]
        with pytest.raises(Refused):
            jiwoo.asks("votePoll", {"pollId": poll["id"], "options": [0]})
        assert jiwoo.refreshes()["polls"] == []
