use std::borrow::ToOwned as _;
use std::string::String;

use super::*;
use crate::http::request_line;

#[test]
fn hosts() {
    for (text, valid) in [
        ("", true),
        ("a", true),
        ("a:", true),
        (":80", true),
        ("a:80", true),
        ("a.b-c_d~e%20!$&'()*+,;=", true),
        ("[::1]", true),
        ("[::1]:80", true),
        ("[v1.fe80::a+en1]", true),
        ("[V0F.~]:1", true),
        ("[::]", true),
        ("[1:2:3:4:5:6:7::]", true),
        ("[::ffff:127.0.0.1]", true),
        ("[1:2:3:4:5:6:255.0.10.249]", true),
        ("%", false),
        ("%4", false),
        ("a%zz", false),
        ("a%4z", false),
        ("a%2", false),
        ("a%%41", false),
        ("%41%42:1", true),
        ("[%]", false),
        ("[%41]", false),
        ("[zz]", false),
        ("[a]", false),
        ("[v]", false),
        ("[v1]", false),
        ("[v1.]", false),
        ("[v.a]", false),
        ("[vg.a]", false),
        ("[v1.a%41]", false),
        ("[v1.a[]", false),
        ("[1.2.3.4]", false),
        ("[:]", false),
        ("[:::]", false),
        ("[:::::::::]", false),
        ("[fe80::1%25eth0]", false),
        ("[", false),
        ("[]", false),
        ("[::1", false),
        ("::1]", false),
        ("[::1]]", false),
        ("[[::1]]", false),
        ("[::1]80", false),
        ("[::1]:80:80", false),
        ("a:80:80", false),
        ("a:b", false),
        ("a[", false),
        ("a b", false),
        ("a/b", false),
        ("a@b", false),
        ("a\\b", false),
        ("\u{e9}", false),
    ] {
        assert_eq!(is_host(text.as_bytes()), valid, "{text}");
    }
}

/// Core has the slow and obvious way, in all that these parts can be put together to.
#[test]
#[cfg_attr(miri, ignore = "takes Miri minutes")]
fn addresses_are_those_of_core() {
    const PARTS: [&str; 11] =
        [":", "::", "0", "1f", "ABCD", "12345", "g", "1.2.3.4", "256.0.0.1", "1.2.3", "01.2.3.4"];
    let agree = |text: &str| {
        let core = text.parse::<core::net::Ipv6Addr>().is_ok();
        assert_eq!(is_ipv6(text.as_bytes()), core, "{text}");
        core
    };
    let (mut valid, mut texts) = (0, std::vec![String::new()]);
    for _ in 0..5 {
        texts = texts.iter().flat_map(|text| PARTS.map(|part| text.clone() + part)).collect();
        valid += texts.iter().filter(|text| agree(text)).count();
    }
    // As many groups as fit, and one or two more, with a gap or an address at any place.
    for groups in 1..=10 {
        for special in 0..groups {
            for part in ["1", "", "::", "1.2.3.4", ":"] {
                let mut parts = std::vec!["fe80"; groups];
                parts[special] = part;
                valid += usize::from(agree(&parts.join(":")));
                valid += usize::from(agree(&("::".to_owned() + &parts.join(":"))));
                valid += usize::from(agree(&(parts.join(":") + "::")));
            }
        }
    }
    assert!(valid > 100, "{valid} of them are addresses");
}

#[test]
fn a_path_may_be_as_long_as_the_memory() {
    for (target, len) in [("/", 0), ("/abc", 3), ("/a/b", 3), ("/a%20b", 3), ("/a//b/", 3)] {
        let target = Target::parse(target.as_bytes()).unwrap();
        let mut memory = [0; 8];
        assert_eq!(target.decode(&mut memory[..len]).map(|path| path.as_bytes().len()), Ok(len));
        if len > 0 {
            assert_eq!(target.decode(&mut memory[..len - 1]), Err(Error::PathTooLong));
        }
    }
}

