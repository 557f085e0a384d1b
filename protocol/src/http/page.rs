//! The page a person sees in place of a file.

use core::fmt::{self, Display, Write};

use super::Status;

/// Writes a page that says what happened and why: a title to find it by, words for the reason,
/// readable in light and dark, and by whoever listens to it.
///
/// ```
/// use antiphon_protocol::http::{Error, Status, error_page};
///
/// let mut page = String::new();
/// error_page(&mut page, Status::NotFound, &Error::NotFound)?;
/// assert!(page.contains("<title>404 Not Found</title>"));
/// assert!(page.contains("<p>nothing here has this name.</p>"));
/// # Ok::<(), std::fmt::Error>(())
/// ```
///
/// # Errors
///
/// Those of `out`.
pub fn error_page(out: &mut impl Write, status: Status, reason: &impl Display) -> fmt::Result {
    for part in [
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        status.phrase(),
        "</title>\n<style>\n",
        PAGE_STYLE,
        "p::first-letter { text-transform: uppercase }\n</style>\n<main>\n<h1>",
        status.phrase(),
        "</h1>\n<p>",
    ] {
        out.write_str(part)?;
    }
    write!(Escape(out), "{reason}")?;
    out.write_str(".</p>\n</main>\n</html>\n")
}

/// What the pages of a server look like, for its `style` element: content in `main` under an `h1`.
/// [`error_page`] begins with it, and so do other pages that are to look the same.
pub const PAGE_STYLE: &str =
    ":root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0 }
main { margin: 2rem auto; max-width: 56rem; padding: 0 1rem }
h1 { font-size: 1.375rem; overflow-wrap: anywhere }
";

/// The length of [`error_page`], which its head has to tell before it.
pub(super) fn error_page_len(status: Status, reason: &impl Display) -> u64 {
    let mut count = Count(0);
    // Counting cannot fail.
    let _ = error_page(&mut count, status, reason);
    count.0
}

/// Text that may stand anywhere in HTML, attributes in quotes too.
///
/// ```
/// use antiphon_protocol::http::Escaped;
///
/// assert_eq!(Escaped("<b>'Q&A'</b>\"").to_string(), "&lt;b&gt;&#39;Q&amp;A&#39;&lt;/b&gt;&#34;");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Escaped<'t>(pub &'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escape(f).write_str(self.0)
    }
}

/// Escapes all that goes through it.
struct Escape<'w, W>(&'w mut W);

impl<W: Write> Write for Escape<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(['<', '>', '&', '"', '\'']) {
            let plain = part.trim_end_matches(['<', '>', '&', '"', '\'']);
            self.0.write_str(plain)?;
            self.0.write_str(match part.as_bytes().last() {
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                Some(b'&') => "&amp;",
                Some(b'"') => "&#34;",
                Some(b'\'') => "&#39;",
                _ => "",
            })?;
        }
        Ok(())
    }
}

struct Count(u64);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX));
        Ok(())
    }
}
