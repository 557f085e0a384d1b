//! The lines of a transcript, as values.

/// What happens at one line. Clients go by their names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event<'t> {
    /// The server has these options.
    Server(&'t str),
    /// A client says these bytes.
    Says(&'t str, String),
    /// A client is told these bytes.
    IsTold(&'t str, String),
    /// A client does what these words say.
    Does(&'t str, &'t str),
    /// The server has ended.
    Halted,
}

impl<'t> Event<'t> {
    /// The lines of `text` that are no comments, and their numbers.
    pub fn all(text: &'t str) -> impl Iterator<Item = (usize, Self)> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        lines.map(|(number, line)| (number, Self::parse(line)))
    }

    fn parse(line: &'t str) -> Self {
        let (who, what) = line.split_once(' ').unwrap_or((line, ""));
        if line == "halted" {
            Self::Halted
        } else if who == "server" {
            Self::Server(what)
        } else if let Some(name) = who.strip_suffix('>') {
            Self::Says(name, wire(what))
        } else if let Some(name) = who.strip_suffix('<') {
            Self::IsTold(name, wire(what))
        } else {
            Self::Does(who, what)
        }
    }
}

/// A line as it travels.
fn wire(line: &str) -> String {
    line.strip_suffix('\\').map_or_else(|| format!("{line}\r\n"), str::to_owned)
}
