//! Tells the linker where the memory is; in a script and not in `.cargo/config.toml`, so that the
//! images can be built from any directory.

fn main() {
    println!("cargo:rustc-link-search={}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rerun-if-changed=memory.x");
}
