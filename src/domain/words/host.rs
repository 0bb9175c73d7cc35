//! Sentences for what a host, or the host alone, is refused.

use crate::domain::refusal::{HeldRefusal, HostRefusal};

pub(super) fn host_ko(refusal: HostRefusal) -> &'static str {
    match refusal {
        HostRefusal::BadSignature => "주최자의 서명이 맞지 않거나 취소된 열쇠입니다.",
        HostRefusal::Replayed => "이미 쓴 번호로 서명한 요청입니다. 더 큰 번호로 다시 보내 주세요.",
        HostRefusal::OtherBrowser => {
            "이 열쇠는 다른 브라우저에서 쓰고 있습니다. 새 열쇠는 colahub host add로 만들 수 있습니다."
        }
        HostRefusal::HostsOnly => "주최자만 할 수 있습니다.",
        HostRefusal::HostsElsewhere => {
            "이 네트워크에서는 주최자로 들어올 수 없습니다. 허브 설정의 host.interfaces를 보세요."
        }
        HostRefusal::NoSuchKey => "없는 열쇠입니다.",
        HostRefusal::KeyNameTaken => "같은 이름의 열쇠가 있습니다. 다른 이름을 골라 주세요.",
        HostRefusal::NoSuchAnnouncement => "그런 공지가 없습니다.",
        HostRefusal::TooManyAnnouncements => {
            "한 번에 걸 수 있는 공지가 가득 찼습니다. 하나를 내리고 다시 해 주세요."
        }
        HostRefusal::TooManyPolls => {
            "한 번에 할 수 있는 투표가 가득 찼습니다. 하나를 닫고 다시 해 주세요."
        }
        HostRefusal::TooManyPrepared => {
            "준비할 수 있는 투표가 가득 찼습니다. 하나를 지우고 다시 해 주세요."
        }
        HostRefusal::AlreadyThere => {
            "다른 허브에서 방금 만들었습니다. 행사 파일을 다시 적용해 주세요."
        }
    }
}

pub(super) fn host_en(refusal: HostRefusal) -> &'static str {
    match refusal {
        HostRefusal::BadSignature => {
            "The signature is not one of a host of this hub, or the key was revoked."
        }
        HostRefusal::Replayed => {
            "A request with this number or a higher one came before. Sign it again with a higher number."
        }
        HostRefusal::OtherBrowser => {
            "This key is in use in another browser. `colahub host add` makes another."
        }
        HostRefusal::HostsOnly => "Only a host may do that.",
        HostRefusal::HostsElsewhere => {
            "Hosts cannot act from this network: it is not among host.interfaces in the hub's configuration."
        }
        HostRefusal::NoSuchKey => "There is no such key.",
        HostRefusal::KeyNameTaken => "There is a key of this name. Please choose another.",
        HostRefusal::NoSuchAnnouncement => "There is no such announcement.",
        HostRefusal::TooManyAnnouncements => {
            "There are as many announcements as there may be at a time. Take one down, and try again."
        }
        HostRefusal::TooManyPolls => {
            "As many polls run as may at a time. Close one, and try again."
        }
        HostRefusal::TooManyPrepared => {
            "As many polls are prepared as may be. Drop one, and try again."
        }
        HostRefusal::AlreadyThere => "Another hub has just made it. Apply the event file again.",
    }
}

pub(super) fn held_en(refusal: HeldRefusal) -> &'static str {
    match refusal {
        HeldRefusal::TooMany => "Too many questions wait for the host. Ask again later.",
        HeldRefusal::NotLetThrough => "The host has not let this question through.",
        HeldRefusal::NotThere => "No such question waits.",
    }
}

pub(super) fn held_ko(refusal: HeldRefusal) -> &'static str {
    match refusal {
        HeldRefusal::TooMany => "주최자를 기다리는 질문이 너무 많습니다. 나중에 다시 물어 주세요.",
        HeldRefusal::NotLetThrough => "주최자가 이 질문을 올리지 않았습니다.",
        HeldRefusal::NotThere => "그런 질문이 기다리고 있지 않습니다.",
    }
}
