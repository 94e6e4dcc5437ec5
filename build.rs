//! Lists the files under `rules/` for the program to carry, so that adding a rule is adding a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("rule_files.rs"), list(&root, "rules", "FILES")?)?;
    fs::write(out.join("quota_files.rs"), list(&root, "rules/quotas", "QUOTA_FILES")?)?;
    fs::write(out.join("remedy_files.rs"), list(&root, "rules/remedies", "REMEDY_FILES")?)?;
    fs::write(out.join("closure_files.rs"), list(&root, "rules/closure", "CLOSURE_FILES")?)
}

/// A table of the files under a folder: their names and texts.
fn list(root: &Path, folder: &str, table: &str) -> io::Result<String> {
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files)?;
    files.sort();
    let mut code = format!("pub static {table}: &[(&str, &str)] = &[\n");
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        writeln!(code, "    ({name:?}, include_str!({:?})),", file.display().to_string()).map_err(io::Error::other)?;
    }
    code.push_str("];\n");
    Ok(code)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
