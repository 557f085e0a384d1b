//! Builds what is in `examples/cortex-m/`, for machines that this one is not.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs `cargo COMMAND --release --locked --target TARGET` in the workspace of the examples; gives
/// the directory with the artifacts. Fails with what the compiler or the linker says.
#[track_caller]
pub(crate) fn cargo(command: &[&str], target: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("images");
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(command)
        .args(["--release", "--locked", "--target", target, "--target-dir"])
        .arg(&directory)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/examples/cortex-m"))
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    directory.join(target).join("release")
}

pub(crate) const CORTEX_M: &str = "thumbv7m-none-eabi";
