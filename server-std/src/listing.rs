//! The page that lists a directory.
//!
//! It works without script and without style: a table whose column heads are links that sort it.

use std::cmp::Ordering;
use std::fmt::{self, Display, Write as _};
use std::io;

use antiphon_protocol::http::{Escaped, PAGE_STYLE, Path, Timestamp};
use cap_std::fs::{Dir, Metadata};

use crate::clock::timestamp;

/// One name in a directory.
#[derive(Debug)]
pub(crate) struct Entry {
    name: Vec<u8>,
    /// `None` for a directory.
    size: Option<u64>,
    modified: Option<Timestamp>,
}

/// How a listing is sorted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Order {
    column: Column,
    descending: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Column {
    Name,
    Size,
    Modified,
}

impl Order {
    /// Reads the query of a request; what it does not understand is by name.
    pub(crate) fn parse(query: &[u8]) -> Self {
        let has = |pair: &[u8]| query.split(|byte| *byte == b'&').any(|part| part == pair);
        let mut columns = COLUMNS.into_iter();
        let column = columns.find(|column| has(format!("sort={}", column.key()).as_bytes()));
        Self { column: column.unwrap_or(Column::Name), descending: has(b"order=descending") }
    }

    fn compare(self, a: &Entry, b: &Entry) -> Ordering {
        let by_column = match self.column {
            Column::Name => Ordering::Equal,
            Column::Size => a.size.cmp(&b.size),
            Column::Modified => a.modified.cmp(&b.modified),
        };
        let order = by_column.then_with(|| a.name.cmp(&b.name));
        // Directories come first, whichever way the rest goes.
        let order = if self.descending { order.reverse() } else { order };
        a.size.is_some().cmp(&b.size.is_some()).then(order)
    }
}

impl Column {
    const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Size => "size",
            Self::Modified => "modified",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Size => "Size",
            Self::Modified => "Last modified (UTC)",
        }
    }
}

/// What a directory has to show.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    entries: Vec<Entry>,
    /// How many names are left out because no path can have them.
    unspeakable: usize,
    /// Whether there are more names than were looked at.
    has_more: bool,
}

/// Reads a directory, and what there is under each name; `look_at` follows links. What leads out of
/// the root, is hidden, or is neither file nor directory, is left out, as it would not be served
/// either. At most `most` names are looked at: those that the system gives first, in no order.
///
/// # Errors
///
/// Those of readdir(3).
pub(crate) fn read(
    dir: &Dir,
    order: Order,
    most: usize,
    is_hidden: impl Fn(&[u8]) -> bool,
    look_at: impl Fn(&[u8]) -> Option<Metadata>,
) -> io::Result<Listing> {
    let (mut listing, mut looked_at) = (Listing::default(), 0);
    for entry in dir.entries()? {
        let entry = entry?;
        let name = entry.file_name().into_encoded_bytes();
        if is_hidden(&name) {
            continue;
        }
        if !can_be_asked_for(&name) {
            listing.unspeakable += 1;
            continue;
        }
        if looked_at == most {
            listing.has_more = true;
            break;
        }
        looked_at += 1;
        // To look at what is here itself takes half the time of resolving a path from the root.
        let metadata = match entry.metadata() {
            Ok(metadata) if metadata.is_symlink() => look_at(&name),
            metadata => metadata.ok(),
        };
        if let Some(metadata) = metadata.filter(is_served) {
            listing.entries.push(Entry {
                name,
                size: metadata.is_file().then(|| metadata.len()),
                modified: metadata.modified().ok().map(|time| timestamp(time.into_std())),
            });
        }
    }
    listing.entries.sort_by(|a, b| order.compare(a, b));
    Ok(listing)
}

fn is_served(metadata: &Metadata) -> bool {
    metadata.is_dir() || metadata.is_file()
}

/// Whether a path of HTTP may have such a name in it: not with a control byte or a backslash.
fn can_be_asked_for(name: &[u8]) -> bool {
    !name.iter().any(|byte| byte.is_ascii_control() || *byte == b'\\')
}

/// The page for the directory `path`.
pub(crate) fn page(path: &Path<'_>, order: Order, listing: &Listing) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    write_page(&mut page, path, order, listing).unwrap_or_default();
    page
}

