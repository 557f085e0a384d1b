//! What the public functions need of the machine they run on: no panic, and no host.
//!
//! ```text
//! cargo test -p antiphon-protocol --test surface -- --include-ignored
//! ```

#[allow(dead_code, reason = "other tests use the rest")]
mod images;

use std::fs;
use std::path::Path;

/// That the image links is the proof: its panic handler calls a function that does not exist.
/// That the names are absent would see through a mistake in that.
#[test]
#[ignore = "needs the target thumbv7m-none-eabi"]
fn no_call_can_reach_a_panic() {
    let images = images::cargo(&["build"], images::CORTEX_M);
    for name in ["calc", "echo", "http", "upper", "no_panic"] {
        let image = fs::read(images.join(name)).unwrap();
        assert!(contains(&image, "cortex_m_rt"), "{name} has no names at all");
        for trace in ["panicking", "panic_fmt", "rust_begin_unwind", "panicked", "unwrap_failed"] {
            assert!(!contains(&image, trace), "{name} holds {trace}");
        }
    }
}

#[test]
#[ignore = "needs the target wasm32-unknown-unknown"]
fn web_assembly_imports_nothing() {
    let command = ["rustc", "--package", "surface", "--crate-type", "cdylib"];
    let directory = images::cargo(&command, "wasm32-unknown-unknown");
    let module = fs::read(directory.join("surface.wasm")).unwrap();
    assert!(contains(&module, "call_everything"), "nothing is exported");
    let sections = sections(&module);
    assert!(sections.contains(&CODE));
    assert!(!sections.contains(&IMPORT), "the module imports something");
}

/// An image says nothing about a function that it does not call.
#[test]
fn every_public_function_is_called() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let calls = fs::read_to_string(root.join("examples/cortex-m/surface/src/lib.rs")).unwrap();
    let mut functions = Vec::new();
    list_functions(&root.join("src"), "antiphon_protocol", &mut functions);
    assert!(functions.len() > 100, "{functions:?}");
    let namesakes = |call: &str| functions.iter().filter(|(_, other)| other == call).count() > 1;
    let missing: Vec<_> = functions
        .iter()
        .map(|(module, call)| match call.contains("::") && !namesakes(call) {
            true => call.clone(),
            // `evaluate(` alone could be a method's name, and `Error::parse(` that of two types.
            false => format!("{module}::{call}"),
        })
        .filter(|call| !is_called(call, &calls))
        .collect();
    assert!(missing.is_empty(), "call these in examples/cortex-m/surface: {missing:?}");
}

/// Whether this call is in the text, and not only one whose name ends like this.
fn is_called(call: &str, text: &str) -> bool {
    let of_a_name = |end: char| end.is_alphanumeric() || end == '_';
    text.match_indices(call).any(|(at, _)| !text[..at].ends_with(of_a_name))
}

/// What a call of each public function begins with, `function(` or `Type::method(`, and the public
/// module that it is found in.
fn list_functions(directory: &Path, module: &str, functions: &mut Vec<(String, String)>) {
    let root = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let module = match root.contains(&format!("\npub mod {stem};")) {
            true => stem,
            false => module,
        };
        if path.is_dir() {
            list_functions(&path, module, functions);
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let mut owner = "";
        for line in source.lines().take_while(|line| *line != "mod tests {") {
            if line.starts_with("impl") {
                // `impl<'s> Session<'s> {`: the last word before the brace, without parameters.
                let words = line.split(" where ").next().unwrap_or_default().trim_end_matches(" {");
                let of = words.rsplit_once(' ').map_or(words, |(_, of)| of);
                owner = of.split('<').next().unwrap_or_default();
            }
            let words = line.trim_start().strip_prefix("pub ").unwrap_or_default();
            let words = words.strip_prefix("const ").unwrap_or(words);
            let Some(signature) = words.strip_prefix("fn ") else { continue };
            let name = signature.split(['(', '<']).next().unwrap_or_default();
            let call = match line.starts_with("pub") {
                true => format!("{name}("),
                false => format!("{owner}::{name}("),
            };
            functions.push((module.to_owned(), call));
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The kinds of the sections of a WebAssembly module (core specification, section 5.5).
fn sections(module: &[u8]) -> Vec<u8> {
    let mut rest = module.strip_prefix(b"\0asm\x01\0\0\0").expect("a module");
    let mut kinds = Vec::new();
    while let [kind, after @ ..] = rest {
        kinds.push(*kind);
        // The length: LEB128.
        let bytes = after.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
        let (length, content) = after.split_at(bytes);
        let length = length.iter().rev().fold(0, |sum, byte| sum << 7 | usize::from(byte & 0x7f));
        rest = &content[length..];
    }
    kinds
}

const IMPORT: u8 = 2;
const CODE: u8 = 10;
