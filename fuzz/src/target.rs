//! A decoded path never leaves the root, and encoded again it leads to the same place.

use std::path::{Component, Path as FilePath};

use antiphon_protocol::http::{Error, Path, Target};

/// The first byte is how much memory there is for the path; the rest is the target.
pub fn check(data: &[u8]) {
    let Some((&room, raw)) = data.split_first() else { return };
    let Ok(target) = Target::parse(raw) else { return };
    let mut memory = vec![0; raw.len()];
    let decoded = target.decode(&mut memory);
    if let Ok(path) = decoded {
        is_inside(path);
        let again = path.names().fold(String::new(), |target, name| target + "/" + &escaped(name));
        let slash = if path.is_directory() { "/" } else { "" };
        let again = again + slash;
        let mut memory = vec![0; raw.len()];
        let target = Target::parse(again.as_bytes()).expect("a target");
        assert_eq!(target.decode(&mut memory), decoded, "{again}");
    }
    // Less memory changes nothing but that it may be too little.
    match target.decode(&mut vec![0; room.into()]) {
        Err(Error::PathTooLong) => assert!(usize::from(room) < raw.len()),
        other => assert_eq!(other, decoded),
    }
}

fn is_inside(path: Path<'_>) {
    let bytes = path.as_bytes();
    assert!(!bytes.iter().any(|&byte| byte.is_ascii_control() || byte == b'\\'));
    for name in bytes.split(|&byte| byte == b'/').filter(|_| !bytes.is_empty()) {
        assert!(!matches!(name, b"" | b"." | b".."), "{}", bytes.escape_ascii());
    }
    // The standard library sees it so, too.
    let text = String::from_utf8_lossy(bytes);
    let below = FilePath::new(&*text);
    assert!(below.components().all(|part| matches!(part, Component::Normal(_))));
    assert_eq!(below.components().count(), path.names().count());
}

fn escaped(name: &[u8]) -> String {
    name.iter().map(|byte| format!("%{byte:02X}")).collect()
}
