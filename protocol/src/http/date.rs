//! Points in time as HTTP writes them; the clock itself is the caller's.

use nom::Parser as _;
use nom::bytes::complete::{tag, take};
use nom::combinator::{all_consuming, map_opt};

use super::syntax::{Broken, Parsed, number};

/// Seconds since 1970-01-01T00:00:00Z, within the years 1 to 9999 that a date can be written for.
///
/// ```
/// use antiphon_protocol::http::Timestamp;
///
/// let example = Timestamp::new(784_111_777);
/// assert_eq!(&example.imf_fixdate(), b"Sun, 06 Nov 1994 08:49:37 GMT");
/// assert_eq!(Timestamp::parse(b"Sun Nov  6 08:49:37 1994", example), Some(example));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp {
    /// `FIRST <= seconds <= LAST`
    seconds: i64,
}

impl Timestamp {
    /// The point in time so many seconds after the epoch, or the nearest that can be written.
    #[must_use]
    pub const fn new(seconds: i64) -> Self {
        let seconds = if seconds < FIRST {
            FIRST
        } else if seconds > LAST {
            LAST
        } else {
            seconds
        };
        Self { seconds }
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// The one form of a date that is to be generated (RFC 9110, 5.6.7).
    ///
    /// ```text
    /// IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT
    /// date1       = day SP month SP year
    /// ```
    #[must_use]
    pub fn imf_fixdate(self) -> [u8; 29] {
        let Civil { year, month, day, weekday, hour, minute, second } = self.civil();
        let [w0, w1, w2] = *DAY_NAMES.get(usize::from(weekday)).unwrap_or(b"---");
        let [m0, m1, m2] = *MONTHS.get(usize::from(month)).unwrap_or(b"---");
        let [d0, d1] = two_digits(day);
        let [century, years] = [year / 100, year % 100].map(|part| u8::try_from(part).unwrap_or(0));
        let ([y0, y1], [y2, y3]) = (two_digits(century), two_digits(years));
        let ([h0, h1], [i0, i1]) = (two_digits(hour), two_digits(minute));
        let [s0, s1] = two_digits(second);
        [
            w0, w1, w2, b',', b' ', d0, d1, b' ', m0, m1, m2, b' ', y0, y1, y2, y3, b' ', h0, h1,
            b':', i0, i1, b':', s0, s1, b' ', b'G', b'M', b'T',
        ]
    }

    /// Reads a date in any of its three forms (RFC 9110, 5.6.7); `None` if it is none of them, or
    /// no such day was, or it was another day of the week.
    ///
    /// ```text
    /// HTTP-date    = IMF-fixdate / obs-date
    /// obs-date     = rfc850-date / asctime-date
    /// rfc850-date  = day-name-l "," SP date2 SP time-of-day SP GMT
    /// date2        = day "-" month "-" 2DIGIT
    /// asctime-date = day-name SP date3 SP time-of-day SP year
    /// date3        = month SP ( 2DIGIT / ( SP 1DIGIT ))
    /// time-of-day  = hour ":" minute ":" second       ; 00:00:00 - 23:59:60 (leap second)
    /// ```
    ///
    /// A date in a year of two digits that would be more than 50 years after `now` is in the latest
    /// year in the past with these digits, as the RFC has it. A leap second is the second after it.
    #[must_use]
    pub fn parse(text: &[u8], now: Self) -> Option<Self> {
        let parsed = match text.get(3)? {
            b',' => all_consuming(imf_fixdate).parse(text),
            b' ' => all_consuming(asctime_date).parse(text),
            _ => all_consuming(|text| rfc850_date(text, now)).parse(text),
        };
        parsed.ok().and_then(|(_, civil)| civil.timestamp())
    }

    /// Year, month and so on; by the days of eras of 400 years that begin with a March, so that
    /// the day that leap years add comes last.
    fn civil(self) -> Civil {
        let since_first = u64::try_from(self.seconds.saturating_sub(ERA_START)).unwrap_or(0);
        let (days, second_of_day) = (since_first / 86_400, since_first % 86_400);
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let leap_days = (day_of_era / 1_460).saturating_add(day_of_era / 146_096);
        let centuries = day_of_era / 36_524;
        let year_of_era = day_of_era.saturating_add(centuries).saturating_sub(leap_days) / 365;
        let day_of_year = day_of_era.saturating_sub(days_before_year(year_of_era));
        let month_from_march = day_of_year.saturating_mul(5).saturating_add(2) / 153;
        let day_of_month = day_of_year.saturating_sub(days_before_month(month_from_march));
        let month = month_from_march.saturating_add(2) % 12;
        let year = era.saturating_mul(400).saturating_add(year_of_era);
        let small = |value: u64| u8::try_from(value).unwrap_or(0);
        Civil {
            year: u16::try_from(year.saturating_add(u64::from(month < 2))).unwrap_or(0),
            month: small(month),
            day: small(day_of_month.saturating_add(1)),
            // The first of March of the year 0 was a Wednesday.
            weekday: small(days.saturating_add(3) % 7),
            hour: small(second_of_day / 3_600),
            minute: small(second_of_day / 60 % 60),
            second: small(second_of_day % 60),
        }
    }
}

/// A date and a time of day, in range or not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Civil {
    year: u16,
    /// January is 0.
    month: u8,
    /// The first is 1.
    day: u8,
    /// Sunday is 0.
    weekday: u8,
    hour: u8,
    minute: u8,
    /// 60 is a leap second.
    second: u8,
}