fn write_page(page: &mut String, path: &Path<'_>, order: Order, listing: &Listing) -> fmt::Result {
    let slash = if path.as_bytes().is_empty() { "" } else { "/" };
    let title = format!("/{}{slash}", Shown(path.as_bytes()));
    write!(page, "{HEAD}<title>Index of {title}</title>\n<style>\n{PAGE_STYLE}{STYLE}</style>\n")?;
    write!(page, "<main>\n<h1>Index of <bdi>{title}</bdi></h1>\n")?;
    page.write_str("<table>\n<thead><tr>")?;
    for column in COLUMNS {
        write_column(page, column, order)?;
    }
    page.write_str("</tr></thead>\n<tbody>\n")?;
    if !path.as_bytes().is_empty() {
        page.write_str(
            "<tr><th scope=\"row\"><a href=\"../\">Parent directory</a></th><td></td><td></td></tr>\n",
        )?;
    }
    for entry in &listing.entries {
        writeln!(page, "{entry}")?;
    }
    let count = listing.entries.len();
    let names = if count == 1 { "entry" } else { "entries" };
    write!(page, "</tbody>\n</table>\n<p>{count} {names}")?;
    if listing.has_more {
        page.write_str(
            " of a directory that has more: these are not the first in any order, only those that \
             were found first",
        )?;
    }
    match listing.unspeakable {
        0 => {}
        1 => page.write_str("; a name is left out that no address can have")?,
        left_out => write!(page, "; {left_out} names are left out that no address can have")?,
    }
    page.write_str("</p>\n</main>\n</html>\n")
}

/// The head of a column, a link to the listing sorted by it: in the other direction, if it is
/// sorted by it already.
fn write_column(page: &mut String, column: Column, order: Order) -> fmt::Result {
    let current = column == order.column;
    let sorted = match (current, order.descending) {
        (true, true) => " aria-sort=\"descending\"",
        (true, false) => " aria-sort=\"ascending\"",
        (false, _) => "",
    };
    let next = if current && !order.descending { "&amp;order=descending" } else { "" };
    let (key, title) = (column.key(), column.title());
    write!(page, "<th scope=\"col\"{sorted}><a href=\"?sort={key}{next}\">{title}</a></th>")
}

impl Display for Entry {
    /// A row of the table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.size.is_none() { "/" } else { "" };
        // The dot keeps a name with a colon in it from being taken for a scheme.
        write!(f, "<tr><th scope=\"row\"><a href=\"./{}{slash}\">", Href(&self.name))?;
        write!(f, "<bdi>{}</bdi>{slash}</a></th><td>", Shown(&self.name))?;
        if let Some(size) = self.size {
            write!(f, "{}", Size(size))?;
        }
        f.write_str("</td><td>")?;
        if let Some(modified) = self.modified {
            write!(f, "{}", Date(modified))?;
        }
        f.write_str("</td></tr>")
    }
}

/// A name in HTML. What has no shape of its own, and could make a name look like another one, is
/// shown by its number.
struct Shown<'n>(&'n [u8]);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = String::from_utf8_lossy(self.0);
        for part in name.split_inclusive(is_invisible) {
            let plain = part.trim_end_matches(is_invisible);
            write!(f, "{}", Escaped(plain))?;
            part[plain.len()..]
                .chars()
                .try_for_each(|char| write!(f, "{}", char.escape_unicode()))?;
        }
        Ok(())
    }
}

/// Whether a character is not seen itself, but changes what is seen: controls, and those format
/// characters (general category Cf) that no name needs to be written. Not the joiners, U+200C and
/// U+200D, which some scripts and many emoji do need.
fn is_invisible(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
}

/// A time in HTML, for people and for programs.
struct Date(Timestamp);

impl Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.0.imf_fixdate();
        // "Sun, 06 Nov 1994 08:49:37 GMT": without the day of the week and the seconds.
        let date = String::from_utf8_lossy(&date);
        let part = |range| date.get(range).unwrap_or_default();
        let (day, month, year, time) = (part(5..7), part(8..11), part(12..16), part(17..22));
        let number = MONTHS.find(month).unwrap_or_default() / 3 + 1;
        write!(f, "<time datetime=\"{year}-{number:02}-{day}T{time}Z\">")?;
        // Where there is little room, the time goes to the next line, and nothing else.
        write!(f, "{day}&nbsp;{month}&nbsp;{year} {time}</time>")
    }
}

/// A name in a relative reference: all but the unreserved characters of RFC 3986, section 2.3,
/// percent-encoded.
struct Href<'n>(&'n [u8]);

impl Display for Href<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    f.write_char(char::from(*byte))?;
                }
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

/// A number of bytes, as people read it.
struct Size(u64);

impl Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB"];
        let mut size = self.0 as f64 / 1024.0;
        if self.0 < 1024 {
            return write!(f, "{} B", self.0);
        }
        let mut unit = 0;
        while size >= 1024.0 && unit + 1 < units.len() {
            size /= 1024.0;
            unit += 1;
        }
        write!(f, "{size:.1} {}", units[unit])
    }
}

/// How many names are looked at for a page: to look at more would keep others waiting.
pub(crate) const MOST: usize = 10_000;

const COLUMNS: [Column; 3] = [Column::Name, Column::Size, Column::Modified];

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";

