//! The files that were served of late, still open.
//!
//! An open and a look at a file cost more than the response that tells of it. What a path led to
//! within the last second is taken to be there still; small files are kept whole, so that a
//! response to one is a single send. What was looked at earlier is of no use any more, and closed
//! soon: a file that was deleted keeps its room on the disk for as long as somebody has it open.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use antiphon_protocol::http::{Coding, EntityTag, Lookup, MediaType, Path};
use cap_std::fs::Metadata;

use crate::clock::{nanoseconds, timestamp};

/// One file, and what a response says of it.
#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) file: File,
    pub(crate) len: u64,
    modified: Option<SystemTime>,
    etag: String,
    media_type: MediaType<'static>,
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
        media_type: MediaType<'static>,
        coding: Option<Coding>,
        vary: bool,
    ) -> io::Result<Self> {
        let len = metadata.len();
        let modified = metadata.modified().ok().map(|time| time.into_std());
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
            modified,
            etag: modified.map_or(String::new(), |time| etag(time, len, coding)),
            media_type,
            coding,
            vary,
            content,
        })
    }

    /// Whether what was said of it still holds for what would be sent. A file that is kept whole
    /// stays as it was, whatever becomes of the one on the disk.
    pub(crate) fn is_as_it_was(&self) -> bool {
        self.content.is_some()
            || self.file.metadata().is_ok_and(|metadata| {
                metadata.len() == self.len && metadata.modified().ok() == self.modified
            })
    }

    /// As the protocol wants to know it.
    pub(crate) fn lookup(&self) -> Lookup<'_> {
        Lookup::File {
            len: self.len,
            modified: self.modified.map(timestamp),
            etag: EntityTag::strong(self.etag.as_bytes()).filter(|_| !self.etag.is_empty()),
            media_type: self.media_type,
            coding: self.coding,
            vary: self.vary,
        }
    }
}

/// The files, by their decoded path, as one file has any number of spellings; one for each way to
/// ask for it ([`slot`]).
#[derive(Debug, Default)]
pub(crate) struct OpenFiles {
    kept: HashMap<Box<[u8]>, [Option<Kept>; SLOTS]>,
    /// When to look for what is stale; `None` when nothing is kept.
    sweep_at: Option<Instant>,
}

#[derive(Debug)]
struct Kept {
    file: Arc<OpenFile>,
    looked_at: Instant,
}

impl OpenFiles {
    /// The file for `path`, unless it was looked at too long ago.
    pub(crate) fn get(&self, path: &Path<'_>, codings: [bool; 2]) -> Option<Arc<OpenFile>> {
        let kept = self.kept.get(path.as_bytes())?[slot(path, codings)].as_ref()?;
        kept.is_fresh().then(|| Arc::clone(&kept.file))
    }

    /// Keeps a file that was just opened. If there is no room for it, the one that was looked at
    /// first has to go.
    pub(crate) fn insert(&mut self, path: &Path<'_>, codings: [bool; 2], file: &Arc<OpenFile>) {
        self.sweep();
        if self.kept.len() >= LIMIT && !self.kept.contains_key(path.as_bytes()) {
            let looked_at =
                |kept: &[Option<Kept>]| kept.iter().flatten().map(|k| k.looked_at).max();
            let oldest = self.kept.iter().min_by_key(|(_, kept)| looked_at(*kept));
            if let Some(oldest) = oldest.map(|(path, _)| path.clone()) {
                self.kept.remove(&oldest);
            }
        }
        let kept = Kept { file: Arc::clone(file), looked_at: Instant::now() };
        self.sweep_at.get_or_insert(kept.looked_at + FRESH);
        let slots = self.kept.entry(path.as_bytes().into()).or_default();
        slots[slot(path, codings)] = Some(kept);
    }

    /// Closes what is kept for `path`, where there is no file any more. What is kept for it with
    /// another end, a slash or none, stays: what is a file is none with a slash behind it.
    pub(crate) fn remove(&mut self, path: &Path<'_>) {
        let Some(slots) = self.kept.get_mut(path.as_bytes()) else { return };
        let first = slot(path, [false; 2]);
        slots[first..][..SLOTS / 2].fill_with(|| None);
        if slots.iter().all(Option::is_none) {
            self.kept.remove(path.as_bytes());
        }
    }

    /// Closes all that are not being sent, and says whether there were any.
    pub(crate) fn clear(&mut self) -> bool {
        self.sweep_at = None;
        // What is left of a drain that stops early is dropped, too.
        let mut all = self.kept.drain().flat_map(|(_, kept)| kept).flatten();
        all.any(|kept| Arc::strong_count(&kept.file) == 1)
    }

    /// When [`OpenFiles::sweep`] has something to do.
    pub(crate) fn sweep_at(&self) -> Option<Instant> {
        self.sweep_at
    }

    /// Closes what is stale, if it is time to look: so it is open for twice as long as it is fresh
    /// at most.
    pub(crate) fn sweep(&mut self) {
        let now = Instant::now();
        if self.sweep_at.is_none_or(|at| now < at) {
            return;
        }
        self.kept.retain(|_, slots| {
            slots.iter_mut().for_each(|slot| *slot = slot.take().filter(Kept::is_fresh));
            slots.iter().any(Option::is_some)
        });
        self.sweep_at = (!self.kept.is_empty()).then_some(now + FRESH);
    }
}

