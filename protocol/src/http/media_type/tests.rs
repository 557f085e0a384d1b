use super::*;

#[test]
fn the_table_names_each_extension_once_in_lowercase() {
    for (index, (extension, media_type)) in MEDIA_TYPES.iter().enumerate() {
        assert_eq!(*extension, extension.to_ascii_lowercase());
        assert!(!MEDIA_TYPES[..index].iter().any(|(other, _)| other == extension), "{extension}");
        let text = media_type.starts_with("text/");
        assert_eq!(media_type.ends_with("; charset=utf-8"), text, "{extension}");
        assert!(MediaType::new(media_type).is_some(), "{extension}");
    }
}

#[test]
fn types_go_by_the_last_part_of_the_name() {
    for (name, expected) in [
        ("index.html", "text/html; charset=utf-8"),
        ("A.B.CSS", "text/css; charset=utf-8"),
        ("dir.html/file", "application/octet-stream"),
        ("dir.html/file.js", "text/javascript; charset=utf-8"),
        ("archive.tar.gz", "application/gzip"),
        ("html", "application/octet-stream"),
        (".html", "text/html; charset=utf-8"),
        ("file.", "application/octet-stream"),
        ("file.nobody-knows", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("\u{fe}.png", "image/png"),
    ] {
        assert_eq!(MediaType::of_file(name.as_bytes()).as_str(), expected, "{name}");
    }
}

#[test]
fn a_type_is_one_line_of_ascii() {
    let others = ('\0'..' ').chain('\x7f'..='\u{ff}').map(|byte| std::format!("a{byte}b"));
    let texts =
        others.chain(["", "  ", "text/plain\r\nSet-Cookie: a=b", "\u{20ac}"].map(String::from));
    for text in texts {
        assert_eq!(MediaType::new(&text), None, "{}", text.escape_debug());
    }
    for text in ('!'..='~').map(|byte| std::format!("a {byte}")) {
        assert_eq!(MediaType::new(&text).map(MediaType::as_str), Some(text.as_str()));
    }
}

#[test]
fn codings_are_taken_unless_refused() {
    for (lists, brotli, gzip) in [
        (&[][..], false, false),
        (&["gzip, deflate, br, zstd"], true, true),
        (&["gzip"], false, true),
        (&["GZip"], false, true),
        (&["gzip", "br"], true, true),
        (&["X-Gzip"], false, true),
        (&["x-gzip;q=0, *"], true, false),
        (&["gzip;q=0"], false, false),
        (&["gzip;q=0.000"], false, false),
        (&["gzip ; q=0.001"], false, true),
        (&["gzip;q=1.000, br;Q=0.5"], true, true),
        (&["*"], true, true),
        (&["*;q=0"], false, false),
        (&["*, gzip;q=0"], true, false),
        (&["gzip;q=0, *"], true, false),
        (&["br, *;q=0"], true, false),
        (&["identity"], false, false),
        (&[""], false, false),
        // Malformed weights are no consent.
        (&["gzip;q=2"], false, false),
        (&["gzip;q=-1"], false, false),
        (&["gzip;q=1.001"], false, false),
        (&["gzip;q=0.5000"], false, false),
        (&["gzip;q="], false, false),
        (&["gzip;level=9"], false, false),
    ] {
        for (coding, expected) in [(Coding::Brotli, brotli), (Coding::Gzip, gzip)] {
            let taken = coding.is_in(lists.iter().map(|list| list.as_bytes()));
            assert_eq!(taken, expected, "{coding:?} in {lists:?}");
        }
    }
}

use std::string::String;
