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

/// The files, by the path of the request as it came, so that a file that is at hand is found without
/// decoding; one for each combination of codings that clients take.
#[derive(Debug, Default)]
pub(crate) struct OpenFiles(HashMap<Box<[u8]>, [Option<Kept>; 4]>);

#[derive(Debug)]
struct Kept {
    file: Arc<OpenFile>,
    looked_at: Instant,
}

impl OpenFiles {
    /// The file for `path`, unless it was looked at too long ago.
    pub(crate) fn get(&self, path: &[u8], codings: [bool; 2]) -> Option<Arc<OpenFile>> {
        let kept = self.0.get(path)?[slot(codings)].as_ref()?;
        kept.is_fresh().then(|| Arc::clone(&kept.file))
    }

    /// Closes all that are not being sent, and says whether there were any.
    pub(crate) fn clear(&mut self) -> bool {
        // What is left of a drain that stops early is dropped, too.
        let mut all = self.0.drain().flat_map(|(_, kept)| kept).flatten();
        all.any(|kept| Arc::strong_count(&kept.file) == 1)
    }

    /// Keeps a file that was just opened, if there is room for it.
    pub(crate) fn insert(&mut self, path: &[u8], codings: [bool; 2], file: &Arc<OpenFile>) {
        if self.0.len() >= LIMIT {
            self.0.retain(|_, kept| kept.iter().flatten().any(Kept::is_fresh));
        }
        if self.0.len() < LIMIT || self.0.contains_key(path) {
            let kept = Kept { file: Arc::clone(file), looked_at: Instant::now() };
            self.0.entry(path.into()).or_default()[slot(codings)] = Some(kept);
        }
    }
}

impl Kept {
    fn is_fresh(&self) -> bool {
        self.looked_at.elapsed() < FRESH
    }
}

fn slot([brotli, gzip]: [bool; 2]) -> usize {
    usize::from(brotli) * 2 + usize::from(gzip)
}

fn since_epoch(time: std::time::SystemTime) -> Duration {
    time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

/// How long what was seen of a file is believed.
const FRESH: Duration = Duration::from_secs(1);

/// For how many paths files are kept open; each has a descriptor, or a few.
const LIMIT: usize = 64;

/// Up to what size a file is kept whole.
const SMALL: u64 = 16 * 1024;
