//! Room passwords: Argon2id, one at a time and never on the event loop's thread.

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash as Phc, Version};

use super::passwords::{Job, PasswordResult};
use crate::domain::room::PasswordHash;
use crate::domain::text::Password;

/// How many blocks of 1 KiB are allocated, even if fewer are used: 33 MiB. glibc maps allocations above 32 MiB
/// separately and unmaps them when they are freed; it would keep smaller ones, several for each thread that has hashed.
const MAPPED: usize = 33 * 1024;

/// Does the work. Blocks the calling thread, for a second on the smallest boards.
pub(super) fn run(job: &Job) -> PasswordResult {
    let done = match job {
        Job::Hash { password, salt } => hash(password, *salt).map(PasswordResult::Hashed),
        Job::Verify { password, hash } => verify(password, hash).map(PasswordResult::Verified),
    };
    done.unwrap_or(PasswordResult::Failed)
}

/// Hashes a password with OWASP's minimum for Argon2id: 19 MiB, two passes, one lane. `None` if there is not enough
/// memory.
fn hash(password: &Password, salt: [u8; 16]) -> Option<PasswordHash> {
    let params = Params::default();
    let hash = Phc {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(&salt).ok()?),
        hash: Some(output(params, password, &salt)?),
    };
    Some(PasswordHash(hash.to_string()))
}

/// Whether a hash is that of this password. Takes as long as hashing. False for a hash that is not in the hub's form or
/// would cost too much. `None` if there is not enough memory.
fn verify(password: &Password, hash: &PasswordHash) -> Option<bool> {
    if !hash.is_bearable() {
        tracing::error!(
            "the hash of a room's password is not one of a hub's; nobody comes in by it"
        );
        return Some(false);
    }
    let hash = Phc::new(&hash.0).ok()?;
    let again = output(Params::try_from(&hash).ok()?, password, &hash.salt?)?;
    // Compares in constant time.
    Some(hash.hash? == again)
}

fn output(params: Params, password: &Password, salt: &[u8]) -> Option<Output> {
    let mut blocks: Vec<Block> = Vec::new();
    let count = params.block_count();
    let is_there = blocks.try_reserve_exact(count.max(MAPPED));
    is_there.inspect_err(|error| tracing::error!(%error, "a password could not be hashed")).ok()?;
    blocks.resize(count, Block::new());
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let done = argon2.hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        &mut output,
        blocks.as_mut_slice(),
    );
    done.inspect_err(|error| tracing::error!(%error, "a password could not be hashed")).ok()?;
    Output::new(&output).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_opens() {
        let password = Password::parse("콜라 1234").unwrap();
        let hash = hash(&password, [3; 16]).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert_eq!(verify(&password, &hash), Some(true));
        // In the form that earlier versions of the hub wrote.
        let earlier = "$argon2id$v=19$m=19456,t=2,p=1$AwMDAwMDAwMDAwMDAwMDAw$";
        assert!(hash.0.starts_with(earlier), "{}", hash.0);
        assert_eq!(verify(&Password::parse("콜라 1235").unwrap(), &hash), Some(false));
        assert_eq!(verify(&password, &PasswordHash("broken".into())), Some(false));
    }

    #[test]
    fn no_password_matches_a_hash_that_needs_gigabytes() {
        let password = Password::parse("콜라 1234").unwrap();
        // It is cheap enough to compute in a test, and the password is right, so only the bound refuses it.
        let params = Params::new(40 * 1024, 1, 1, None).unwrap();
        let salt = [3; 16];
        let hash = Phc {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).unwrap(),
            salt: Some(Salt::new(&salt).unwrap()),
            hash: Some(output(params, &password, &salt).unwrap()),
        };
        assert_eq!(verify(&password, &PasswordHash(hash.to_string())), Some(false));
    }
}
