//! What `X-Hub-Signature` proves: that whoever sent a document knows the secret (section 8 of the
//! Recommendation).

use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

/// Whether `header` is the signature of `body` with `secret`, compared in constant time. One that is
/// missing, or by a method that the Recommendation does not name, is none.
pub fn is_signed(secret: &str, header: Option<&str>, body: &[u8]) -> bool {
    let Some((method, hex)) = header.and_then(|header| header.trim().split_once('=')) else {
        return false;
    };
    let Ok(signature) = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()) else { return false };
    let secret = secret.as_bytes();
    match method.to_ascii_lowercase().as_str() {
        "sha1" => is_mac::<Hmac<Sha1>>(secret, body, &signature),
        "sha256" => is_mac::<Hmac<Sha256>>(secret, body, &signature),
        "sha384" => is_mac::<Hmac<Sha384>>(secret, body, &signature),
        "sha512" => is_mac::<Hmac<Sha512>>(secret, body, &signature),
        _ => false,
    }
}

fn is_mac<M: Mac + KeyInit>(secret: &[u8], body: &[u8], signature: &[u8]) -> bool {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret) else { return false };
    mac.update(body);
    mac.verify_slice(signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202 and RFC 4231, test case 2.
    const SECRET: &str = "Jefe";
    const BODY: &[u8] = b"what do ya want for nothing?";
    const SHA1: &str = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    const SHA256: &str = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    #[test]
    fn the_methods_of_the_recommendation_are_known() {
        let sha384 = "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
                      8e2240ca5e69e2c78b3239ecfab21649";
        let sha512 = "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
                      9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737";
        for header in [SHA1, SHA256, sha384, sha512, &SHA256.to_uppercase()] {
            assert!(is_signed(SECRET, Some(header), BODY), "{header}");
        }
    }

    #[test]
    fn what_is_not_signed_with_the_secret_is_refused() {
        let cut = &SHA256[..SHA256.len() - 2];
        for header in
            ["", "sha256", "sha256=", "md5=x", "sha256=zz", cut, &SHA1.replace('1', "256")]
        {
            assert!(!is_signed(SECRET, Some(header), BODY), "{header}");
        }
        assert!(!is_signed(SECRET, None, BODY));
        assert!(!is_signed("jefe", Some(SHA256), BODY));
        assert!(!is_signed(SECRET, Some(SHA256), &BODY[1..]));
    }
}
