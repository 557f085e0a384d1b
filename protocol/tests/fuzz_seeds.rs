//! What must hold of every input holds of the seeds of the fuzz targets, among which is whatever
//! was ever found.

#[allow(unreachable_pub, reason = "as a crate of its own it has public items")]
#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::path::Path;

use fuzz::TARGETS;

#[test]
fn every_seed_keeps_its_invariant() {
    for (name, check) in TARGETS {
        let mut seeds = 0;
        for seed in fs::read_dir(fuzz().join("seeds").join(name)).expect("seeds of each target") {
            let path = seed.unwrap().path();
            println!("{}", path.display()); // shown if it fails
            check(&fs::read(path).unwrap());
            seeds += 1;
        }
        assert!(seeds > 0, "{name} has no seeds");
    }
}

/// A target that is not in the list would be replayed nowhere.
#[test]
fn every_target_is_replayed() {
    for directory in ["fuzz_targets", "seeds"] {
        let entries = fs::read_dir(fuzz().join(directory)).unwrap();
        let names = entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_owned());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort_unstable();
        let mut replayed: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
        replayed.sort_unstable();
        assert_eq!(names, replayed, "{directory}");
    }
}

fn fuzz() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz"))
}
