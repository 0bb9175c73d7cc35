//! `colahub new-id`: a new id for a hub whose card is a copy of another hub's.

use std::io::Write;

use clap::Args;

use super::FileArg;
use crate::config::{self, Config, Flag, Sources};
use crate::server::{self, Renewed};

#[derive(Debug, Args)]
pub(super) struct NewIdArgs {
    #[command(flatten)]
    file: FileArg,
    /// The directory of the hub's data [COLAHUB_DATA_DIR, data_dir]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// Keep the key by which browsers are known: those who came before stay who they are, and whoever has the
    /// other card can be anybody here
    #[arg(long)]
    keep_key: bool,
}

impl NewIdArgs {
    fn load(self) -> anyhow::Result<Config> {
        let data_dir = self.data_dir.map(|dir| Flag::one("--data-dir", "data_dir", dir));
        let flags = data_dir.into_iter().collect();
        Ok(config::load(Sources { flags, ..self.file.into_sources() })?.config)
    }
}

/// Gives a stopped hub a new id and, without `--keep-key`, a new key.
pub(super) fn new_id(args: NewIdArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let keep_key = args.keep_key;
    let config = args.load()?;
    let folder = config.data_dir;
    if config.database_url.is_some() {
        let id = server::renew_shared(&folder)?;
        writeln!(
            out,
            "this hub is {id} from its next start on; its key is that of all hubs on the database"
        )?;
        return Ok(());
    }
    let Some(Renewed { id, replaced_key }) = server::renew(&folder, keep_key)? else {
        let folder = folder.display();
        writeln!(out, "no hub has begun in {folder}: it gets an id of its own at its first start")?;
        return Ok(());
    };
    writeln!(out, "this hub is {id} from its next start on")?;
    if keep_key {
        writeln!(
            out,
            "its key is the same, so those who came before stay who they are; whoever has the other card \
             can be any of them here"
        )?;
    } else {
        writeln!(out, "its key is new too, so everybody who came before is a new chatter")?;
    }
    if let Some(kept) = replaced_key {
        let kept = folder.join(kept);
        writeln!(out, "the key that was there is kept as {}", kept.display())?;
    }
    Ok(())
}
