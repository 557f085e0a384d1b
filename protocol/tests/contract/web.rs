//! HTTP, where the driver looks up what is asked for and answers.

use super::*;

#[test]
fn answers_what_is_found_and_goes_on() {
    let http = Settings::new(Service::Http);
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let said = outcome(&http, &get.repeat(2)).said;
    assert_eq!(said.windows(8).filter(|window| window == b"HTTP/1.1").count(), 2);
    assert!(said.ends_with(b"\r\n\r\nhello"));
}

#[test]
fn opens_nothing_without_room_for_the_answer() {
    let http = Settings::new(Service::Http);
    let mut session = Session::new(&http, false);
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut output = [0; Service::Http.min_output()];
    let step = session.advance(get, &mut output[1..]);
    assert_eq!(step, Step { consumed: 0, produced: 0, next: Next::Write });
    assert!(matches!(session.advance(get, &mut output).next, Next::Open(_)));
}

/// The exception in rule 4.
#[test]
fn ends_when_nobody_answers() {
    let http = Settings::new(Service::Http);
    let mut session = Session::new(&http, false);
    let mut output = [0; 4096];
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert!(matches!(session.advance(get, &mut output).next, Next::Open(_)));
    let next = Next::Close(Why::NotAnswered);
    for _ in 0..2 {
        assert_eq!(session.advance(get, &mut output), Step { consumed: 0, produced: 0, next });
    }
}

#[test]
fn reads_past_the_content_of_a_request() {
    let http = Settings::new(Service::Http);
    let hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    for (fields, content) in [
        (format!("Content-Length: {}", hidden.len()), hidden.to_owned()),
        (
            "Transfer-Encoding: chunked".to_owned(),
            format!("{:x}\r\n{hidden}\r\n0\r\n\r\n", hidden.len()),
        ),
    ] {
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n{content}");
        let outcome = outcome(&http, request.repeat(2).as_bytes());
        let said = String::from_utf8(outcome.said).expect("all of it is ASCII");
        assert_eq!(said.matches("200 OK").count(), 2, "{fields}");
        assert_eq!(outcome.end, FINISHED);
    }
}

#[test]
fn says_why_it_does_not_serve() {
    let http = Settings::new(Service::Http);
    for (input, status) in [
        (&b"GET / HTTP/1.1\r\n\r\n"[..], "400 Bad Request"),
        (b"GET /", "400 Bad Request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", "400 Bad Request"),
        (b"\x16\x03\x01", "400 Bad Request"),
        (b"PUT / HTTP/1.1\r\nHost: a\r\n\r\n", "405 Method Not Allowed"),
        (&[b'A'; 9000], "414 URI Too Long"),
    ] {
        let outcome = outcome(&http, input);
        let head = format!("HTTP/1.1 {status}\r\n");
        assert!(outcome.said.starts_with(head.as_bytes()), "{}", outcome.said.escape_ascii());
    }
    assert_says(&http, b"\r\n\r\n", b"", FINISHED);
}

#[test]
fn the_last_response_says_so() {
    let mut http = Settings::new(Service::Http);
    http.max_requests = NonZeroU32::new(2);
    let outcome = outcome(&http, &b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
    let said = String::from_utf8(outcome.said).expect("all of it is ASCII");
    assert_eq!(said.matches("200 OK").count(), 2);
    assert_eq!(said.matches("Connection: close").count(), 1);
    assert_eq!(outcome.end, End::Close(Why::RequestsUsedUp));
}

#[test]
fn a_request_that_takes_too_long_is_told() {
    let http = Settings::new(Service::Http);
    let mut session = Session::new(&http, false);
    let mut output = [0; 4096];
    let _ = session.advance(b"GET / HT", &mut output);
    assert!(!session.is_idle());
    let refused = refused(&mut session, b"GET / HT", Refusal::TimedOut);
    assert!(refused.said.starts_with(b"HTTP/1.1 408 Request Timeout\r\nDate: "));
    assert_eq!(refused.end, End::Close(Why::Http(http::Error::RequestTimeout)));
}

#[test]
fn refuses_only_what_is_asked_and_not_answered() {
    let settings = Settings::new(Service::Http);
    let mut output = [0; 4096];
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n";
    // Within content, whose request has its response, and between two requests.
    let within = ("Content-Length: 5\r\n\r\nhe", &b"he"[..]);
    let between = ("\r\n", &b""[..]);
    for ((fields, left), why) in [
        (within, Refusal::Busy),
        (within, Refusal::TimedOut),
        (within, Refusal::Halting),
        (between, Refusal::TimedOut),
        (between, Refusal::Halting),
    ] {
        let mut session = Session::new(&settings, false);
        let input = [get, fields.as_bytes()].concat();
        let Next::Open(request) = session.advance(&input, &mut output).next else {
            panic!("a whole head opens")
        };
        let found = http::Lookup::Moved;
        let _ = session.answer(&request, &found, http::Timestamp::new(0), &mut output);
        let _ = session.advance(left, &mut output);
        let nothing = Outcome { said: Vec::new(), end: End::Close(Why::Refused(why)) };
        assert_eq!(refused(&mut session, b"", why), nothing, "{fields:?}");
    }
    // Given to the driver, which did not answer.
    let mut session = Session::new(&settings, false);
    let _ = session.advance(&[get, &b"\r\n"[..]].concat(), &mut output);
    let nothing = Outcome { said: Vec::new(), end: End::Close(Why::Refused(Refusal::Busy)) };
    assert_eq!(refused(&mut session, b"", Refusal::Busy), nothing);
    // Where it has no words.
    for why in [Refusal::ExitNotAllowed, Refusal::LineTooLong, Refusal::WebRequest] {
        let mut session = Session::new(&settings, false);
        let _ = session.advance(get, &mut output);
        let nothing = Outcome { said: Vec::new(), end: End::Close(Why::Refused(why)) };
        assert_eq!(refused(&mut session, get, why), nothing);
    }
    // Behind a last response the driver above tries it, in vain.
    let outcome = outcome(&settings, b"GET / HTTP/1.0\r\n\r\nGET /");
    assert_eq!(outcome.said.windows(8).filter(|window| window == b"HTTP/1.1").count(), 1);
    let nothing = Outcome { said: Vec::new(), end: End::Close(Why::Refused(Refusal::TimedOut)) };
    let mut session = Session::new(&settings, false);
    assert_eq!(refused(&mut session, b"", Refusal::TimedOut), nothing);
    let refused = refused(&mut Session::new(&settings, false), b"", Refusal::Busy);
    assert!(refused.said.starts_with(b"HTTP/1.1 503 Service Unavailable\r\nDate: "));
}
