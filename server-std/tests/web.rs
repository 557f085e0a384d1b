//! The program as a server of files: its access log, its end, and what it does when the system has
//! no more to give. What it says to its clients is the business of `antiphon-tests`.

#![cfg(target_os = "linux")]

use std::process::Command;

use antiphon_server::Model;
use antiphon_tests::{Browser, Program, Site, eventually};
use clap::ValueEnum as _;
use rustix::process::Signal;

/// One line a request, as every program that reads such logs expects it.
#[test]
fn requests_are_logged_in_common_log_format() {
    for model in models() {
        let site = site();
        let program = start(&site, &format!("--model {model}"));
        asks_for_everything(&program);
        for (request, rest) in [
            ("GET /small HTTP/1.1", "200 5"),
            ("HEAD /small HTTP/1.1", "200 0"),
            ("GET /nothing?\\'=1 HTTP/1.1", "404 "),
            ("GET /small HTTP/1.0", "206 2"),
            ("POST /small HTTP/1.1", "405 "),
        ] {
            let line = program.logs(&[&format!("\"{request}")]);
            let date = line.strip_prefix("127.0.0.1 - - [").unwrap_or_else(|| panic!("{line}"));
            let (date, asked) = date.split_once("] ").unwrap_or_else(|| panic!("{line}"));
            assert!(date.len() == 26 && date.ends_with(" +0000"), "{line}");
            let (_, answered) = asked.rsplit_once("\" ").unwrap_or_else(|| panic!("{line}"));
            assert!(answered.starts_with(rest), "{line}");
        }
        assert_eq!(program.count_logs(&["127.0.0.1 - - ["]), 5);
    }
}

/// Refusals are responses, too: of a request that does not end, and of a client too many.
#[test]
fn refusals_are_logged() {
    let site = site();
    let options = "--request-timeout 0.2 --max-connections 1 --when-full refuse --model epoll";
    let program = start(&site, options);
    let mut slow = Browser::connect(program.address());
    slow.sends("GET /slow HT");
    let mut second = Browser::connect(program.address());
    for (browser, status) in [(&mut slow, 408), (&mut second, 503)] {
        let answer = browser.hears_answer();
        assert_eq!(answer.status, status);
        assert!(answer.field("Date").is_some(), "{}", answer.head);
    }
    program.logs(&["\"GET /slow HT\" 408 "]);
    program.logs(&["\"-\" 503 "]);
}

/// What a peer sends as content is not what it asks for, however much it looks like that.
#[test]
fn content_is_not_logged() {
    for model in models() {
        let site = site();
        let program = start(&site, &format!("--model {model}"));
        let mut browser = Browser::connect(program.address());
        let content = "GET /innocent HTTP/1.1\r\nx: ";
        for fields in [
            format!("Content-Length: {}\r\n\r\n{content}", content.len()),
            format!(
                "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{content}\r\n0\r\n\r\n",
                content.len()
            ),
        ] {
            let second = "GET /second HTTP/1.1\r\nHost: a\r\n\r\n";
            browser.sends(format!("GET /small HTTP/1.1\r\nHost: a\r\n{fields}{second}"));
            assert_eq!(browser.hears_answer().status, 200);
            assert_eq!(browser.hears_answer().status, 404);
        }
        browser.leaves();
        program.logs(&["closed"]);
        assert_eq!(program.count_logs(&["\"GET /small HTTP/1.1\" 200 "]), 2);
        assert_eq!(program.count_logs(&["\"GET /second HTTP/1.1\" 404 "]), 2);
        assert_eq!(program.count_logs(&["innocent"]), 0);
    }
}

