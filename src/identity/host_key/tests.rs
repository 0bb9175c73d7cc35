use proptest::prelude::*;

use super::*;

fn signer() -> Signer {
    Signer::with_key([7; 32])
}

fn key() -> HostKeyId {
    HostKeyId::from_random([3; 16])
}

const PATH: &str = "/api/host/rooms/K7PMX3/close?browser=b";
const BODY: &[u8] = br#"{"a":1}"#;

fn mac(signer: &Signer, id: HostKeyId, number: i64) -> [u8; 32] {
    let Secret(key) = signer.host_secret(id);
    let hash: String = Sha256::digest(BODY).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut mac = keyed(&key);
    mac.update(format!("POST\n{PATH}\n{number}\n{hash}").as_bytes());
    mac.finalize().into_bytes().into()
}

fn signed(number: i64) -> Signature {
    Signature { id: key(), number, mac: mac(&signer(), key(), number) }
}

fn header(signature: &Signature) -> String {
    let Signature { id, number, mac } = signature;
    format!("ColaHub-Host id={id}, seq={number}, mac={}", URL_SAFE_NO_PAD.encode(mac))
}

/// The expected values were computed with `openssl dgst -sha256 -mac HMAC`.
#[test]
fn the_key_and_the_signature_are_those_of_another_program() {
    assert_eq!(signer().host_secret(key()).text(), "XEjxvqFfbKOuqpctkSKQhpcNGGrmGyp4NELuNk226sw");
    let header = header(&signed(42));
    assert!(header.ends_with("mac=TVIU9Q3heeUq4F2QU-cq8A6gpojqhmy-FIGcX-KQwIM"), "{header}");
}

#[test]
fn a_signature_is_valid_for_the_signed_request_only() {
    let (signer, right) = (signer(), signed(5));
    assert_eq!(Signature::parse(header(&right).as_bytes()), Some(right.clone()));
    assert!(signer.is_signed(&right, "POST", PATH, BODY));
    assert!(!signer.is_signed(&right, "PUT", PATH, BODY));
    assert!(!signer.is_signed(&right, "POST", "/api/host/rooms/K7PMX3/close", BODY));
    assert!(!signer.is_signed(&right, "POST", PATH, b""));
    assert!(!signer.is_signed(&Signature { number: 6, ..right.clone() }, "POST", PATH, BODY));
    let other = HostKeyId::from_random([4; 16]);
    assert!(!signer.is_signed(&Signature { id: other, ..right.clone() }, "POST", PATH, BODY));
    assert!(!Signer::with_key([8; 32]).is_signed(&right, "POST", PATH, BODY), "another hub's");
    for byte in 0..32 {
        let mut mac = right.mac;
        mac[byte] ^= 1;
        assert!(!signer.is_signed(&Signature { mac, ..right.clone() }, "POST", PATH, BODY));
    }
}

#[test]
fn a_number_is_spelt_in_one_way_and_within_its_range() {
    let with = |number: &str| header(&signed(5)).replace("seq=5", &format!("seq={number}"));
    for good in ["1", "5", "9223372036854775807"] {
        assert!(Signature::parse(with(good).as_bytes()).is_some(), "{good}");
    }
    for bad in ["0", "-1", "+5", "05", "", " 5x", "5.0", "0x5", "9223372036854775808", "1e3", "٥"]
    {
        assert_eq!(Signature::parse(with(bad).as_bytes()), None, "{bad}");
    }
}

#[test]
fn anything_else_in_the_header_is_no_signature() {
    let right = header(&signed(5));
    let lower = right.replace("ColaHub-Host", "colahub-host");
    assert!(Signature::parse(lower.as_bytes()).is_some(), "a scheme has no case");
    for bad in [
        right.replace("ColaHub-Host", "Bearer"),
        right.replace("ColaHub-Host ", "ColaHub-Host"),
        format!("{right}, seq=6"),
        format!("{right}="),
        right.replace("id=", "ID="),
        right.replace(", seq=5", ""),
        right.replace("id=0303", "id=zz03"),
        right[..right.len() - 1].to_owned(),
        format!("{right}{}", " ".repeat(200)),
        String::new(),
    ] {
        assert_eq!(Signature::parse(bad.as_bytes()), None, "{bad}");
    }
    assert_eq!(Signature::parse(b"ColaHub-Host \xff"), None);
}

proptest! {
    /// Any header is parsed without a panic. A header that parses has only one spelling, except for spaces and the case
    /// of the scheme, so that no two headers stand for one request.
    #[test]
    fn a_parsed_header_has_one_spelling(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        cut in 0..130_usize,
        put in "[ -~]{0,3}",
    ) {
        let _any = Signature::parse(&bytes);
        let mut text = header(&signed(5));
        text.replace_range(cut.min(text.len())..(cut + put.len()).min(text.len()), &put);
        if let Some(read) = Signature::parse(text.as_bytes()) {
            let plain = |text: &str| text.replace([' ', '\t'], "").to_ascii_lowercase();
            prop_assert_eq!(plain(&header(&read)), plain(&text));
        }
    }
}
