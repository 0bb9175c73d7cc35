//! Room passwords: Argon2id, one at a time and never on the event loop's thread.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash as Phc};

use crate::domain::room::PasswordHash;
use crate::domain::text::Password;

/// Hashes a password (OWASP's minimum for Argon2id: 19 MiB, two passes). Takes a second on the
/// smallest boards. Nothing where the system gives no memory or randomness for it.
pub(super) fn hash(password: &Password, salt: [u8; 16]) -> Option<PasswordHash> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.inspect_err(|error| tracing::error!(%error, "a password could not be hashed"))
        .ok()
        .map(|hash| PasswordHash(hash.to_string()))
}

/// Whether this is the password that was hashed. Takes as long as hashing.
pub(super) fn verify(password: &Password, hash: &PasswordHash) -> bool {
    Phc::new(&hash.0)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_opens() {
        let password = Password::parse("콜라 1234").unwrap();
        let hash = hash(&password, [3; 16]).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert!(verify(&password, &hash));
        assert!(!verify(&Password::parse("콜라 1235").unwrap(), &hash));
        assert!(!verify(&password, &PasswordHash("broken".into())));
    }
}
