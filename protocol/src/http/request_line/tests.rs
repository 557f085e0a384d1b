use super::*;

#[test]
fn methods_and_their_words() {
    for word in
        ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE", "X"]
    {
        let line = std::format!("{word} /a HTTP/1.0");
        // The only target that CONNECT takes is an authority, and nothing else takes one.
        let line = if word == "CONNECT" { "CONNECT a:80 HTTP/1.0" } else { &line };
        let line = request_line(line.as_bytes()).unwrap();
        assert_eq!(line.method.as_bytes(), word.as_bytes());
        assert_eq!(matches!(line.method, Method::Other(_)), word == "X");
        assert_eq!(line.version, Version::Http10);
    }
}

#[test]
fn what_is_wrong_has_a_name() {
    for (line, why) in [
        ("", Error::MethodSyntax),
        ("GET", Error::MethodSyntax),
        (" GET / HTTP/1.1", Error::MethodSyntax),
        ("GET\t/ HTTP/1.1", Error::MethodSyntax),
        ("GET ", Error::TargetSyntax),
        ("GET  / HTTP/1.1", Error::TargetSyntax),
        ("GET /\t HTTP/1.1", Error::TargetSyntax),
        ("GET /\u{e9} HTTP/1.1", Error::TargetSyntax),
        ("GET /", Error::VersionSyntax),
        ("GET / ", Error::VersionSyntax),
        ("GET / HTTP/1.", Error::VersionSyntax),
        ("GET / HTTP/1.1 ", Error::VersionSyntax),
        ("GET / HTTP/1.1\r\n", Error::VersionSyntax),
        ("GET / HTTP/2.00", Error::VersionSyntax),
        ("GET / http/1.1", Error::VersionSyntax),
        ("GET / HTTP/2.0", Error::VersionUnsupported),
        ("GET * HTTP/1.1", Error::TargetAsterisk),
        ("GET a HTTP/1.1", Error::TargetForm),
        ("GET a:80 HTTP/1.1", Error::TargetForm),
        ("CONNECT a/b HTTP/1.1", Error::TargetForm),
        ("GET http://?a HTTP/1.1", Error::TargetHost),
        ("GET /a#b HTTP/1.1", Error::TargetFragment),
        ("GET /a?b#c HTTP/1.1", Error::TargetFragment),
        ("GET http://a#b HTTP/1.1", Error::TargetFragment),
    ] {
        assert_eq!(request_line(line.as_bytes()), Err(why), "{line}");
    }
}
