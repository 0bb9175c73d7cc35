//! A signer with a known key, and texts that are composed from its tokens.

use super::Signer;
use crate::domain::ids::IdentityId;

/// The hub's signer.
pub(crate) fn signer() -> Signer {
    Signer::with_key([1; 32])
}

/// The two browsers that have a token.
pub(crate) fn owners() -> [IdentityId; 2] {
    [IdentityId::from_random([1; 16]), IdentityId::from_random([2; 16])]
}

/// Replaces placeholders by pieces of valid tokens, which random input would never contain: of one browser's token
/// `$h` is the header, `$c` the claims, `$s` the signature and `$t` the whole; in capitals those of the other
/// browser. `$f` is another hub's signature of the same claims.
pub(crate) fn with_pieces(text: &str) -> String {
    let [ann, bob] = owners();
    let foreign = Signer::with_key([2; 32]).token(ann);
    let mut whole = text.replace("$f", piece(&foreign, 2));
    for (token, names) in [
        (signer().token(ann), ["$t", "$h", "$c", "$s"]),
        (signer().token(bob), ["$T", "$H", "$C", "$S"]),
    ] {
        whole = whole.replace(names[0], &token);
        for (at, name) in names[1..].iter().enumerate() {
            whole = whole.replace(name, piece(&token, at));
        }
    }
    whole
}

fn piece(token: &str, at: usize) -> &str {
    token.split('.').nth(at).unwrap_or_default()
}
