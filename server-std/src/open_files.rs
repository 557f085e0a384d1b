//! The files that were served of late, still open.
//!
//! An open and a look at a file cost more than the response that tells of it. What was looked at
//! within the last second is taken as it was; small files are kept whole, so that a response to
//! one is a single send.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use antiphon_protocol::http::{Coding, EntityTag, Lookup, Timestamp};
use cap_std::fs::Metadata;

/// One file, and what a response says of it.
#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) file: File,
    pub(crate) len: u64,
    modified: Option<Timestamp>,
    etag: String,
    media_type: &'static str,
    coding: Option<Coding>,
    vary: bool,
    /// The whole of a small file.
    pub(crate) content: Option<Vec<u8>>,
}

impl OpenFile {
    /// Takes a file that was just opened. `vary`: it also exists in other codings.
    pub(crate) fn new(
        file: File,
        metadata: &Metadata,
        media_type: &'static str,
        coding: Option<Coding>,
        vary: bool,
    ) -> io::Result<Self> {
        let len = metadata.len();
        let changed = metadata.modified().ok().map(|time| since_epoch(time.into_std()));
        let mut content = None;
        if len <= SMALL {
            // What is read counts, not what the metadata said a moment ago.
            let mut bytes = Vec::with_capacity(len as usize);
            (&file).take(len).read_to_end(&mut bytes)?;
            content = Some(bytes);
        }
        Ok(Self {
            len: content.as_ref().map_or(len, |content| content.len() as u64),
            file,
            modified: changed.map(|time| Timestamp::new(time.as_secs().cast_signed())),
            etag: changed.map_or(String::new(), |time| format!("{:x}-{len:x}", time.as_nanos())),
            media_type,
            coding,
            vary,
            content,
        })
    }

    /// As the protocol wants to know it.
    pub(crate) fn lookup(&self) -> Lookup<'_> {
        Lookup::File {
            len: self.len,
            modified: self.modified,
            etag: EntityTag::strong(self.etag.as_bytes()).filter(|_| !self.etag.is_empty()),
            media_type: self.media_type,
            coding: self.coding,
            vary: self.vary,
        }
    }
}

/// The files, by path and by the codings that the client takes.
#[derive(Debug, Default)]
pub(crate) struct OpenFiles(HashMap<Key, (Arc<OpenFile>, Instant)>);

/// A path, and whether the client takes brotli and gzip.
pub(crate) type Key = (Vec<u8>, [bool; 2]);

impl OpenFiles {
    /// The file under `key`, unless it was looked at too long ago.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<OpenFile>> {
        let (file, looked_at) = self.0.get(key)?;
        (looked_at.elapsed() < FRESH).then(|| Arc::clone(file))
    }

    /// Closes all that are not being sent.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Keeps a file that was just opened, if there is room for it.
    pub(crate) fn insert(&mut self, key: Key, file: &Arc<OpenFile>) {
        if self.0.len() >= LIMIT {
            self.0.retain(|_, (_, looked_at)| looked_at.elapsed() < FRESH);
        }
        if self.0.len() < LIMIT {
            self.0.insert(key, (Arc::clone(file), Instant::now()));
        }
    }
}

fn since_epoch(time: std::time::SystemTime) -> Duration {
    time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

/// How long what was seen of a file is believed.
const FRESH: Duration = Duration::from_secs(1);

/// How many files are kept open, each with a descriptor.
const LIMIT: usize = 64;

/// Up to what size a file is kept whole.
const SMALL: u64 = 16 * 1024;
