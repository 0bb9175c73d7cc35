//! Everything that was said, read in pages beside the store.

use super::*;

impl Kit {
    /// Each kept room's code with what is read of it, page by page. On a thread of its own, as an export has one.
    fn archived(&self) -> Vec<(Code, Vec<String>)> {
        let (folder, url) = (self.folder.path().to_owned(), self.database.clone());
        let read = move || {
            let archive = match url {
                Some(url) => {
                    let database = Database::parse(&url, None, Duration::from_secs(30)).unwrap();
                    Archive::connect(&database).unwrap()
                }
                None => Archive::open(&folder).unwrap(),
            };
            let rooms = archive.rooms().unwrap().into_iter();
            let all = |room: ArchivedRoom| {
                let (mut said, mut after, mut more) = (Vec::new(), room.pruned, true);
                while more {
                    let (page, is_more) = archive.page(room.id, after).unwrap();
                    after = page.last().map_or(room.last, |message| message.seq);
                    said.extend(page.into_iter().map(|message| message.content));
                    more = is_more;
                }
                assert_eq!(after, room.last);
                (room.code, said)
            };
            rooms.map(all).collect()
        };
        std::thread::spawn(read).join().unwrap()
    }
}

on_both! { async fn an_archive_has_all_rooms_but_the_deleted_and_all_pages(mut kit: Kit) {
    assert!(kit.archived().is_empty());
    let (one, ended, deleted) = (kit.room(1).await, kit.room(2).await, kit.room(3).await);
    for (room, who) in [(one, 1), (ended, 2), (deleted, 3)] {
        kit.join(room, who).await;
        kit.says(room, who, "one", None).await;
    }
    for number in 0..600 {
        kit.says(one, 1, &number.to_string(), None).await;
    }
    kit.host(Deed::Close(ended)).await.unwrap();
    kit.host(Deed::Delete(deleted)).await.unwrap();
    let archived = kit.archived();
    let codes: Vec<Code> = archived.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [room(1).code, room(2).code]);
    let said = &archived[0].1;
    assert_eq!((said.len() - 600, said.last().unwrap().as_str()), (archived[1].1.len(), "599"));
    assert!(archived[1].1.contains(&"one".to_owned()));
} }