impl Civil {
    /// The way back, or `None` for what is not the name of any point in time.
    fn timestamp(self) -> Option<Timestamp> {
        let leap_second = self.second == 60;
        let second = if leap_second { 59 } else { self.second };
        let month_from_march = u64::from(self.month).saturating_add(10) % 12;
        let year = u64::from(self.year).saturating_sub(u64::from(self.month < 2));
        let days = days_before_year(year)
            .saturating_add(year / 400)
            .saturating_add(days_before_month(month_from_march))
            .saturating_add(u64::from(self.day))
            .saturating_sub(1);
        let seconds = [(24, self.hour), (60, self.minute), (60, second)]
            .into_iter()
            .fold(days, |sum, (units, more)| sum.saturating_mul(units).saturating_add(more.into()));
        let seconds = i64::try_from(seconds).ok()?.saturating_add(ERA_START);
        // What is out of range anywhere, or is another day of the week, comes back changed.
        (Timestamp::new(seconds).civil() == Self { second, ..self })
            .then(|| Timestamp::new(seconds.saturating_add(i64::from(leap_second))))
    }

    /// In the year that its two digits mean, seen from `now`: of this century, unless that is more
    /// than 50 years ahead, to the second.
    fn with_full_year(self, now: Timestamp) -> Self {
        let now = now.civil();
        let since_new_year =
            |date: Self| (date.month, date.day, date.hour, date.minute, date.second);
        let year = now.year.saturating_sub(now.year % 100).saturating_add(self.year);
        let limit = (now.year.saturating_add(50), since_new_year(now));
        let is_too_far = (year, since_new_year(self)) > limit;
        Self { year: if is_too_far { year.saturating_sub(100) } else { year }, ..self }
    }
}

/// Days of an era before one of its years; leap days of 400 years are for the caller.
fn days_before_year(year: u64) -> u64 {
    year.saturating_mul(365).saturating_add(year / 4).saturating_sub(year / 100)
}

/// Days of a year that begins with March before one of its months: 31, 30, 31, 30, 31 and again.
fn days_before_month(month_from_march: u64) -> u64 {
    month_from_march.saturating_mul(153).saturating_add(2) / 5
}

fn imf_fixdate(text: &[u8]) -> Parsed<'_, Civil> {
    let parts = (
        name(&DAY_NAMES),
        tag(&b", "[..]),
        digits,
        tag(&b" "[..]),
        name(&MONTHS),
        tag(&b" "[..]),
        year,
        tag(&b" "[..]),
        time_of_day,
        tag(&b" GMT"[..]),
    );
    let civil = |(weekday, _, day, _, month, _, year, _, (hour, minute, second), _)| Civil {
        year,
        month,
        day,
        weekday,
        hour,
        minute,
        second,
    };
    parts.map(civil).parse(text)
}

