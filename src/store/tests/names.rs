//! Names on a store that several hubs share: the store decides who gets one.

use super::*;

fn rename(who: u8, name: &str) -> Write {
    Write::Rename(Rename {
        chatter: chatter(who).id,
        owner: None,
        nickname: Nickname::parse(name).unwrap(),
        may_held: false,
        notice: None,
        at: at(50),
    })
}

/// On PostgreSQL only: a hub that has its database alone knows all the names itself.
#[tokio::test]
async fn one_of_two_look_alike_names_on_two_hubs_is_refused() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let room = one.room(1).await;
    let mut two = one.another(2);
    one.join(room, 1).await;
    two.join(room, 2).await;
    assert!(one.write(rename(1, "Ian")).await.is_ok());
    assert_eq!(two.write(rename(2, "lan")).await, Err(Refusal::NameTaken));
    assert!(one.write(rename(1, "Bob")).await.is_ok());
    assert!(two.write(rename(2, "lan")).await.is_ok(), "it is free again");
}
