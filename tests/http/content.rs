//! What is served of the files, and what is not.

use std::fs::{self, File};
use std::io::Read as _;
use std::thread;
use std::time::{Duration, SystemTime};

use antiphon_tests::site::{CANARY, HIDDEN, REFUSED, SERVED, UNSPEAKABLE, content, target};
use antiphon_tests::{Answer, Browser, Cell, Site, eventually};

/// Every file, byte for byte, and its head alone.
pub(crate) fn files_come_as_they_are(cell: Cell) {
    let site = Site::hostile();
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    for name in SERVED {
        let target = target(name);
        let answer = browser.gets(&target);
        assert_eq!(answer.status, 200, "{target}");
        assert!(answer.content == content(name), "{target}");
        let head = browser.heads_with(&target, "");
        assert_eq!(head.lasting_head(), answer.lasting_head(), "{target}");
    }
    browser.leaves();
}

/// Links that lead out, files that are none, names with dots: nothing of them is ever seen.
pub(crate) fn what_is_no_file_here_is_refused(cell: Cell) {
    let site = Site::hostile();
    for options in ["", "--list", "--list --dotfiles"] {
        let server = site.served(cell, options);
        let mut browser = Browser::connect(server.address());
        for name in REFUSED {
            let answer = browser.gets(&target(name.as_bytes()));
            assert_eq!(answer.status, 404, "{name}: {}", answer.head);
            assert!(!String::from_utf8_lossy(&answer.content).contains(CANARY), "{name}");
        }
        for name in UNSPEAKABLE {
            let answer = browser.gets(&target(name));
            assert_eq!(answer.status, 400, "{}", name.escape_ascii());
        }
        let expected = if options.contains("dotfiles") { 200 } else { 404 };
        for name in HIDDEN {
            let answer = browser.gets(&target(name));
            assert_eq!(answer.status, expected, "{}", name.escape_ascii());
        }
        browser.leaves();
    }
}

/// Who asks for a FIFO does not wake whoever waits to write into it, and takes nothing from them.
pub(crate) fn writers_of_a_fifo_sleep_on(cell: Cell) {
    let site = Site::hostile();
    let fifo = site.root().join("fifo");
    let server = site.served(cell, "--list");
    let mut browser = Browser::connect(server.address());
    let writer = thread::spawn({
        let fifo = fifo.clone();
        move || fs::write(fifo, "for somebody else")
    });
    let ends_early = (0..50).any(|_| {
        assert_eq!(browser.gets("/fifo").status, 404);
        assert_eq!(browser.gets("/").status, 200);
        writer.is_finished()
    });
    assert!(!ends_early, "the writer was woken");
    browser.leaves();
    // Opened for both it need not wait for a writer, should there be none any more.
    let mut reader = File::options().read(true).write(true).open(fifo).expect("the FIFO is there");
    writer.join().expect("no panic").expect("there is a reader");
    let mut read = [0; 17];
    reader.read_exact(&mut read).expect("it is in the FIFO");
    assert_eq!(&read, b"for somebody else");
}

/// Also one beneath a directory that is closed, and a listing of that directory.
pub(crate) fn an_unreadable_file_is_forbidden(cell: Cell) {
    let site = Site::new();
    site.mkdir("closed");
    for name in ["locked", "closed/file"] {
        site.write(name, "secret");
    }
    site.lock("locked");
    site.lock("closed");
    let server = site.served(cell, "--list");
    let mut browser = Browser::connect(server.address());
    for target in ["/locked", "/closed/file", "/closed/"] {
        let answer = browser.gets(target);
        assert_eq!(answer.status, 403, "{target}: {}", answer.head);
        assert!(!answer.text().contains("secret"), "{target}");
    }
    browser.leaves();
}

