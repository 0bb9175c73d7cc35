//! A hub's signer with a known key, and text that is put together from its tokens.

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

/// The text with true pieces in it, which chance alone would never find: of one browser's token `$h`ead,
/// `$c`laims, `$s`ignature and `$t`he whole; in capitals the other's; `$f` is a signature of the same
/// claims by another hub.
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
