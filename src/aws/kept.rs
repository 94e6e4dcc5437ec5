//! Answers of AWS kept on disk between runs. They hold account data, so they are the owner's alone.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What was kept in a file. `None` when there is none or it does not read: a damaged answer is asked again.
pub fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Keeps an answer: the file is replaced whole or not at all, with mode 0600, and missing folders are made.
///
/// Errors when the folder cannot be written to. The answer in hand is none the worse for it.
pub fn write<T: Serialize>(path: &Path, answer: &T) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Temporary files are made with mode 0600, and renaming keeps it.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(answer)?)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_only_the_owner_can_read_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("new/answer.json");
        assert_eq!(read::<Vec<u8>>(&path), None);
        write(&path, &vec![1u8, 2]).expect("first write");
        write(&path, &vec![3u8]).expect("second write replaces");
        assert_eq!(read::<Vec<u8>>(&path), Some(vec![3]));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).expect("the file is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("answer.json");
        fs::write(&path, b"[1, 2").expect("a torn file");
        assert_eq!(read::<Vec<u8>>(&path), None);
    }
}