/// Whoever asks for what is dear, again and again and without reading, has no more than a share.
#[test]
fn dear_requests_delay_nobody() {
    for model in ["select", "poll", "epoll"] {
        let site = site();
        site.mkdir("dear");
        for number in 0..3_000 {
            site.write(format!("dear/{number}"), "");
        }
        let program = start(&site, &format!("--list --model {model}"));
        let mut greedy = Browser::connect(program.address());
        greedy.sends("HEAD /dear/ HTTP/1.1\r\nHost: a\r\n\r\n".repeat(GREED));
        program.logs(&["HEAD /dear/"]);
        let mut modest = Browser::connect(program.address());
        assert_eq!(modest.gets("/small").text(), "small");
        let before = program.count_logs(&["HEAD /dear/"]);
        assert!(before < GREED / 2, "{model}: it waited for {before} others");
        for _ in 0..3 {
            assert_eq!(greedy.hears_head().status, 200);
        }
    }
}

/// The line of a large file comes when it is sent, or when nobody takes more of it.
#[test]
fn lines_tell_how_much_was_sent() {
    for model in models() {
        let site = site();
        site.write("large", "x".repeat(LARGE));
        let program = start(&site, &format!("--model {model}"));
        let mut browser = Browser::connect(program.address());
        assert_eq!(browser.gets("/large?all").content.len(), LARGE);
        browser.leaves();
        program.logs(&["/large?all", &format!("200 {LARGE}")]);
        let mut browser = Browser::connect(program.address());
        browser.sends("GET /large?less HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(browser.peer().hears_something_within(antiphon_tests::LIMIT));
        assert_eq!(program.count_logs(&["/large?less"]), 0);
        drop(browser);
        let line = program.logs(&["/large?less"]);
        let sent = line.rsplit(' ').next().and_then(|sent| sent.parse::<usize>().ok());
        assert!(sent.is_some_and(|sent| 0 < sent && sent < LARGE), "{line}");
    }
}

/// The same as JSON, where each part has its name.
#[test]
fn requests_are_logged_in_json() {
    let site = site();
    let program = start(&site, "--log-format json");
    asks_for_everything(&program);
    program.logs(&[
        "\"peer\":\"127.0.0.1\"",
        "\"request\":\"GET /small HTTP/1.1\"",
        "\"status\":200",
        "\"bytes\":5",
    ]);
    program.logs(&["\"request\":\"POST /small HTTP/1.1\"", "\"status\":405"]);
}

/// The words of the log say what happened, and do not say the fields again.
#[test]
fn json_says_nothing_twice() {
    let site = site();
    let program = start(&site, "--log-format json");
    asks_for_everything(&program);
    let line = program.logs(&["\"request\":\"GET /small HTTP/1.1\""]);
    assert_eq!(line.matches("/small").count(), 1, "{line}");
}

/// It has a file to itself, with nothing else in it, also of a server that is quiet otherwise.
#[test]
fn access_log_can_be_had_alone() {
    for options in ["", "-q", "-v"] {
        let site = site();
        let file = site.root().with_file_name("access.log");
        let mut program = start(&site, &format!("--access-log {} {options}", file.display()));
        asks_for_everything(&program);
        program.signal(Signal::TERM);
        assert_eq!(program.ends().0, Some(0));
        let log = std::fs::read_to_string(&file).expect("it is there");
        assert_eq!(log.lines().count(), 5, "{log}");
        assert!(log.lines().all(|line| line.starts_with("127.0.0.1 - - [")), "{log}");
        assert_eq!(program.count_logs(&["HTTP/1.1\" 200"]), 0);
    }
}

/// A peer has one name, whether the server listens for IPv6 besides or not.
#[test]
fn mapped_addresses_are_logged_as_ipv4() {
    if std::net::TcpListener::bind("[::]:0").is_err() {
        eprintln!("skipped: this machine has no IPv6");
        return;
    }
    let site = site();
    let mut command = Command::new(PROGRAM);
    let program = Program::start(command.args(["http", "::", "0", "--root"]).arg(site.root()));
    let mut browser = Browser::connect(([127, 0, 0, 1], program.address().port()).into());
    assert_eq!(browser.gets("/small").status, 200);
    let line = program.logs(&["GET /small"]);
    assert!(line.starts_with("127.0.0.1 - - ["), "{line}");
}

#[test]
fn quiet_means_no_access_log() {
    let site = site();
    let program = start(&site, "--quiet");
    asks_for_everything(&program);
    assert_eq!(program.count_logs(&[""]), 0);
}

/// Whoever has said that this was all is let go at once; of whoever may have said more, what is
/// left is read, lest the answer be lost.
#[test]
fn only_unread_input_lingers() {
    let last = "GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    let may_go = [format!("{last}\r\n"), "GET /small HTTP/1.0\r\n\r\n".into()];
    let may_not = [
        format!("{last}\r\nGET /"),
        format!("{last}Content-Length: 5\r\n\r\n"),
        "GET /small HTTP/1.1\r\n\r\n".into(),
    ];
    for model in models() {
        let site = site();
        let program = start(&site, &format!("-v --model {model}"));
        for (id, request) in (1..).zip(may_go.iter().chain(&may_not)) {
            let mut browser = Browser::connect(program.address());
            browser.sends(request);
            assert!(browser.hears_answer().closes());
            browser.hears_the_end();
            drop(browser);
            let id = format!("id={id}");
            program.logs(&[&id, "closed"]);
            let lingers = program.count_logs(&[&id, "lingering"]) > 0;
            assert_eq!(lingers, may_not.contains(request), "{model}: {request}");
        }
    }
}

/// What is on its way arrives, and then the program ends by itself.
#[test]
fn sigterm_lets_a_file_arrive() {
    for model in models() {
        let site = site();
        site.write("large", "x".repeat(LARGE));
        let mut program = start(&site, &format!("--model {model}"));
        let mut browser = Browser::connect(program.address());
        browser.sends("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(browser.peer().hears_something_within(antiphon_tests::LIMIT));
        program.signal(Signal::TERM);
        assert_eq!(browser.hears_answer().content.len(), LARGE);
        browser.hears_the_end();
        assert_eq!(program.ends(), (Some(0), String::new()));
    }
}

/// Only the end of the connection can tell the peer; the log does not blame it.
#[test]
fn file_that_becomes_shorter() {
    for model in models() {
        let site = site();
        site.write("large", "x".repeat(LARGE));
        let program = start(&site, &format!("--model {model}"));
        let mut browser = Browser::connect(program.address());
        browser.sends("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(browser.peer().hears_something_within(antiphon_tests::LIMIT));
        site.file("large").set_len(1000).expect("a file can be cut off");
        browser.is_dropped();
        program.logs(&["closed: the file became shorter than was promised", "id=1"]);
    }
}

/// Without a descriptor for a file there is a 503, and the next one asks in vain or waits; when
/// there are descriptors again, all is well.
#[test]
fn no_descriptor_for_a_file() {
    for model in models() {
        let site = site();
        let program = start(&site, &format!("--model {model}"));
        let mut browser = Browser::connect(program.address());
        assert_eq!(browser.gets("/nothing").status, 404);
        program.limit_descriptors(program.process().next_descriptor());
        let answer = browser.gets("/small");
        assert_eq!(answer.status, 503, "{}", answer.head);
        program.limit_descriptors(64);
        if answer.closes() {
            browser.hears_the_end();
            browser = Browser::connect(program.address());
        }
        assert_eq!(browser.gets("/small").text(), "small");
        browser.leaves();
    }
}

/// Files that are kept open must not use up what connections need.
#[test]
fn open_files_leave_room_for_connections() {
    let site = site();
    for number in 0..100 {
        site.write(number.to_string(), "x".repeat(20_000));
    }
    let mut command = Command::new("sh");
    command.args(["-c", r#"ulimit -n 48; exec "$0" http 127.0.0.1 0 --root "$1""#]);
    let program = Program::start(command.args([PROGRAM.as_ref(), site.root().as_os_str()]));
    let mut browser = Browser::connect(program.address());
    // All of them, and then on until hardly a descriptor is left.
    let is_short = (0..1000).any(|number| {
        assert_eq!(browser.gets(&format!("/{}", number % 100)).status, 200, "{number}");
        number >= 100 && program.process().next_descriptor() >= 46
    });
    assert!(is_short, "files are not kept open");
    let mut others: Vec<Browser> = (0..10).map(|_| Browser::connect(program.address())).collect();
    // A request would make room for its file, and for them.
    program.logs(&["active=11", "opened"]);
    for other in &mut others {
        assert_eq!(other.gets("/small").text(), "small");
    }
    // Nobody had to wait for it; whatever was logged of that came before this request.
    assert_eq!(browser.gets("/last").status, 404);
    program.logs(&["/last"]);
    assert_eq!(program.count_logs(&["cannot accept"]), 0);
}

/// Nobody asks any more, and still a file that was deleted is let go, so that the system can use its
/// room on the disk: by who has just sent it, and by all others.
#[test]
fn deleted_files_are_let_go() {
    for model in models().chain(["epoll --workers 2".to_owned()]) {
        let site = site();
        site.write("large", "x".repeat(100_000));
        let program = start(&site, &format!("--model {model}"));
        let mut browser = Browser::connect(program.address());
        assert_eq!(browser.gets("/large").status, 200);
        assert_eq!(browser.gets("/large").status, 200);
        std::fs::remove_file(site.root().join("large")).expect("the file is there");
        let descriptors = format!("/proc/{}/fd", program.process().0);
        let has_deleted = || {
            let descriptors = std::fs::read_dir(&descriptors).expect("the program runs");
            let mut links = descriptors.flatten().flat_map(|fd| std::fs::read_link(fd.path()));
            links.any(|link| link.to_string_lossy().ends_with("(deleted)"))
        };
        eventually("the file is closed", || !has_deleted());
    }
}

/// However it is spelled.
#[test]
fn a_file_is_opened_once() {
    let site = site();
    let program = start(&site, "");
    let mut browser = Browser::connect(program.address());
    assert_eq!(browser.gets("/small").text(), "small");
    let descriptors = program.process().descriptors();
    for spelling in ["/./small", "//small", "/%73mall", "/x/../small", "/././small", "/small?"] {
        assert_eq!(browser.gets(spelling).text(), "small");
    }
    assert!(program.process().descriptors() <= descriptors);
}

/// How many dear requests are made at once.
const GREED: usize = 300;

#[track_caller]
fn asks_for_everything(program: &Program) {
    let mut browser = Browser::connect(program.address());
    assert_eq!(browser.gets("/small").text(), "small");
    assert_eq!(browser.heads_with("/small", "").status, 200);
    assert_eq!(browser.gets("/nothing?'=1").status, 404);
    browser.sends("GET /small HTTP/1.0\r\nConnection: keep-alive\r\nRange: bytes=0-1\r\n\r\n");
    assert_eq!(browser.hears_answer().text(), "sm");
    browser.sends("POST /small HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(browser.hears_answer().status, 405);
    browser.hears_the_end();
}

fn start(site: &Site, options: &str) -> Program {
    let mut command = Command::new(PROGRAM);
    command.args(["http", "127.0.0.1", "0", "--root"]).arg(site.root());
    Program::start(command.args(options.split_whitespace()))
}

fn site() -> Site {
    let site = Site::new();
    site.write("small", "small");
    site
}

fn models() -> impl Iterator<Item = String> {
    let names = Model::value_variants().iter().filter_map(Model::to_possible_value);
    names.map(|name| name.get_name().to_owned()).inspect(|name| println!("--model {name}"))
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_antiphon-server");

/// More than any socket has room for.
const LARGE: usize = 30_000_000;