/// Who may go through a directory need not be able to read it, but for its listing.
pub(crate) fn an_unreadable_directory_has_files(cell: Cell) {
    let site = Site::new();
    for directory in ["indexed", "bare"] {
        site.mkdir(directory);
        site.write(format!("{directory}/file"), "file");
    }
    site.write("indexed/index.html", "index");
    for directory in ["indexed", "bare"] {
        site.only_through(directory);
    }
    let server = site.served(cell, "--list");
    let mut browser = Browser::connect(server.address());
    for (target, status, text) in [
        ("/indexed", 301, ""),
        ("/indexed/", 200, "index"),
        ("/indexed/file", 200, "file"),
        ("/bare/file", 200, "file"),
        ("/bare/", 403, ""),
    ] {
        let answer = browser.gets(target);
        assert_eq!(answer.status, status, "{target}");
        assert!(text.is_empty() || answer.text() == text, "{target}");
    }
    browser.leaves();
}

pub(crate) fn a_directory_is_its_index_or_nothing(cell: Cell) {
    let site = Site::new();
    site.write("index.html", "<p>root");
    site.mkdir("dir/deep");
    site.mkdir("empty");
    site.mkdir("odd/index.html");
    site.mkdir("led out");
    site.write("dir/index.html", "<p>dir");
    site.link("led out/index.html", "../../canary");
    site.mkdir("linked");
    site.link("linked/index.html", "../dir/index.html");
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    for (target, text) in [
        ("/", "<p>root"),
        ("/dir/", "<p>dir"),
        ("/dir/deep/..", "<p>dir"),
        // Also a link to elsewhere, as long as that is within the root.
        ("/linked/", "<p>dir"),
    ] {
        let answer = browser.gets(target);
        assert_eq!((answer.status, answer.text()), (200, text), "{target}");
        assert_eq!(answer.field("Content-Type"), Some("text/html; charset=utf-8"));
    }
    let moved = browser.gets("/dir?a=b");
    assert_eq!((moved.status, moved.field("Location")), (301, Some("/dir/?a=b")));
    assert!(moved.text().contains("<title>301 Moved Permanently</title>"));
    let moved = browser.gets("//dir");
    assert_eq!((moved.status, moved.field("Location")), (301, Some("/dir/")));
    let moved = browser.gets("/led%20out");
    assert_eq!((moved.status, moved.field("Location")), (301, Some("/led%20out/")));
    for target in ["/empty/", "/dir/deep/", "/odd/", "/led%20out/"] {
        let answer = browser.gets(target);
        assert_eq!(answer.status, 403, "{target}: {}", answer.head);
        assert!(!answer.text().contains(CANARY), "{target}");
    }
    browser.leaves();
}

pub(crate) fn types_are_told_by_the_name(cell: Cell) {
    let site = Site::new();
    let text = "text/plain; charset=utf-8";
    let types = [
        ("a.html", "text/html; charset=utf-8"),
        ("a.HTM", "text/html; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.png", "image/png"),
        ("a.svg", "image/svg+xml"),
        ("a.tar.gz", "application/gzip"),
        ("a.html.txt", text),
        ("a.txt", text),
        ("a.wasm", "application/wasm"),
        ("Makefile", "application/octet-stream"),
        ("html", "application/octet-stream"),
        ("a.nobody-knows", "application/octet-stream"),
    ];
    types.iter().for_each(|(name, _)| site.write(name, "<script>"));
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    for (name, media_type) in types {
        let answer = browser.gets(&format!("/{name}"));
        assert_eq!(answer.field("Content-Type"), Some(media_type), "{name}");
        assert_eq!(answer.field("X-Content-Type-Options"), Some("nosniff"), "{name}");
    }
    browser.leaves();
}

