//! Identities: a signed token (JWT, RFC 7519, HS256) names a browser, and nothing else.
//!
//! A chatter's id is public and proves nothing. The token of the browser that created the chatter proves
//! ownership. Tokens do not expire: a wrong clock must not make people strangers.

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod host_key;
mod wall_link;

use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt, UntrustedToken};
use serde::Deserialize;
use sha2::Sha256;

pub use self::host_key::{Secret, Signature};
pub use self::wall_link::WallSecret;
use crate::domain::ids::IdentityId;

/// The file of the signing key inside the data folder.
const FILE: &str = "identity.key";

/// The name under which an unusable key is set aside, followed by a number.
const UNUSABLE: &str = "identity.key.unusable-";

/// The same for a key that the host has replaced.
const REPLACED: &str = "identity.key.replaced-";

/// How many of each are kept.
const KEEP: usize = 2;

/// The cookie that carries the token.
const COOKIE: &str = "colahub";

/// How long a browser keeps the cookie, in seconds: the 400 days that browsers allow at most.
const COOKIE_AGE: u32 = 400 * 24 * 60 * 60;

/// The header of each token, `{"alg":"HS256","typ":"JWT"}`, as it stands in it.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// The longest token that is parsed, in bytes; the hub's have 140.
const TOKEN_MAX: usize = 512;

/// Signs and verifies the tokens of one hub.
pub struct Signer {
    key: Hs256Key,
    /// The same key, ready to sign: a browser that comes for the first time pays for two blocks of SHA-256 less.
    signing: Hmac<Sha256>,
    /// The signing key, from which the keys of hosts are derived.
    root: [u8; 32],
    /// What happened to an unusable key.
    lost_key: Option<String>,
}

/// Why the signing key could not be read or created.
#[derive(Debug, thiserror::Error)]
#[error("the key {} cannot be read or made: {cause}", path.display())]
pub struct KeyError {
    path: PathBuf,
    cause: std::io::Error,
}

#[derive(Debug, Deserialize)]
struct Subject {
    sub: String,
}

impl Signer {
    /// The signer of hubs that share a store, which also holds their key.
    #[must_use]
    pub fn with_key(key: [u8; 32]) -> Self {
        let signing = host_key::keyed(&key);
        Self { key: Hs256Key::new(key), signing, root: key, lost_key: None }
    }

    /// The hub's signer, with the key in this folder. At the first start `fresh` becomes the key, in a file that only
    /// the hub's user can read. A file without a valid key is set aside and replaced by `fresh`: the hub then serves,
    /// and everybody is a new chatter.
    ///
    /// # Errors
    /// The file cannot be read for lack of permission, or cannot be created.
    pub fn open(folder: &Path, fresh: &[u8; 32]) -> Result<Self, KeyError> {
        let path = folder.join(FILE);
        let key = read_or_make(&path, fresh).map_err(|cause| KeyError { path, cause })?;
        // Only a message depends on it.
        let kept = set_aside(folder, UNUSABLE).unwrap_or_default().pop();
        let lost_key = kept.map(|(_, kept)| {
            let name = kept.file_name().unwrap_or_default().to_string_lossy().into_owned();
            format!(
                "the key by which browsers were known could not be used, so everybody who came before is \
                 a new chatter; it is kept as {name}"
            )
        });
        Ok(Self { lost_key, ..Self::with_key(key) })
    }

    /// A sentence about an unusable key, while its file is kept.
    #[must_use]
    pub fn lost_key(&self) -> Option<&str> {
        self.lost_key.as_deref()
    }

