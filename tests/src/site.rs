//! A document root for one test, with something beside it that nobody may see.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};
use std::{env, process};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::{Cell, Running};

/// A directory of files to serve, empty at first. Dropping it removes it.
#[derive(Debug)]
pub struct Site {
    parent: PathBuf,
    root: PathBuf,
}

impl Site {
    /// An empty root, and a file called canary beside it.
    #[track_caller]
    #[must_use]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("antiphon-site-{}-{number}", process::id());
        let parent = env::temp_dir().join(name);
        let root = parent.join("root");
        fs::create_dir_all(&root).expect("temporary files can be made");
        fs::write(parent.join("canary"), CANARY).expect("a file can be made");
        fs::create_dir(parent.join("cage")).expect("a directory can be made");
        fs::write(parent.join("cage/canary"), CANARY).expect("a file can be made");
        Self { parent, root }
    }

    /// The files that the tables of requests speak of.
    #[track_caller]
    #[must_use]
    pub fn of_the_tables() -> Self {
        let site = Self::new();
        site.write("file.txt", "abcdefghijklmnopqrstuvwxyz");
        site.set_modified("file.txt", Duration::from_secs(784_111_777));
        site.write("empty", "");
        site.mkdir("dir");
        site.write("secret", CANARY);
        site.lock("secret");
        site
    }

    /// Names that are hard to escape, links in all directions, and what is no file at all.
    /// [`SERVED`], [`HIDDEN`], [`UNSPEAKABLE`] and [`REFUSED`] tell what is to become of them.
    #[track_caller]
    #[must_use]
    pub fn hostile() -> Self {
        let site = Self::new();
        for directory in ["dir", "dir with spaces", "dir:colon", ".git"] {
            site.mkdir(directory);
        }
        for name in SERVED.iter().chain(HIDDEN).chain(UNSPEAKABLE) {
            let link: Option<&[u8]> = match *name {
                b"link inside" => Some(b"plain.txt"),
                b"link to link" => Some(b"link inside"),
                b"dir/link up" => Some(b"../plain.txt"),
                _ => None,
            };
            match link {
                Some(target) => site.link(path(name), path(target)),
                None => site.write(path(name), content(name)),
            }
        }
        site.link("link to dir", "dir");
        site.link("out", "../canary");
        site.link("out dir", "../cage");
        site.link("out and back", "../root/plain.txt");
        site.link("absolute", site.parent.join("canary"));
        site.link("absolute inside", site.root.join("plain.txt"));
        site.link("passwd", "/etc/passwd");
        site.link("magic", "/proc/self/root");
        site.link("broken", "nothing");
        site.link("loop", "loop");
        let mode = Mode::from_raw_mode(0o644);
        mknodat(CWD, site.root.join("fifo"), FileType::Fifo, mode, 0).expect("a FIFO can be made");
        drop(UnixListener::bind(site.root.join("socket")).expect("a socket can be made"));
        site
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A server of this cell for it.
    #[track_caller]
    #[must_use]
    pub fn served(&self, cell: Cell, options: &str) -> Running {
        cell.start(&format!("--root {} {options}", self.root.display()))
    }

    /// Makes a file, or makes it anew.
    #[track_caller]
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        fs::write(self.root.join(name), content).expect("a file can be written");
    }

    /// Makes a directory.
    #[track_caller]
    pub fn mkdir(&self, name: impl AsRef<Path>) {
        fs::create_dir_all(self.root.join(name)).expect("a directory can be made");
    }

    /// Makes a symbolic link.
    #[track_caller]
    pub fn link(&self, name: impl AsRef<Path>, target: impl AsRef<Path>) {
        symlink(target, self.root.join(name)).expect("a symbolic link can be made");
    }

    /// Lets nobody read a file but who need not ask.
    #[track_caller]
    pub fn lock(&self, name: impl AsRef<Path>) {
        self.set_mode(name, 0o000);
    }

    /// Lets all go through a directory, and nobody read it but who need not ask.
    #[track_caller]
    pub fn only_through(&self, name: impl AsRef<Path>) {
        self.set_mode(name, 0o111);
    }

    #[track_caller]
    fn set_mode(&self, name: impl AsRef<Path>, mode: u32) {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(self.root.join(name), mode).expect("modes can be set");
    }

    /// A file to write to.
    #[track_caller]
    #[must_use]
    pub fn file(&self, name: impl AsRef<Path>) -> File {
        let file = File::options().append(true).open(self.root.join(name));
        file.expect("the file is there")
    }

    /// Says when a file was changed.
    #[track_caller]
    pub fn set_modified(&self, name: impl AsRef<Path>, since_epoch: Duration) {
        let time = SystemTime::UNIX_EPOCH + since_epoch;
        self.file(name).set_modified(time).expect("the time of a file can be set");
    }
}

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // What is left over is no reason to fail.
        fs::remove_dir_all(&self.parent).unwrap_or_default();
    }
}

/// What stands in the file that nobody may see.
pub const CANARY: &str = "the canary sings";

/// Names of files that everybody may have, with [`content`] in them.
pub const SERVED: &[&[u8]] = &[
    b"plain.txt",
    b"-rf",
    b"dir/inner.txt",
    b"dir/link up",
    b"dir with spaces/a b.txt",
    b"dir:colon/b",
    b"link inside",
    b"link to link",
    b"javascript:alert(1)",
    b"http:colon.txt",
    b"quotes\"'`.txt",
    b"<script>alert(1)",
    b"&amp;.html",
    b"100%20.txt",
    b"a?b#c;d&e=f.txt",
    b"caf\xc3\xa9.txt",
    b"\xe2\x80\xaegpj.txt",
    b"\xff\xfe.bin",
    b"~$*!|{}[]^.txt",
];

/// Names of files that only `--dotfiles` serves.
pub const HIDDEN: &[&[u8]] =
    &[b".hidden", b"...", b"..%2fcanary", b".git/config", b"dir/.htpasswd"];

/// Names of files that no request can ask for, as HTTP is spoken here.
pub const UNSPEAKABLE: &[&[u8]] = &[b"new\nline.txt", b"tab\tab", b"back\\slash", b"esc\x1b[2J"];

/// What is there, and no file of this root.
pub const REFUSED: &[&str] = &[
    "out",
    "out dir/canary",
    "out dir/",
    "out dir",
    "out and back",
    "absolute",
    "absolute inside",
    "passwd",
    "magic",
    "magic/etc/passwd",
    "broken",
    "loop",
    "fifo",
    "socket",
    "plain.txt/",
    "plain.txt/more",
];

/// What stands in the file of this name.
#[must_use]
pub fn content(name: &[u8]) -> Vec<u8> {
    match name {
        b"link inside" | b"link to link" | b"dir/link up" => content(b"plain.txt"),
        _ => [name, b" has this in it\r\n\0\xff"].concat(),
    }
}

/// The target that asks for a file of this name: all is escaped that can be.
#[must_use]
pub fn target(name: &[u8]) -> String {
    let mut target = String::from("/");
    for &byte in name {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => target.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => target.push(char::from(byte)),
            _ => target.push_str(&format!("%{byte:02X}")),
        }
    }
    target
}

fn path(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}
