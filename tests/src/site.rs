//! A document root for one test, with something beside it that nobody may see.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};
use std::{env, process};

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
        site.link("secret", "../canary");
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