fn rfc850_date(text: &[u8], now: Timestamp) -> Parsed<'_, Civil> {
    let comma = text.iter().position(|&byte| byte == b',').unwrap_or(text.len());
    let day_name = map_opt(take(comma), |name: &[u8]| {
        let known = DAY_NAMES.iter().zip(DAY_NAME_ENDS).position(|(start, end)| {
            name.strip_prefix(start).is_some_and(|rest| rest == end.as_bytes())
        });
        known.and_then(|known| u8::try_from(known).ok())
    });
    let parts = (
        day_name,
        tag(&b", "[..]),
        digits,
        tag(&b"-"[..]),
        name(&MONTHS),
        tag(&b"-"[..]),
        digits,
        tag(&b" "[..]),
        time_of_day,
        tag(&b" GMT"[..]),
    );
    let civil = |(weekday, _, day, _, month, _, years, _, (hour, minute, second), _)| {
        let year = u16::from(years);
        Civil { year, month, day, weekday, hour, minute, second }.with_full_year(now)
    };
    parts.map(civil).parse(text)
}

fn asctime_date(text: &[u8]) -> Parsed<'_, Civil> {
    let parts = (
        name(&DAY_NAMES),
        tag(&b" "[..]),
        name(&MONTHS),
        tag(&b" "[..]),
        padded_day,
        tag(&b" "[..]),
        time_of_day,
        tag(&b" "[..]),
        year,
    );
    let civil = |(weekday, _, month, _, day, _, (hour, minute, second), _, year)| Civil {
        year,
        month,
        day,
        weekday,
        hour,
        minute,
        second,
    };
    parts.map(civil).parse(text)
}

fn time_of_day(text: &[u8]) -> Parsed<'_, (u8, u8, u8)> {
    let (rest, (hour, _, minute, _, second)) =
        (digits, tag(&b":"[..]), digits, tag(&b":"[..]), digits).parse(text)?;
    Ok((rest, (hour, minute, second)))
}

/// The index of one of `names`, which are case-sensitive.
fn name<'i>(names: &[[u8; 3]]) -> impl nom::Parser<&'i [u8], Output = u8, Error = Broken> {
    map_opt(take(3_usize), move |name: &[u8]| {
        let index = names.iter().position(|known| known == name)?;
        u8::try_from(index).ok()
    })
}

/// `2DIGIT`
fn digits(text: &[u8]) -> Parsed<'_, u8> {
    map_opt(take(2_usize), |digits: &[u8]| number(digits).and_then(|n| u8::try_from(n).ok()))
        .parse(text)
}

/// `4DIGIT`
fn year(text: &[u8]) -> Parsed<'_, u16> {
    map_opt(take(4_usize), |digits: &[u8]| number(digits).and_then(|n| u16::try_from(n).ok()))
        .parse(text)
}

/// `2DIGIT / ( SP 1DIGIT )`
fn padded_day(text: &[u8]) -> Parsed<'_, u8> {
    map_opt(take(2_usize), |digits: &[u8]| {
        let digits = digits.strip_prefix(b" ").unwrap_or(digits);
        number(digits).and_then(|day| u8::try_from(day).ok())
    })
    .parse(text)
}

fn two_digits(value: u8) -> [u8; 2] {
    [b'0'.saturating_add(value / 10), b'0'.saturating_add(value % 10)]
}

const DAY_NAMES: [[u8; 3]; 7] = [*b"Sun", *b"Mon", *b"Tue", *b"Wed", *b"Thu", *b"Fri", *b"Sat"];
/// What makes the short names those of RFC 850.
const DAY_NAME_ENDS: [&str; 7] = ["day", "day", "sday", "nesday", "rsday", "day", "urday"];
#[rustfmt::skip]
const MONTHS: [[u8; 3]; 12] = [
    *b"Jan", *b"Feb", *b"Mar", *b"Apr", *b"May", *b"Jun",
    *b"Jul", *b"Aug", *b"Sep", *b"Oct", *b"Nov", *b"Dec",
];
/// 0000-03-01T00:00:00Z
const ERA_START: i64 = -62_162_035_200;
/// 0001-01-01T00:00:00Z
const FIRST: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z
const LAST: i64 = 253_402_300_799;

#[cfg(test)]
mod tests;
