//! What must hold for all bytes: verdicts that do not depend on cuts, paths that stay inside, and
//! agreement with httparse.

mod http_support;

use antiphon_protocol::http::{Error, HeadSearch, Request, Target, request_line};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::http_support::converse;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_096,
        // What fails becomes a row of a table.
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// What is answered, and how a conversation ends, depends on the bytes and on nothing else.
    #[test]
    fn cuts_change_nothing(stream in stream(), cuts in vec(any::<Index>(), 0..8)) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]]);
        let whole = converse([&stream[..]]);
        prop_assert_eq!(&converse(pieces), &whole);
        prop_assert_eq!(&converse(stream.chunks(1)), &whole);
    }

    /// Where both accept, both read the same; where we accept, httparse accepts; and whatever we
    /// alone refuse has a rule with a name.
    #[test]
    fn httparse_agrees(head in mutated(head())) {
        agree(&head)?;
    }

    /// Nothing that comes out of a target leads out of the root, or is anything but names.
    #[test]
    fn paths_stay_inside(target in target(), room in 0_usize..64) {
        let mut memory = vec![0; room];
        if let Ok(path) = Target::parse(&target).and_then(|target| target.decode(&mut memory)) {
            let bytes = path.as_bytes();
            prop_assert!(!bytes.starts_with(b"/") && !bytes.ends_with(b"/"));
            prop_assert!(!bytes.iter().any(|byte| byte.is_ascii_control() || *byte == b'\\'));
            for name in bytes.split(|&byte| byte == b'/').filter(|_| !bytes.is_empty()) {
                prop_assert!(!matches!(name, b"" | b"." | b".."));
            }
            prop_assert!(path.names().eq(bytes.split(|&b| b == b'/').filter(|n| !n.is_empty())));
        }
    }

    /// A decoded path, encoded again, leads to the same place.
    #[test]
    fn paths_decode_to_themselves(names in vec(name(), 0..4)) {
        let encode = |name: &String| name.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let target = format!("/{}", names.iter().map(encode).collect::<Vec<_>>().join("/"));
        let mut memory = [0; 256];
        let path = Target::parse(target.as_bytes()).and_then(|target| target.decode(&mut memory));
        prop_assert_eq!(path.map(|path| path.as_bytes().to_vec()), Ok(names.join("/").into_bytes()));
    }

    /// The request line alone is read as in a head.
    #[test]
    fn request_lines_stand_alone(line in mutated(line())) {
        let head = [&line[..], b"\r\nHost: a\r\n\r\n"].concat();
        let request = Request::parse(&head).ok().filter(|_| !line.contains(&b'\n'));
        if let Some(request) = request {
            let line = request_line(&line).map(|line| (line.method, line.target, line.version));
            prop_assert_eq!(line, Ok((request.method(), request.target(), request.version())));
        }
    }
}

fn agree(head: &[u8]) -> Result<(), TestCaseError> {
    let mut fields = [httparse::EMPTY_HEADER; 128];
    let mut theirs = httparse::Request::new(&mut fields);
    let their_end = match theirs.parse(head) {
        Ok(httparse::Status::Complete(end)) => Some(end),
        _ => None,
    };
    let our_end = HeadSearch::new().end(head);
    let ours = our_end.and_then(|end| end.map(|end| Request::parse(&head[..end])).transpose());
    match (ours, their_end) {
        (Ok(Some(request)), end) => {
            prop_assert_eq!(our_end, Ok(end));
            prop_assert_eq!(Some(request.method().as_bytes()), theirs.method.map(str::as_bytes));
            prop_assert_eq!(Some(request.target().as_bytes()), theirs.path.map(str::as_bytes));
            prop_assert_eq!(Some(request.version() as u8), theirs.version);
            let names = theirs.headers.iter().map(|field| (field.name.as_bytes(), field.value));
            prop_assert!(request.fields().eq(names));
        }
        (Err(why), Some(_)) => prop_assert!(is_stricter(why), "{why:?} is not a rule of ours"),
        // We wait for an empty line that ends in CR LF.
        (Ok(None), Some(end)) => {
            prop_assert!(head[..end].ends_with(b"\n\n") || head[..end].ends_with(b"\n\r\n"));
        }
        (Ok(None) | Err(_), None) => {}
    }
    Ok(())
}

/// The rules that httparse leaves to whoever uses it, or is more lenient with.
fn is_stricter(why: Error) -> bool {
    use Error::*;
    matches!(
        why,
        // Line ends in LF alone are allowed there.
        BareLineFeed
        // So are bytes over 127 in targets, and all forms of targets.
        | TargetSyntax | TargetForm | TargetAsterisk | TargetHost | TargetFragment
        | TargetSecured
        // Limits.
        | RequestLineTooLong | HeadTooLong | TooManyFields
        // What fields and methods mean.
        | MethodNotAllowed | MethodUnknown
        | HostMissing | HostRepeated | HostSyntax
        | LengthSyntax | LengthRepeated | LengthAndCoding | LengthRequired
        | CodingInOldVersion | CodingNotChunked | CodingUnknown
        | ContentTooLong | ExpectationUnknown
    )
}