/// Sizes around what is kept in memory, and parts of each.
pub(crate) fn parts_are_cut_exactly(cell: Cell) {
    let site = Site::new();
    let bytes: Vec<u8> = (0..300_000_u32).map(|number| (number * 7 % 251) as u8).collect();
    let sizes = [1, 2, 4095, 4096, 16_383, 16_384, 16_385, 65_536, 300_000];
    for size in sizes {
        site.write(size.to_string(), &bytes[..size]);
    }
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    for size in sizes {
        let whole = browser.gets(&format!("/{size}"));
        assert!(whole.content == bytes[..size], "{size}");
        let last = size - 1;
        for (range, from, to) in [
            ("0-".to_owned(), 0, last),
            ("0-0".to_owned(), 0, 0),
            (format!("{last}-"), last, last),
            ("-1".to_owned(), last, last),
            (format!("{}-{last}", size / 2), size / 2, last),
            (format!("{}-{}", size / 3, size + 10), size / 3, last),
            (format!("-{}", size + 10), 0, last),
        ] {
            let part = browser.gets_with(&format!("/{size}"), &format!("Range: bytes={range}\r\n"));
            assert_eq!(part.status, 206, "{size}: {range}");
            let content_range = format!("bytes {from}-{to}/{size}");
            assert_eq!(part.field("Content-Range"), Some(&*content_range), "{size}: {range}");
            assert!(part.content == bytes[from..=to], "{size}: {range}");
            assert_eq!(part.field("ETag"), whole.field("ETag"));
        }
        let behind = browser.gets_with(&format!("/{size}"), &format!("Range: bytes={size}-\r\n"));
        assert_eq!(behind.status, 416);
        assert_eq!(behind.field("Content-Range"), Some(&*format!("bytes */{size}")));
    }
    browser.leaves();
}

/// Five GiB, of which hardly any is on the disk.
pub(crate) fn numbers_may_be_large(cell: Cell) {
    const SIZE: u64 = 5 << 30;
    let site = Site::new();
    site.write("huge", "front");
    site.file("huge").set_len(SIZE - 4).expect("a sparse file can be made");
    std::io::Write::write_all(&mut site.file("huge"), b"back").expect("the file can be written");
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    let head = browser.heads_with("/huge", "");
    assert_eq!(head.field("Content-Length"), Some(&*SIZE.to_string()));
    let last = SIZE - 1;
    for (range, content_range, content) in [
        ("0-5", format!("bytes 0-5/{SIZE}"), &b"front\0"[..]),
        ("-5", format!("bytes {}-{last}/{SIZE}", SIZE - 5), b"\0back"),
        ("5368709117-", format!("bytes 5368709117-{last}/{SIZE}"), b"ack"),
        ("4294967295-4294967296", format!("bytes 4294967295-4294967296/{SIZE}"), b"\0\0"),
    ] {
        let part = browser.gets_with("/huge", &format!("Range: bytes={range}\r\n"));
        assert_eq!((part.status, part.field("Content-Range")), (206, Some(&*content_range)));
        assert_eq!(part.content.escape_ascii().to_string(), content.escape_ascii().to_string());
    }
    browser.leaves();
}

/// What was served is what conditions are made of, until the file changes.
pub(crate) fn conditions_hold_until_the_file_changes(cell: Cell) {
    let site = Site::new();
    site.write("file", "first");
    site.set_modified("file", Duration::from_secs(1_000_000_000));
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    let first = browser.gets("/file");
    let etag = first.field("ETag").expect("a file has a tag").to_owned();
    let date = first.field("Last-Modified").expect("a file has a date").to_owned();
    assert_eq!(date, "Sun, 09 Sep 2001 01:46:40 GMT");
    let conditions = [
        (format!("If-None-Match: {etag}\r\n"), 304, 200),
        (format!("If-None-Match: W/{etag}\r\n"), 304, 200),
        (format!("If-Modified-Since: {date}\r\n"), 304, 200),
        (format!("If-None-Match: \"x\", {etag}\r\nRange: bytes=0-1\r\n"), 304, 206),
        (format!("If-Match: {etag}\r\n"), 200, 412),
        (format!("If-Unmodified-Since: {date}\r\n"), 200, 412),
        (format!("If-Range: {etag}\r\nRange: bytes=0-1\r\n"), 206, 200),
        (format!("If-Range: {date}\r\nRange: bytes=0-1\r\n"), 206, 200),
    ];
    for (fields, before, _) in &conditions {
        let answer = browser.gets_with("/file", fields);
        assert_eq!(answer.status, *before, "{fields}");
        assert_eq!(browser.heads_with("/file", fields).status, head_status(*before), "{fields}");
        assert!(answer.status != 304 || answer.field("ETag") == Some(&*etag), "{}", answer.head);
    }
    // As long as before: only the time tells.
    site.write("file", "other");
    site.set_modified("file", Duration::from_secs(1_000_000_001));
    eventually("the change is noticed", || browser.gets("/file").text() == "other");
    for (fields, _, after) in &conditions {
        assert_eq!(browser.gets_with("/file", fields).status, *after, "after the change: {fields}");
    }
    browser.leaves();
}

