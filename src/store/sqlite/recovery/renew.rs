//! A new id for a hub whose data folder is a copy of another hub's.

use std::io;
use std::path::Path;

use crate::domain::ids::HubId;
use crate::store::FILE;
use crate::store::sqlite::recovery::{replace, wipe};
use crate::store::sqlite::sql::schema::{self, OpenError};
use crate::store::sqlite::sql::{queries, statements, wal};

/// How many former ids a hub remembers. It recognises backups from before by them.
const FORMER: usize = 16;

/// Gives the database in this folder the id `fresh`. Returns the former id, or `None` if no hub has run
/// there. No hub may be running on the folder. A new epoch begins, so that no browser takes a message of one
/// hub for one of the other.
///
/// # Errors
/// See [`OpenError`]. The id is then unchanged.
pub fn renew_id(folder: &Path, fresh: HubId) -> Result<Option<HubId>, OpenError> {
    let path = folder.join(FILE);
    wipe::none_ordered(folder)?;
    replace::finish(folder).map_err(in_folder(folder))?;
    if !path.try_exists().map_err(in_folder(folder))? {
        return Ok(None);
    }
    let sqlite = |cause| OpenError::Sqlite { path: path.clone(), cause };
    let db = schema::open_writer(&path)?;
    let Some(known) = queries::hub_id(&db).map_err(sqlite)? else { return Ok(None) };
    let mut former = queries::former_ids(&db).map_err(sqlite)?;
    former.extend(known.as_bytes());
    let kept = former.len().min(FORMER * 16);
    let former = &former[former.len() - kept..];
    let [a, b, c, d, ..] = *fresh.as_bytes();
    let renew = || {
        let tx = db.unchecked_transaction()?;
        statements::set_meta(&tx, "hub_id", fresh.as_bytes())?;
        statements::set_meta(&tx, "former_ids", former)?;
        tx.execute("DELETE FROM host_keys WHERE id IS NOT NULL", [])?;
        // The other hub has the same links.
        tx.execute("UPDATE walls SET link = NULL WHERE link IS NOT NULL", [])?;
        statements::set_meta(&tx, "epoch", u32::from_be_bytes([a, b, c, d]))?;
        tx.commit()
    };
    renew().map_err(sqlite)?;
    wal::close(db, &path).map_err(sqlite)?;
    Ok(Some(known))
}

fn in_folder(folder: &Path) -> impl Fn(io::Error) -> OpenError {
    |cause| OpenError::Folder { path: folder.to_owned(), cause }
}