/// Requests, content and rubbish, one after the other.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let chunked = vec(select(CHUNKS), 0..5).prop_map(|parts| {
        let head = b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        [&head[..], parts.concat().as_bytes()].concat()
    });
    let part =
        prop_oneof![4 => mutated(head()), 4 => head(), 2 => chunked, 1 => vec(any::<u8>(), 0..9)];
    vec(part, 1..4).prop_map(|parts| parts.concat())
}

fn head() -> impl Strategy<Value = Vec<u8>> {
    (select(START), line(), vec(select(FIELDS), 0..5), select(END)).prop_map(
        |(start, line, fields, end)| {
            let mut head = [start.as_bytes(), &line, b"\r\nHost: a\r\n"].concat();
            for field in fields {
                head.extend_from_slice(field.as_bytes());
                head.extend_from_slice(b"\r\n");
            }
            head.extend_from_slice(end.as_bytes());
            head
        },
    )
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let usual = (Just(&b"GET"[..]), target(), Just("HTTP/1.1"));
    let unusual = (select(METHODS), target(), select(VERSIONS));
    prop_oneof![3 => usual.prop_map(joined), 1 => unusual.prop_map(joined)]
}

fn joined((method, target, version): (&[u8], Vec<u8>, &str)) -> Vec<u8> {
    [method, b" ", &target, b" ", version.as_bytes()].concat()
}

fn target() -> impl Strategy<Value = Vec<u8>> {
    vec(select(TARGETS), 0..12).prop_map(|parts| {
        let target = parts.concat().into_bytes();
        if target.is_empty() { b"/".to_vec() } else { target }
    })
}

/// The name of a file.
fn name() -> impl Strategy<Value = String> {
    "[^/\\\\\0-\x1f\x7f]{1,8}".prop_map(
        |name| {
            if name == "." || name == ".." { name + "x" } else { name }
        },
    )
}

/// A few bytes are replaced, put in, or taken away.
fn mutated(original: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![select(BYTES), any::<u8>()];
    (original, vec((any::<Index>(), 0..3_u8, byte), 0..3)).prop_map(|(mut bytes, changes)| {
        for (index, kind, byte) in changes {
            let at = index.index(bytes.len() + 1);
            match kind {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => bytes[at] = byte,
                2 if at < bytes.len() => drop(bytes.remove(at)),
                _ => {}
            }
        }
        bytes
    })
}

const START: &[&str] = &["", "", "", "\r\n", "\r\n\r\n", "\n"];
const END: &[&str] = &["\r\n", "\r\n", "\r\n", "\r\nGET", "\n", "", "\r"];
const METHODS: &[&[u8]] = &[b"GET", b"HEAD", b"POST", b"OPTIONS", b"CONNECT", b"get", b"X", b""];
const VERSIONS: &[&str] =
    &["HTTP/1.0", "HTTP/1.1", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1", ""];
const TARGETS: &[&str] = &[
    "/", "/", "/", "a", "b.txt", ".", "..", "%2e", "%2E%2e", "%2f", "%5c", "\\", "%00", "%",
    "%c3%a9", "?", "#", "~", ":", "@", "http://a", "*", ";", "%25", "//", "|", "\"", "file.txt",
    "dir",
];
const FIELDS: &[&str] = &[
    "Accept: */*",
    "Accept-Encoding: gzip, br;q=0.5",
    "Connection: close",
    "Connection: keep-alive",
    "Content-Length: 0",
    "Content-Length: 3",
    "Content-Length: +3",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Expect: 100-continue",
    "Expect: x",
    "Host: b",
    "Range: bytes=0-4",
    "If-Range: \"fixture\"",
    "If-None-Match: *",
    "If-Match: \"x\"",
    "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
    "X:",
    "X: ",
    "X:\ty\t",
    "X : y",
    " X: y",
    "X",
    "X: \u{e9}",
    "a-very-long-name-that-does-not-fit-into-one-block: and a value that is as long",
];
const CHUNKS: &[&str] = &[
    "0\r\n\r\n",
    "1\r\nx\r\n",
    "5;a=b\r\nhello\r\n",
    "0\r\nX: a\r\n\r\n",
    "\r\n",
    "3\r\nab\r\n",
    "GET ",
];
const BYTES: &[u8] = b"\r\n\r\n \t:\0,/.%";
