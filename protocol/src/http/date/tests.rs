use super::*;

/// Miri takes ten thousand times as long, and looks for undefined behaviour and not for wrong
/// answers: a sample will do.
const STRIDE: usize = if cfg!(miri) { 1_009 } else { 1 };

const EXAMPLE: Timestamp = Timestamp::new(784_111_777);

fn now() -> Timestamp {
    // Sat, 21 Nov 2026
    Timestamp::new(1_795_219_200)
}

#[test]
fn the_three_forms_of_the_rfc() {
    for text in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        assert_eq!(Timestamp::parse(text.as_bytes(), now()), Some(EXAMPLE), "{text}");
    }
}

/// Day by day, as a calendar on the wall has it.
#[test]
fn every_day_of_five_centuries_prints_and_parses() {
    let (mut year, mut month, mut day, mut weekday) = (1899_u16, 0_usize, 1_u8, 0_usize);
    // Sun, 01 Jan 1899 00:00:00 GMT
    let mut seconds = -2_240_524_800_i64;
    let mut checked = (0_usize..).map(|index| index.is_multiple_of(STRIDE));
    while year < 2_400 {
        if checked.next() == Some(true) {
            let timestamp = Timestamp::new(seconds + 86_399);
            let text = std::format!(
                "{}, {day:02} {} {year} 23:59:59 GMT",
                core::str::from_utf8(&DAY_NAMES[weekday]).unwrap(),
                core::str::from_utf8(&MONTHS[month]).unwrap(),
            );
            assert_eq!(timestamp.imf_fixdate(), text.as_bytes(), "{text}");
            assert_eq!(Timestamp::parse(text.as_bytes(), now()), Some(timestamp), "{text}");
        }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month];
        (day, weekday, seconds) = (day + 1, (weekday + 1) % 7, seconds + 86_400);
        if day > days {
            (day, month) = (1, month + 1);
        }
        if month == 12 {
            (month, year) = (0, year + 1);
        }
    }
}

#[test]
fn the_first_and_the_last() {
    let cases = [
        (i64::MIN, "Mon, 01 Jan 0001 00:00:00 GMT"),
        (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_294_967_296, "Sun, 07 Feb 2106 06:28:16 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (i64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ];
    for (seconds, text) in cases {
        let timestamp = Timestamp::new(seconds);
        assert_eq!(timestamp.imf_fixdate(), text.as_bytes(), "{text}");
        assert_eq!(Timestamp::parse(text.as_bytes(), now()), Some(timestamp), "{text}");
    }
}

#[test]
fn two_digits_mean_a_year_that_is_not_far_ahead() {
    let cases = [
        ("Saturday, 21-Nov-26 00:00:00 GMT", 2026),
        ("Friday, 01-Jan-27 00:00:00 GMT", 2027),
        ("Wednesday, 01-Jan-76 00:00:00 GMT", 2076),
        ("Saturday, 31-Oct-76 00:00:00 GMT", 2076),
        ("Friday, 20-Nov-76 23:59:59 GMT", 2076),
        ("Saturday, 21-Nov-76 00:00:00 GMT", 2076),
        ("Sunday, 21-Nov-76 00:00:01 GMT", 1976),
        ("Sunday, 21-Nov-76 12:00:00 GMT", 1976),
        ("Monday, 22-Nov-76 00:00:00 GMT", 1976),
        ("Wednesday, 01-Dec-76 00:00:00 GMT", 1976),
        ("Friday, 31-Dec-76 23:59:59 GMT", 1976),
        ("Saturday, 01-Jan-77 00:00:00 GMT", 1977),
        ("Friday, 01-Jan-99 00:00:00 GMT", 1999),
        ("Saturday, 01-Jan-00 00:00:00 GMT", 2000),
    ];
    for (text, year) in cases {
        let parsed = Timestamp::parse(text.as_bytes(), now()).map(|date| date.civil().year);
        assert_eq!(parsed, Some(year), "{text}");
    }
}

#[test]
fn a_leap_second_is_the_second_after_it() {
    let leap = Timestamp::parse(b"Sat, 31 Dec 2016 23:59:60 GMT", now());
    assert_eq!(leap, Timestamp::parse(b"Sun, 01 Jan 2017 00:00:00 GMT", now()));
    assert!(leap.is_some());
}

#[test]
fn what_is_no_date() {
    for text in [
        "",
        "Sun",
        "Sun,",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 NOV 1994 08:49:37 GMT",
        "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun,  6 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 01994 08:49:37 GMT",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Tue, 00 Nov 1994 08:49:37 GMT",
        "Thu, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 1995 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 +8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun, 06-Nov-94 08:49:37 GMT",
        "Sunnesday, 06-Nov-94 08:49:37 GMT",
        "Monday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Mon Nov  6 08:49:37 1994",
        "1994-11-06T08:49:37Z",
        "784111777",
        "0",
    ] {
        assert_eq!(Timestamp::parse(text.as_bytes(), now()), None, "{text}");
    }
}