const STYLE: &str = "table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); padding: .375rem .75rem; text-align: left; vertical-align: baseline }
th:first-child { overflow-wrap: anywhere; padding-left: 0; width: 100% }
th:last-child, td:last-child { padding-right: 0 }
tbody th { font-weight: normal }
thead th, td { white-space: nowrap }
td { font-variant-numeric: tabular-nums }
th:nth-child(2), td:nth-child(2) { text-align: right }
th[aria-sort=ascending] a::after { content: ' \\25B2' }
th[aria-sort=descending] a::after { content: ' \\25BC' }
a { text-decoration: none } a:hover, a:focus-visible { text-decoration: underline }
p { opacity: .7 }
@media (max-width: 36rem) {
th, td { padding: .375rem }
td, thead th { font-size: .875rem }
th:last-child, td:last-child { min-width: 5.5rem; white-space: normal }
}
";

/// The names of the months in HTTP, three letters each.
const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_page() {
        let name = b"\"><script>alert(1)</script>&'\n\xff".to_vec();
        let row = Entry { name, size: Some(1), modified: None }.to_string();
        assert!(!row.contains("<script>") && !row.contains("\"><s"));
        assert!(row.contains("href=\"./%22%3E%3Cscript%3E"));
    }

    #[test]
    fn what_is_left_out_is_told() {
        let path = std::env::temp_dir().join(format!("antiphon-listing-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        for name in ["a", "b", "c", ".hidden", ".too"] {
            std::fs::write(path.join(name), name).unwrap();
        }
        let dir = Dir::open_ambient_dir(&path, cap_std::ambient_authority()).unwrap();
        let root = antiphon_protocol::http::Target::ROOT.decode(&mut []).unwrap();
        let order = Order::parse(b"");
        let end = |most| {
            let is_hidden = |name: &[u8]| name.starts_with(b".");
            let look_at = |name: &[u8]| dir.metadata(str::from_utf8(name).unwrap()).ok();
            let listing = read(&dir, order, most, is_hidden, look_at).unwrap();
            let page = page(&root, order, &listing);
            page.rsplit_once("<p>").unwrap().1.split_once("</p>").unwrap().0.to_owned()
        };
        assert_eq!(end(3), "3 entries");
        assert!(end(2).starts_with("2 entries of a directory that has more"), "{}", end(2));
        #[cfg(unix)]
        {
            std::fs::write(path.join("new\nline"), "").unwrap();
            assert_eq!(end(3), "3 entries; a name is left out that no address can have");
            std::fs::write(path.join("back\\slash"), "").unwrap();
            assert_eq!(end(3), "3 entries; 2 names are left out that no address can have");
        }
        std::fs::remove_dir_all(&path).unwrap();
    }

    /// "photo\u{202e}gpj.exe" would be shown as "photoexe.jpg".
    #[test]
    fn names_cannot_look_like_others() {
        let name = "photo\u{202e}gpj.exe";
        let row = Entry { name: name.into(), size: Some(1), modified: None }.to_string();
        assert!(row.contains("<bdi>photo\\u{202e}gpj.exe</bdi></a>"), "{row}");
        assert!(row.contains("href=\"./photo%E2%80%AEgpj.exe\""), "{row}");
        let shown = |name: &str| Shown(name.as_bytes()).to_string();
        assert_eq!(shown("a\u{200b}\u{2066}b\n"), "a\\u{200b}\\u{2066}b\\u{a}");
        let emoji = "\u{1f469}\u{200d}\u{1f52c} שלום <b>";
        assert_eq!(shown(emoji), emoji.replace('<', "&lt;").replace('>', "&gt;"));
        assert_eq!(shown(""), "");
    }

    #[test]
    fn dates_are_for_programs_too() {
        for (date, shown) in [
            (
                784_111_777,
                "<time datetime=\"1994-11-06T08:49Z\">06&nbsp;Nov&nbsp;1994 08:49</time>",
            ),
            (0, "<time datetime=\"1970-01-01T00:00Z\">01&nbsp;Jan&nbsp;1970 00:00</time>"),
        ] {
            assert_eq!(Date(Timestamp::new(date)).to_string(), shown);
        }
    }

    #[test]
    fn sizes_are_for_people() {
        let shown = |size| Size(size).to_string();
        assert_eq!(shown(0), "0 B");
        assert_eq!(shown(1023), "1023 B");
        assert_eq!(shown(1536), "1.5 KiB");
        assert_eq!(shown(10 << 20), "10.0 MiB");
    }

    #[test]
    fn directories_come_first_in_every_order() {
        let entry = |name: &[u8], size| Entry { name: name.to_vec(), size, modified: None };
        for (query, expected) in [
            (&b""[..], ["d", "a", "b"]),
            (b"sort=size", ["d", "b", "a"]),
            (b"sort=size&order=descending", ["d", "a", "b"]),
            (b"sort=nonsense", ["d", "a", "b"]),
        ] {
            let order = Order::parse(query);
            let mut entries = [entry(b"a", Some(2)), entry(b"b", Some(1)), entry(b"d", None)];
            entries.sort_by(|a, b| order.compare(a, b));
            assert_eq!(
                entries.each_ref().map(|entry| entry.name.as_slice()),
                expected.map(str::as_bytes)
            );
        }
    }
}