    /// Signs a token for this browser.
    #[must_use]
    pub fn token(&self, identity: IdentityId) -> String {
        // By hand, since `jwt_compact` would prepare the key again for each.
        let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"{identity}"}}"#));
        let mut token = format!("{HEADER}.{claims}");
        let mac = self.signing.clone().chain_update(&token).finalize().into_bytes();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(mac, &mut token);
        token
    }

    /// The browser that a token names. `None` if this hub did not sign it.
    #[must_use]
    pub fn verify(&self, token: &str) -> Option<IdentityId> {
        if token.len() > TOKEN_MAX {
            return None;
        }
        let untrusted = UntrustedToken::new(token).ok()?;
        // The hub chooses the algorithm, not the token: anything but HS256 fails.
        let token = Hs256.validator::<Subject>(&self.key).validate(&untrusted).ok()?;
        token.claims().custom.sub.parse().ok()
    }

    /// The token in an `Authorization` header; `None` for another scheme than `Bearer`. The scheme is
    /// case-insensitive, and any number of spaces may follow it (RFC 9110, sections 11.1 and 11.4).
    #[must_use]
    pub fn bearer(header: &[u8]) -> Option<&str> {
        let mut words = std::str::from_utf8(header).ok()?.split_ascii_whitespace();
        if !words.next()?.eq_ignore_ascii_case("Bearer") {
            return None;
        }
        // Several words count as an invalid token, not as no token.
        let token = words.next().unwrap_or_default();
        Some(if words.next().is_some() { "" } else { token })
    }

    /// The browser that a `Cookie` header names. The header is read as bytes: other pages on the same host
    /// may have set any cookies, which must not hide the hub's.
    #[must_use]
    pub fn verify_cookie(&self, header: &[u8]) -> Option<IdentityId> {
        let pairs = header.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let tokens =
            pairs.filter_map(|pair| pair.strip_prefix(COOKIE.as_bytes())?.strip_prefix(b"="));
        tokens
            .filter_map(|token| std::str::from_utf8(token).ok())
            .find_map(|token| self.verify(token))
    }

    /// The `Set-Cookie` header that makes a browser keep its identity. Not `Secure`, since the hub serves plain HTTP,
    /// over which a browser would not send the cookie back.
    #[must_use]
    pub fn set_cookie(&self, identity: IdentityId) -> String {
        let token = self.token(identity);
        format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_AGE}")
    }
}

fn read_or_make(path: &Path, fresh: &[u8; 32]) -> std::io::Result<[u8; 32]> {
    let whole = |key: Vec<u8>| <[u8; 32]>::try_from(key).ok().filter(|key| *key != [0; 32]);
    match std::fs::read(path).map(whole) {
        Ok(Some(key)) => return Ok(key),
        // The key may be valid, but not readable for this user.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Err(error),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Ok(None) | Err(_) => {
            let kept_as = put_aside(path, UNUSABLE)?;
            tracing::error!(
                kept_as,
                "the key by which browsers are known could not be used and is set aside; with a new one \
                 everybody is a new chatter"
            );
        }
    }
    make(path, fresh)?;
    Ok(*fresh)
}