/// A range means nothing to HEAD (RFC 9110, 14.2).
fn head_status(status: u16) -> u16 {
    if status == 206 { 200 } else { status }
}

/// Whatever a file becomes, it is so for the next one who asks a second later.
pub(crate) fn what_changes_is_seen_a_second_later(cell: Cell) {
    let site = Site::new();
    let at = |name: &str| site.root().join(name);
    let names = ["rewritten", "replaced", "grown", "shrunk", "removed"];
    for name in names {
        site.write(name, name.repeat(5_000));
    }
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    for name in names.into_iter().chain(["made"]) {
        browser.gets(&format!("/{name}"));
    }
    site.write("rewritten", "another".repeat(6_000));
    site.write("new", "another");
    fs::rename(at("new"), at("replaced")).expect("files can be renamed");
    site.write("grown", "grown".repeat(50_000));
    site.write("shrunk", "");
    fs::remove_file(at("removed")).expect("the file is there");
    site.write("made", "made");
    // Within the second they may be served as they were.
    for _ in 0..5 {
        assert!(!browser.peer().hears_something_within(Duration::from_millis(230)));
        assert_eq!(browser.gets("/nothing").status, 404);
    }
    for name in names.into_iter().chain(["made"]) {
        let now = fs::read(at(name)).ok();
        let answer = browser.gets(&format!("/{name}"));
        assert_eq!(answer.status == 200, now.is_some(), "{name}");
        assert!(now.is_none_or(|now| now == answer.content), "{name}");
    }
    browser.leaves();
}

/// What is not kept whole is never sent under the name, or with the length, of what it was.
pub(crate) fn a_large_file_is_told_from_what_it_was(cell: Cell) {
    let site = Site::new();
    let write = |content: &str, seconds| {
        site.write("large", content.repeat(50_000));
        site.set_modified("large", Duration::from_secs(seconds));
    };
    write("x", 1_000_000_000);
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    let first = browser.gets("/large");
    let etag = first.field("ETag").expect("a file has a tag");
    write("z", 1_000_000_001);
    let resumed = format!("Range: bytes=100-199\r\nIf-Range: {etag}\r\n");
    let second = browser.gets_with("/large", &resumed);
    assert_eq!((second.status, second.content.len()), (200, 50_000));
    write("", 1_000_000_001);
    let third = browser.gets("/large");
    assert_eq!((third.status, third.content.len()), (200, 0), "{}", third.head);
    browser.leaves();
}

