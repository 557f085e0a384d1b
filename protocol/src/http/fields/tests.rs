use std::vec::Vec;

use super::*;
use crate::http::syntax::finish;

#[test]
fn lines_are_read_or_refused_with_the_rule() {
    type Line = Result<(&'static [u8], &'static [u8]), Error>;
    let cases: [(&[u8], Line); 22] = [
        (b"A: b\r\n", Ok((b"A", b"b"))),
        (b"A:b\r\n", Ok((b"A", b"b"))),
        (b"A:\t b c \t\r\n", Ok((b"A", b"b c"))),
        (b"A:\r\n", Ok((b"A", b""))),
        (b"A: \t \r\n", Ok((b"A", b""))),
        (b"A::\r\n", Ok((b"A", b":"))),
        (
            b"a-name-longer-than-one-block: \x80\xff\tb\r\n",
            Ok((b"a-name-longer-than-one-block", b"\x80\xff\tb")),
        ),
        (b"A: b", Err(Error::HeadUnfinished)),
        (b"A: b\r", Err(Error::HeadUnfinished)),
        (b"", Err(Error::HeadUnfinished)),
        (b"A: b\n", Err(Error::BareLineFeed)),
        (b"A\n", Err(Error::BareLineFeed)),
        (b"A: b\rc\r\n", Err(Error::BareCarriageReturn)),
        (b"A\r: b\r\n", Err(Error::BareCarriageReturn)),
        (b"A: \0\r\n", Err(Error::FieldControl)),
        (b"A\x7f: b\r\n", Err(Error::FieldControl)),
        (b"A : b\r\n", Err(Error::FieldBlankBeforeColon)),
        (b"A\t: b\r\n", Err(Error::FieldBlankBeforeColon)),
        (b" A: b\r\n", Err(Error::FieldFolded)),
        (b": b\r\n", Err(Error::FieldName)),
        (b"A\r\n", Err(Error::FieldName)),
        (b"A\xe9: b\r\n", Err(Error::FieldName)),
    ];
    for (line, expected) in cases {
        for trailing in [&b""[..], b"Next: line\r\n\r\n"] {
            let whole = expected != Err(Error::HeadUnfinished) || trailing.is_empty();
            let input = [line, trailing].concat();
            let parsed = finish(field_line(&input));
            if whole {
                let expected = expected.map(|field| (trailing, field));
                assert_eq!(parsed, expected, "{}", input.escape_ascii());
            }
        }
    }
}

#[test]
fn values_come_in_their_order_whatever_the_case() {
    let fields = Fields::new(b"A: 1\r\nb: 2\r\na: 3\r\n\r\n");
    assert_eq!(fields.values(b"A").collect::<Vec<_>>(), [b"1", b"3"]);
    assert_eq!(fields.values(b"c").count(), 0);
}
