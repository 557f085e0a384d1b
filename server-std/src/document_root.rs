//! The directory that is served, and nothing outside of it.
//!
//! The root is held open as a directory, and every path is resolved beneath it: on Linux by the
//! kernel (openat2(2), `RESOLVE_BENEATH`), elsewhere step by step by `cap-std`. What the text of a
//! path looks like decides nothing here: checks of text miss what the file system makes of it, a
//! symbolic link above all.

use std::io;
use std::path::Path as StdPath;

use antiphon_protocol::http::{Error, Path};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};

/// The document root.
#[derive(Debug)]
pub(crate) struct DocumentRoot {
    dir: Dir,
    /// Whether names that begin with a dot are served.
    dotfiles: bool,
}

/// What stands under a path, opened: what is read of it now stays true of what will be sent.
#[derive(Debug)]
pub(crate) enum Found {
    File(File, Metadata),
    Directory(Dir),
}

impl DocumentRoot {
    /// Opens the directory.
    pub(crate) fn open(path: &StdPath, dotfiles: bool) -> io::Result<Self> {
        Ok(Self { dir: Dir::open_ambient_dir(path, ambient_authority())?, dotfiles })
    }

    /// Opens what stands under `path`.
    ///
    /// # Errors
    ///
    /// The response that says why there is nothing to send. What lies outside of the root, what is
    /// hidden, and what is neither file nor directory does not exist as far as a peer can tell.
    pub(crate) fn find(&self, path: &Path<'_>) -> Result<Found, Error> {
        if path.names().any(|name| !self.serves(name)) {
            return Err(Error::NotFound);
        }
        if path.as_bytes().is_empty() {
            return self.dir.try_clone().map(Found::Directory).map_err(|error| refusal(&error));
        }
        find_in(&self.dir, as_path(path.as_bytes()).ok_or(Error::NotFound)?)
    }

    /// Opens the file whose name is that of `path` and `end`.
    pub(crate) fn find_beside(&self, path: &Path<'_>, end: &str) -> Result<Found, Error> {
        let path = [path.as_bytes(), end.as_bytes()].concat();
        find_in(&self.dir, as_path(&path).ok_or(Error::NotFound)?)
    }

    /// Opens what has this name in the directory `path`. A link there may lead to all of the root.
    pub(crate) fn find_in(&self, path: &Path<'_>, name: &[u8]) -> Result<Found, Error> {
        find_in(&self.dir, as_path(&join(path, name)).ok_or(Error::NotFound)?)
    }

    /// Looks at what has this name in the directory `path`, which may be a link within the root.
    pub(crate) fn look_at(&self, path: &Path<'_>, name: &[u8]) -> Option<Metadata> {
        self.dir.metadata(as_path(&join(path, name))?).ok()
    }

    /// Whether a name may be served at all.
    pub(crate) fn serves(&self, name: &[u8]) -> bool {
        self.dotfiles || !name.starts_with(b".")
    }
}

/// Opens `path` beneath `dir`, if it is a file or a directory: to open a FIFO would wake whoever
/// waits to write into it, and lose what they write; to open a device can do anything. A directory
/// is opened to go through it: only a listing needs to read it, too.
///
/// Whoever may change the root can put another kind of thing in its place between the look and the
/// open. That one is opened too, without waiting, and closed again.
fn find_in(dir: &Dir, path: &StdPath) -> Result<Found, Error> {
    let metadata = dir.metadata(path).map_err(|error| refusal(&error))?;
    if metadata.is_dir() {
        return dir.open_dir(path).map(Found::Directory).map_err(|error| refusal(&error));
    }
    if !metadata.is_file() {
        return Err(Error::NotFound);
    }
    let file = dir.open_with(path, &read_only()).map_err(|error| refusal(&error))?;
    let metadata = file.metadata().map_err(|error| refusal(&error))?;
    if metadata.is_file() { Ok(Found::File(file, metadata)) } else { Err(Error::NotFound) }
}

/// The path of a name in a directory, which may be the root.
fn join(path: &Path<'_>, name: &[u8]) -> Vec<u8> {
    let mut joined = path.as_bytes().to_vec();
    if !joined.is_empty() {
        joined.push(b'/');
    }
    joined.extend_from_slice(name);
    joined
}

/// A path of the protocol, as the system takes it.
fn as_path(bytes: &[u8]) -> Option<&StdPath> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        Some(StdPath::new(std::ffi::OsStr::from_bytes(bytes)))
    }
    #[cfg(not(unix))]
    std::str::from_utf8(bytes).ok().map(StdPath::new)
}

fn read_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    // A FIFO without a writer would put the whole server to sleep.
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    options
}

/// What a failure to open or to read says to a peer.
pub(crate) fn refusal(error: &io::Error) -> Error {
    if crate::accept::is_shortage(error) {
        return Error::Unavailable;
    }
    // cap-std reports a way out of the root as denied, too, but that is not what the system said.
    // It must not be told apart from a name that does not exist.
    let is_denied = error.kind() == io::ErrorKind::PermissionDenied;
    if is_denied && error.raw_os_error().is_some() { Error::Forbidden } else { Error::NotFound }
}
