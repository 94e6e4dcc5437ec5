//! Files this program writes: each appears whole or not at all, and its owner alone may read it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::AppError;

/// How long ago a file under a passing name has to have been written last to be what a program left that was killed.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

/// Names of what the caller of the program holds open, whatever that is.
const HELD_OPEN: &[&str] = &["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"];

/// A file in the making.
pub struct Private {
    making: Making,
    path: PathBuf,
}

/// Where the bytes go until the file is whole.
enum Making {
    /// A file without a name. Nothing is left of it, however the program ends.
    Nameless(File),
    /// A file under a passing name, where the file system has none without. One that is killed leaves it.
    Passing(NamedTempFile),
    /// A device or a pipe, which takes what is written and cannot be replaced.
    Through(File),
}

impl Private {
    /// Begins a file that is to be at a path. What is no regular file is opened and written to.
    ///
    /// Errors when the folder is not there or cannot be written.
    pub fn create(path: &Path) -> Result<Private, AppError> {
        let making = making(path).map_err(|error| trouble(path, error))?;
        Ok(Private { making, path: path.to_owned() })
    }

    /// Where to write.
    pub fn file(&mut self) -> &mut File {
        match &mut self.making {
            Making::Nameless(file) | Making::Through(file) => file,
            Making::Passing(file) => file.as_file_mut(),
        }
    }

    /// Puts it in its place, over whatever was there.
    pub fn keep(self) -> Result<(), AppError> {
        let done = match self.making {
            Making::Nameless(file) => file.sync_all().and_then(|()| nameless::name(&file, &self.path)),
            Making::Passing(file) => file.as_file().sync_all().and_then(|()| persist(file, &self.path)),
            Making::Through(_) => Ok(()),
        };
        done.map_err(|error| trouble(&self.path, error))
    }
}

/// Writes a file only its owner may read, replaced as a whole.
pub fn save(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), AppError> {
    let mut private = Private::create(path)?;
    {
        let mut out = BufWriter::new(private.file());
        write(&mut out).and_then(|()| out.flush()).map_err(|error| trouble(path, error))?;
    }
    private.keep()
}

/// Finds out before a long scan, not after it, that its result has no place to go.
pub fn check_folder(path: &Path) -> Result<(), AppError> {
    let folder = folder_of(path);
    match fs::metadata(folder) {
        Ok(meta) if meta.is_dir() && !path.is_dir() => Ok(()),
        Ok(_) => Err(trouble(path, io::Error::other("there is a folder in the way"))),
        Err(error) => Err(trouble(folder, error)),
    }
}

fn making(path: &Path) -> io::Result<Making> {
    if is_through(path) {
        return OpenOptions::new().append(true).open(path).map(Making::Through);
    }
    sweep(path);
    match nameless::create(folder_of(path)) {
        Some(file) => Ok(Making::Nameless(file)),
        None => passing(path, create_new).map(Making::Passing),
    }
}

/// Whether a path leads to something that is written to and not replaced.
fn is_through(path: &Path) -> bool {
    let is_held = HELD_OPEN.iter().any(|held| path.starts_with(held));
    fs::metadata(path).is_ok_and(|meta| is_held || !(meta.is_file() || meta.is_dir()))
}

const PASSING_END: &str = ".part";

/// What passing names beside a file begin with.
fn passing_start(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    format!(".{}.", name.to_string_lossy())
}

/// Makes something under a passing name beside a path.
fn passing<F>(path: &Path, make: impl FnMut(&Path) -> io::Result<F>) -> io::Result<NamedTempFile<F>> {
    let start = passing_start(path);
    tempfile::Builder::new().prefix(&start).suffix(PASSING_END).make_in(folder_of(path), make)
}

fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

fn persist<F>(file: NamedTempFile<F>, path: &Path) -> io::Result<()> {
    file.persist(path).map(|_: F| ()).map_err(|error| error.error)
}