#[test]
fn as_much_memory_as_the_path_is_long_suffices() {
    let parts = ["/", "/a", "/.", "/..", "/%2e%2E", "/%61", "//", "/%zz", "/a/../b"];
    let mut targets = std::vec![String::new()];
    for _ in 0..4 {
        targets =
            targets.iter().flat_map(|target| parts.map(|part| target.clone() + part)).collect();
        for target in &targets {
            let target = Target::parse(target.as_bytes()).unwrap();
            let path = target.decode(&mut std::vec![0; target.path().len()]).map(|_| ());
            assert_ne!(path, Err(Error::PathTooLong), "{}", target.path().escape_ascii());
        }
    }
}

#[test]
fn what_ends_in_a_directory_says_so() {
    for (target, directory) in [
        ("/", true),
        ("/a", false),
        ("/a/", true),
        ("/a//", true),
        ("/a/.", true),
        ("/a/%2e", true),
        ("/a/..", true),
        ("/a/b/..", true),
        ("/a/b/../c", false),
        ("http://a", true),
    ] {
        let mut memory = [0; 16];
        let path = Target::parse(target.as_bytes()).unwrap().decode(&mut memory).unwrap();
        assert_eq!(path.is_directory(), directory, "{target}");
    }
}

#[test]
fn each_form_has_its_parts() {
    use TargetForm::{Absolute, Asterisk, Authority, Origin};
    for (method, raw, form, authority, path, query) in [
        ("GET", "/", Origin, None, "/", None),
        ("GET", "/a?", Origin, None, "/a", Some("")),
        ("OPTIONS", "/*", Origin, None, "/*", None),
        ("GET", "http://a:1", Absolute, Some("a:1"), "/", None),
        ("GET", "http://a?/b", Absolute, Some("a"), "/", Some("/b")),
        ("GET", "http://[::1]/*?*", Absolute, Some("[::1]"), "/*", Some("*")),
        ("OPTIONS", "*", Asterisk, None, "", None),
        ("CONNECT", "a:80", Authority, Some("a:80"), "", None),
        ("CONNECT", "[::1]:80", Authority, Some("[::1]:80"), "", None),
        ("CONNECT", "*:80", Authority, Some("*:80"), "", None),
    ] {
        let line = std::format!("{method} {raw} HTTP/1.1");
        let target = request_line(line.as_bytes()).unwrap().target;
        assert_eq!((target.form(), target.as_bytes()), (form, raw.as_bytes()), "{line}");
        assert_eq!(target.authority(), authority.map(str::as_bytes), "{line}");
        assert_eq!((target.path(), target.query()), (path.as_bytes(), query.map(str::as_bytes)));
    }
}

#[test]
fn only_paths_are_decoded() {
    let target = |method, raw: &'static [u8]| Target::for_method(method, raw, raw.len()).unwrap();
    let decoded = |target: Target<'_>| target.decode(&mut [0; 16]).map(|_| ());
    assert_eq!(decoded(target(Method::Options, b"*")), Err(Error::TargetAsterisk));
    assert_eq!(decoded(target(Method::Connect, b"a:80")), Err(Error::TargetForm));
}

#[test]
fn paths_and_what_is_wrong_with_them() {
    for (target, expected) in [
        ("/", Ok("")),
        ("/a/b/c/..", Ok("a/b")),
        ("/a/b/c/../../d", Ok("a/d")),
        ("/a/b/../../c", Ok("c")),
        ("/a/..", Ok("")),
        ("/a%2Fb", Err(Error::PathEncodedSlash)),
        ("/a\\b", Err(Error::PathBackslash)),
        ("/a%5cb", Err(Error::PathBackslash)),
        ("/a%00", Err(Error::PathControl)),
        ("/a%7f", Err(Error::PathControl)),
        ("/%", Err(Error::PathEscape)),
        ("/%2", Err(Error::PathEscape)),
        ("/%2x", Err(Error::PathEscape)),
        ("/a/../..", Err(Error::PathAboveRoot)),
        ("/<a>", Err(Error::TargetSyntax)),
    ] {
        let mut memory = [0; 32];
        let path = Target::parse(target.as_bytes()).unwrap().decode(&mut memory);
        assert_eq!(path.map(|path| path.as_bytes()), expected.map(str::as_bytes), "{target}");
    }
}