impl Kept {
    fn is_fresh(&self) -> bool {
        self.looked_at.elapsed() < FRESH
    }
}

/// What a path leads to depends on the codings that the client takes, and on how the path ends:
/// what is a file is none with a slash behind it, and the index of a directory is there only with
/// one.
fn slot(path: &Path<'_>, [brotli, gzip]: [bool; 2]) -> usize {
    usize::from(path.is_directory()) * 4 + usize::from(brotli) * 2 + usize::from(gzip)
}

/// Another one for each state of a file, and for each coding: the files that hold them often have
/// the same time, and may have the same length (RFC 9110, 8.8.3.3).
fn etag(modified: SystemTime, len: u64, coding: Option<Coding>) -> String {
    let (modified, coding) = (nanoseconds(modified), coding.map_or("", Coding::as_str));
    format!("{modified:x}-{len:x}{coding}")
}

/// How long what was seen of a file is believed.
pub(crate) const FRESH: Duration = Duration::from_secs(1);

/// In how many ways a path can be asked for.
const SLOTS: usize = 8;

/// For how many paths files are kept open; each has a descriptor, or a few.
const LIMIT: usize = 64;

/// Up to what size a file is kept whole.
const SMALL: u64 = 16 * 1024;

#[cfg(test)]
mod tests {
    use antiphon_protocol::http::Target;

    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let mut files = OpenFiles::default();
        for number in 0..=LIMIT {
            with(&format!("/{number}"), |path| files.insert(path, PLAIN, &any()));
        }
        assert_eq!(files.kept.len(), LIMIT);
        for number in 0..=LIMIT {
            let is_kept = with(&format!("/{number}"), |path| files.get(path, PLAIN).is_some());
            assert_eq!(is_kept, number > 0, "{number}");
        }
    }

    #[test]
    fn spellings_are_one_and_a_slash_at_the_end_is_another() {
        let mut files = OpenFiles::default();
        with("/a/./b", |path| files.insert(path, PLAIN, &any()));
        let is_kept = |target, codings| with(target, |path| files.get(path, codings).is_some());
        assert!(is_kept("/a/b", PLAIN) && is_kept("//%61/c/../b", PLAIN));
        assert!(!is_kept("/a/b/", PLAIN) && !is_kept("/a/b", [true, false]));
    }

    #[test]
    fn what_is_stale_is_closed() {
        let mut files = OpenFiles::default();
        let file = any();
        assert_eq!(files.sweep_at(), None);
        with("/a", |path| files.insert(path, PLAIN, &file));
        with("/b", |path| files.insert(path, PLAIN, &file));
        files.sweep();
        assert_eq!(Arc::strong_count(&file), 3, "it is not time yet");
        let past = Instant::now().checked_sub(FRESH).unwrap();
        files.sweep_at = Some(past);
        files.kept.get_mut(&b"a"[..]).unwrap()[0].as_mut().unwrap().looked_at = past;
        files.sweep();
        assert_eq!(Arc::strong_count(&file), 2);
        assert!(files.sweep_at() > Some(past));
        with("/b", |path| files.remove(path));
        assert_eq!((Arc::strong_count(&file), files.kept.len()), (1, 0));
    }

    #[test]
    fn what_is_none_with_a_slash_may_be_one_without() {
        let mut files = OpenFiles::default();
        for codings in [PLAIN, [true, true]] {
            with("/a", |path| files.insert(path, codings, &any()));
            with("/a/", |path| files.remove(path));
            assert!(with("/a", |path| files.get(path, codings).is_some()));
        }
        with("/a", |path| files.remove(path));
        assert!(files.kept.is_empty());
    }

    #[test]
    fn each_state_and_coding_has_its_own_tag() {
        let time = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let before = |seconds| SystemTime::UNIX_EPOCH - Duration::from_secs(seconds);
        let tags = [
            etag(time(1), 5, None),
            etag(time(1), 5, Some(Coding::Brotli)),
            etag(time(1), 5, Some(Coding::Gzip)),
            etag(time(1), 6, None),
            etag(time(2), 5, None),
            etag(before(1), 5, None),
            etag(before(2), 5, None),
        ];
        assert_eq!(tags.iter().collect::<std::collections::HashSet<_>>().len(), tags.len());
        assert!(tags.iter().all(|tag| EntityTag::strong(tag.as_bytes()).is_some()));
    }

    const PLAIN: [bool; 2] = [false, false];

    fn with<R>(target: &str, see: impl FnOnce(&Path<'_>) -> R) -> R {
        see(&Target::parse(target.as_bytes()).unwrap().decode(&mut [0; 64]).unwrap())
    }

    fn any() -> Arc<OpenFile> {
        let file = File::open(env!("CARGO_MANIFEST_DIR").to_owned() + "/Cargo.toml").unwrap();
        let metadata = Metadata::from_file(&file).unwrap();
        Arc::new(OpenFile::new(file, &metadata, MediaType::HTML, None, false).unwrap())
    }
}