/// Takes away what programs that were killed left beside a file. What cannot be taken away stays.
fn sweep(path: &Path) {
    let start = passing_start(path);
    let Ok(entries) = fs::read_dir(folder_of(path)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_old = || {
            let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some(meta.modified().ok()?.elapsed().ok()? > LEFT_BEHIND)
        };
        if name.starts_with(&start) && name.ends_with(PASSING_END) && is_old() == Some(true) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn trouble(path: &Path, error: io::Error) -> AppError {
    AppError::File(path.display().to_string(), error)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(target_os = "linux")]
mod nameless {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
    use rustix::io::Errno;

    use super::{passing, persist};

    /// How a file without a name is reached to be given one (`open(2)`, `O_TMPFILE`).
    const OPEN_FILES: &str = "/proc/self/fd";

    /// A file of mode 0600 in a folder. `None` where the file system or the machine knows no such files.
    pub fn create(folder: &Path) -> Option<File> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let file = openat(CWD, folder, flags, Mode::RUSR | Mode::WUSR).ok()?;
        Path::new(OPEN_FILES).exists().then(|| File::from(file))
    }

    /// Gives it the name of a path, over whatever was there.
    pub fn name(file: &File, path: &Path) -> io::Result<()> {
        let open = format!("{OPEN_FILES}/{}", file.as_raw_fd());
        let link = |to: &Path| linkat(CWD, open.as_str(), CWD, to, AtFlags::SYMLINK_FOLLOW);
        match link(path) {
            Err(Errno::EXIST) => {}
            done => return Ok(done?),
        }
        // A link replaces nothing, a renaming does. The passing name is there from one call to the next.
        let linked = passing(path, |to| Ok(link(to)?))?;
        persist(linked, path)
    }
}

#[cfg(not(target_os = "linux"))]
mod nameless {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    pub fn create(_: &Path) -> Option<File> {
        None
    }

    pub fn name(_: &File, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::SystemTime;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn put(path: &Path, text: &str) {
        save(path, |out| out.write_all(text.as_bytes())).expect("written");
    }

    #[test]
    fn a_file_is_new_or_replaced_and_its_owners_alone() {
        let folder = folder();
        let path = folder.path().join("audit.json");
        for text in ["one", "two"] {
            put(&path, text);
            assert_eq!(fs::read_to_string(&path).expect("a file"), text);
            assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("a mode");
        }
        assert_eq!(names(folder.path()), ["audit.json"]);
    }

    #[test]
    fn where_every_file_has_a_name_it_is_the_same() {
        let folder = folder();
        let path = folder.path().join("audit.json");
        fs::write(&path, "old").expect("a file");
        let begin = || {
            let file = passing(&path, create_new).expect("a file");
            Private { making: Making::Passing(file), path: path.clone() }
        };
        let mut private = begin();
        private.file().write_all(b"new").expect("written");
        let mode = private.file().metadata().expect("a file").permissions().mode();
        assert_eq!((fs::read_to_string(&path).expect("a file"), mode & 0o777), ("old".to_owned(), 0o600));
        private.keep().expect("kept");
        drop(begin());
        assert_eq!(fs::read_to_string(&path).expect("a file"), "new");
        assert_eq!(names(folder.path()), ["audit.json"]);
    }

    #[test]
    fn what_failed_half_way_leaves_the_old_file() {
        let folder = folder();
        let path = folder.path().join("audit.json");
        fs::write(&path, "old").expect("a file");
        let failed = save(&path, |out| {
            out.write_all(&[b'x'; 100_000])?;
            Err(io::Error::other("full"))
        });
        assert!(failed.is_err_and(|error| error.to_string().ends_with("full")));
        assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
        assert_eq!(names(folder.path()), ["audit.json"]);
    }

    #[test]
    fn what_a_killed_program_left_goes_and_nothing_else() {
        let folder = folder();
        let now = SystemTime::now();
        let old = now - LEFT_BEHIND - Duration::from_mins(1);
        for (name, at) in [
            (".audit.json.a1b2c3.part", old),
            (".audit.json.d4e5f6.part", now),
            (".other.json.a1b2c3.part", old),
            (".audit.json.swp", old),
        ] {
            let file = File::create(folder.path().join(name)).expect("a file");
            file.set_modified(at).expect("a time");
        }
        put(&folder.path().join("audit.json"), "new");
        let left = [".audit.json.d4e5f6.part", ".audit.json.swp", ".other.json.a1b2c3.part", "audit.json"];
        assert_eq!(names(folder.path()), left);
    }

    #[test]
    fn a_device_behind_a_link_is_written_to_and_stays() {
        let folder = folder();
        let link = folder.path().join("null");
        symlink("/dev/null", &link).expect("a link");
        put(&link, "text");
        assert_eq!(fs::read_link(&link).expect("still a link"), Path::new("/dev/null"));
        assert_eq!(names(folder.path()), ["null"]);
    }

    #[test]
    fn a_link_to_a_file_is_replaced_and_not_followed() {
        let folder = folder();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "of somebody else").expect("a file");
        symlink(&file, &link).expect("a link");
        put(&link, "text");
        assert_eq!(fs::read_to_string(&file).expect("a file"), "of somebody else");
        assert!(fs::symlink_metadata(&link).expect("a file").is_file());
    }

    #[test]
    fn a_folder_in_the_way_is_told() {
        let folder = folder();
        assert!(check_folder(folder.path()).is_err());
        assert!(check_folder(&folder.path().join("missing/audit.json")).is_err());
        assert!(check_folder(&folder.path().join("audit.json")).is_ok());
    }
}