/// Gives a stopped hub the key `fresh`, which makes everybody a new chatter. Returns the name in the folder under which
/// the former key is kept, if there was one.
///
/// # Errors
/// The folder cannot be written. The key is then either the former or the new one.
pub fn renew(folder: &Path, fresh: &[u8; 32]) -> Result<Option<String>, KeyError> {
    let path = folder.join(FILE);
    let renew = || match path.symlink_metadata() {
        Ok(_) => {
            put_aside(&path, REPLACED).and_then(|kept| make(&path, fresh).map(|()| Some(kept)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => make(&path, fresh).map(|()| None),
        Err(error) => Err(error),
    };
    renew().map_err(|cause| KeyError { path: path.clone(), cause })
}

/// The keys that were set aside with this prefix, the oldest first, with their numbers.
fn set_aside(folder: &Path, prefix: &str) -> std::io::Result<Vec<(u32, PathBuf)>> {
    let number = |path: &Path| -> Option<u32> {
        path.file_name()?.to_str()?.strip_prefix(prefix)?.parse().ok()
    };
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        found.extend(number(&path).map(|number| (number, path)));
    }
    found.sort();
    Ok(found)
}

fn put_aside(path: &Path, prefix: &str) -> std::io::Result<String> {
    let mut before = set_aside(path.parent().unwrap_or(Path::new(".")), prefix)?;
    let number = before.last().map_or(1, |(number, _)| number.saturating_add(1));
    let kept_as = format!("{prefix}{number}");
    std::fs::rename(path, path.with_file_name(&kept_as))?;
    while before.len() >= KEEP {
        // Not worth an error: it is retried the next time.
        let _gone = std::fs::remove_file(before.remove(0).1);
    }
    Ok(kept_as)
}

/// Writes a key file atomically, so that a power cut does not leave half a key.
fn make(path: &Path, key: &[u8]) -> std::io::Result<()> {
    let draft = path.with_extension("key.new");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(key)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let (owner, own) = (folder.metadata()?, file.metadata()?);
    if owner.uid() != own.uid() {
        // A key that root creates is for a hub that runs as another user. Only root can change the owner, and only
        // root needs to.
        let _not_root = fchown(&file, Some(owner.uid()), Some(owner.gid()));
    }
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn signer(key: u8) -> Signer {
        Signer::with_key([key; 32])
    }

    fn ann() -> IdentityId {
        IdentityId::from_random([1; 16])
    }

    #[test]
    fn only_this_hubs_tokens_are_valid() {
        let token = signer(1).token(ann());
        assert_eq!(signer(1).verify(&token), Some(ann()));
        assert_eq!(signer(2).verify(&token), None, "another key");
        let (body, _) = token.rsplit_once('.').unwrap();
        assert_eq!(signer(1).verify(&format!("{body}.")), None, "no signature");
        assert_eq!(signer(1).verify(&token.replace('.', "..")), None);
        assert_eq!(signer(1).verify(&"a".repeat(100_000)), None);
    }

    #[test]
    fn a_token_is_what_a_library_makes_of_it() {
        #[derive(serde::Serialize)]
        struct Named {
            sub: String,
        }
        for key in [1, 2, 255] {
            let header = jwt_compact::Header::empty().with_token_type("JWT");
            let claims = jwt_compact::Claims::new(Named { sub: ann().to_string() });
            let made = Hs256.token(&header, &claims, &Hs256Key::new([key; 32])).unwrap();
            assert_eq!(signer(key).token(ann()), made);
        }
    }

    #[test]
    fn a_renewed_key_believes_nothing_from_before_and_the_old_one_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(renew(folder.path(), &[1; 32]).unwrap(), None, "there was none");
        let token = signer(1).token(ann());
        for (key, kept) in [(2, "identity.key.replaced-1"), (3, "identity.key.replaced-2")] {
            assert_eq!(renew(folder.path(), &[key; 32]).unwrap().as_deref(), Some(kept));
        }
        let signer = Signer::open(folder.path(), &[9; 32]).unwrap();
        assert_eq!(signer.verify(&token), None);
        assert_eq!(signer.lost_key(), None, "nothing was lost: the host wanted it");
        assert_eq!(std::fs::read(folder.path().join("identity.key.replaced-1")).unwrap(), [1; 32]);
        let mode = std::fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_token_with_another_algorithm_is_invalid() {
        // {"alg":"none"} with the subject of a true token.
        let token = signer(1).token(ann());
        let claims = token.split('.').nth(1).unwrap();
        assert_eq!(signer(1).verify(&format!("eyJhbGciOiJub25lIn0.{claims}.")), None);
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let signer = signer(1);
        let cookie = format!("a=b; colahub={}; 이름=콜라", signer.token(ann()));
        assert_eq!(signer.verify_cookie(cookie.as_bytes()), Some(ann()));
        assert_eq!(signer.verify_cookie(b"colahub=; colahub; \xff=\xff"), None);
    }

    #[test]
    fn a_bearer_is_one_however_its_scheme_is_written() {
        for header in ["Bearer a.b", "bearer a.b", "BEARER   a.b ", " bEaReR a.b"] {
            assert_eq!(Signer::bearer(header.as_bytes()), Some("a.b"), "{header}");
        }
        assert_eq!(Signer::bearer(b"Bearer"), Some(""), "a token is missing");
        assert_eq!(Signer::bearer(b"Bearer a.b c"), Some(""));
        for header in ["Basic a.b", "Bearera.b", "", "a.b", "Bear er a.b"] {
            assert_eq!(Signer::bearer(header.as_bytes()), None, "{header}");
        }
    }

    #[test]
    fn the_key_is_made_once_and_for_the_hubs_user_only() {
        let folder = tempfile::tempdir().unwrap();
        let token = Signer::open(folder.path(), &[1; 32]).unwrap().token(ann());
        let again = Signer::open(folder.path(), &[2; 32]).unwrap();
        assert_eq!(again.verify(&token), Some(ann()));
        let mode = std::fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn an_invalid_key_is_set_aside_and_a_new_one_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        for (n, bytes) in [vec![], vec![7; 31], vec![7; 33], vec![0; 32]].into_iter().enumerate() {
            std::fs::write(&path, &bytes).unwrap();
            let signer = Signer::open(folder.path(), &[9; 32]).unwrap();
            let kept = format!("{UNUSABLE}{}", n + 1);
            assert!(signer.lost_key().unwrap().ends_with(&kept), "{:?}", signer.lost_key());
            assert_eq!(std::fs::read(folder.path().join(kept)).unwrap(), bytes);
            assert_eq!(std::fs::read(&path).unwrap(), [9; 32]);
        }
        let unseen = folder.path().join("unseen");
        std::os::unix::fs::symlink(&unseen, &unseen).unwrap();
        assert!(set_aside(&unseen, UNUSABLE).is_err(), "any name might be that of a kept file");
        assert_eq!(
            set_aside(folder.path(), UNUSABLE).unwrap().len(),
            KEEP,
            "the newest two are kept"
        );
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(Signer::open(folder.path(), &[9; 32]).is_ok());
        assert!(path.is_file());
    }
}