/// Whatever their size: whoever puts them there wants them to be sent.
pub(crate) fn coded_siblings_are_taken(cell: Cell) {
    let site = Site::new();
    for (name, content) in [
        ("both.css", "plain"),
        ("both.css.gz", "gzip"),
        ("both.css.br", "brotli"),
        ("one.js", "plain"),
        ("one.js.gz", "gzip"),
        ("none.txt", "plain"),
        ("led.txt", "plain"),
        ("only.txt.gz", "gzip"),
        ("index.html", "plain"),
        ("index.html.br", "brotli"),
    ] {
        site.write(name, content);
    }
    site.link("led.txt.gz", "../canary");
    let server = site.served(cell, "");
    let mut browser = Browser::connect(server.address());
    let vary = Some("Accept-Encoding");
    for (target, accepted, expected, coding, varies) in [
        ("/both.css", "gzip, deflate, br, zstd", "brotli", Some("br"), vary),
        ("/both.css", "gzip", "gzip", Some("gzip"), vary),
        ("/both.css", "GZIP;q=0.5", "gzip", Some("gzip"), vary),
        ("/both.css", "br;q=0, gzip", "gzip", Some("gzip"), vary),
        ("/both.css", "*", "brotli", Some("br"), vary),
        ("/both.css", "*;q=0", "plain", None, vary),
        ("/both.css", "identity", "plain", None, vary),
        ("/both.css", "", "plain", None, vary),
        ("/one.js", "br, gzip", "gzip", Some("gzip"), vary),
        ("/one.js", "br", "plain", None, vary),
        ("/none.txt", "br, gzip", "plain", None, None),
        ("/led.txt", "br, gzip", "plain", None, None),
        ("/", "br, gzip", "brotli", Some("br"), vary),
        ("/index.html", "br, gzip", "brotli", Some("br"), vary),
        ("/both.css.gz", "gzip", "gzip", None, None),
    ] {
        let answer = browser.gets_with(target, &format!("Accept-Encoding: {accepted}\r\n"));
        let got = (answer.text(), answer.field("Content-Encoding"), answer.field("Vary"));
        assert_eq!(got, (expected, coding, varies), "{target}: {accepted}");
    }
    assert_eq!(browser.gets_with("/only.txt", "Accept-Encoding: gzip\r\n").status, 404);
    // Each coding has its own name, its own parts, and the type of what is in it. Also where all
    // have the same time and the same length, as after gzip(1) and brotli(1), which keep the time.
    for (name, content) in [("twin", "plain"), ("twin.gz", "zip-z"), ("twin.br", "rotli")] {
        site.write(name, content);
        site.set_modified(name, Duration::from_secs(1_000_000_000));
    }
    let etag = |answer: Answer| answer.field("ETag").expect("a file has a tag").to_owned();
    let mut tagged =
        |coding: &str| etag(browser.gets_with("/twin", &format!("Accept-Encoding: {coding}\r\n")));
    let (plain, zipped, brotli) = (tagged("identity"), tagged("gzip"), tagged("br"));
    assert!(plain != zipped && zipped != brotli && brotli != plain, "{plain}");
    let resumed = format!("Accept-Encoding: br\r\nRange: bytes=2-\r\nIf-Range: {zipped}\r\n");
    assert_eq!(browser.gets_with("/twin", &resumed).text(), "rotli", "the codings are mixed");
    let plain = browser.gets("/both.css");
    let coded = browser.gets_with("/both.css", "Accept-Encoding: br\r\nRange: bytes=1-2\r\n");
    assert_eq!((coded.status, coded.text()), (206, "ro"));
    assert_eq!(coded.field("Content-Range"), Some("bytes 1-2/6"));
    assert_eq!(coded.field("Content-Type"), plain.field("Content-Type"));
    assert_ne!(coded.field("ETag"), plain.field("ETag"));
    let same =
        format!("Accept-Encoding: br\r\nIf-None-Match: {}\r\n", coded.field("ETag").unwrap());
    let known = browser.gets_with("/both.css", &same);
    assert_eq!((known.status, known.field("Vary")), (304, vary));
    browser.leaves();
}

/// Dates before 1970 and after today, which file systems have.
pub(crate) fn files_may_be_of_any_age(cell: Cell) {
    let site = Site::new();
    for (name, years) in [("old", 1), ("age", 2)] {
        site.write(name, name);
        let before_time = SystemTime::UNIX_EPOCH - Duration::from_secs(3600 * 24 * 365 * years);
        site.file(name).set_modified(before_time).expect("the time of a file can be set");
    }
    site.write("new", "new");
    site.set_modified("new", Duration::from_secs(4_000_000_000));
    let server = site.served(cell, "--list");
    let mut browser = Browser::connect(server.address());
    let [old, age, new] = ["/old", "/age", "/new"].map(|target| browser.gets(target));
    assert_eq!([old.text(), age.text(), new.text()], ["old", "age", "new"]);
    assert_eq!(old.field("Last-Modified"), Some("Wed, 01 Jan 1969 00:00:00 GMT"));
    assert_eq!(new.field("Last-Modified"), new.field("Date"));
    assert_ne!(old.field("ETag"), age.field("ETag"));
    assert_eq!(browser.gets("/").status, 200);
    browser.leaves();
}
