//! The pages say what the program does: their generated parts are current, their examples work, their links lead
//! somewhere. `UPDATE_DOCS=1 cargo test --test docs` writes the generated parts anew.

#[path = "docs/blocks.rs"]
mod blocks;
#[path = "docs/pages.rs"]
mod pages;
#[path = "docs/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};

use closeout::rules::{RuleSet, examples};
use closeout::tui::keymap;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Compares a page with what it should be, or writes it when that was asked for.
fn assert_current(file: &str, wanted: &str) {
    let path = root().join(file);
    let found = fs::read_to_string(&path).unwrap_or_default();
    if found == wanted {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        fs::write(&path, wanted).unwrap_or_else(|error| panic!("{file}: {error}"));
        return;
    }
    let line = found.lines().zip(wanted.lines()).take_while(|(found, wanted)| found == wanted).count();
    panic!(
        "{file} is out of date from line {}: `UPDATE_DOCS=1 cargo test --test docs` writes it anew\n  there:  {}\n  wanted: {}",
        line + 1,
        found.lines().nth(line).unwrap_or("(end)"),
        wanted.lines().nth(line).unwrap_or("(end)")
    );
}

#[test]
fn page_of_keys_is_the_keymap() {
    assert_current("docs/keys.md", &keymap::markdown());
}

#[test]
fn page_of_rules_lists_the_built_in_ones_with_their_thresholds() {
    assert_current("docs/rules.md", &pages::rules());
}

#[test]
fn page_of_facts_is_the_vocabulary_of_the_scanners() {
    assert_current("docs/facts.md", &pages::facts());
}

#[test]
fn generated_parts_of_the_readme_are_current() {
    let wanted = blocks::filled("README.md", &read("README.md"), |name| match name {
        "rules" => Some(pages::kinds_with_their_rules()),
        "options" => Some(pages::options()),
        "policy" => Some(program::policy()),
        "table" => Some(program::table()),
        "json" => Some(program::json()),
        _ => None,
    });
    assert_current("README.md", &wanted);
}

#[test]
fn scanner_of_the_recipe_is_the_one_in_the_source() {
    let wanted = blocks::filled("CONTRIBUTING.md", &read("CONTRIBUTING.md"), |name| {
        name.starts_with("src/").then(|| blocks::fenced("rust", &read(name)))
    });
    assert_current("CONTRIBUTING.md", &wanted);
}

#[test]
fn rule_of_the_recipe_is_taken_and_its_samples_come_out() {
    let page = read("CONTRIBUTING.md");
    let text = blocks::code(&page, "toml").next().expect("a rule in the recipe");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("magnetic-volume.toml"), text).expect("a file");
    let words = pages::vocabulary();
    let set = RuleSet::with_folder(&words, folder.path()).unwrap_or_else(|errors| panic!("{errors}"));
    let broken = examples::run_all(&set, &words, |rule| rule.id == "magnetic-volume");
    assert!(set.get("magnetic-volume").is_some() && broken.is_empty());
}

#[test]
fn settings_file_of_the_readme_is_understood() {
    let page = read("README.md");
    let text = blocks::code(&page, "toml").find(|text| text.contains("[keys]")).expect("a settings file");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    fs::write(&file, text).expect("a file");
    let shown = program::printed(&["config", "show", "--config", file.to_str().expect("a path in UTF-8")]);
    let settings: toml::Table = text.parse().expect("TOML");
    let keys = settings["keys"].clone().try_into().expect("actions with keys");
    keymap::Keymap::new(&keys).unwrap_or_else(|error| panic!("{error}\n{shown}"));
}

#[test]
fn every_command_of_the_pages_is_one_the_program_knows() {
    for file in hand_written() {
        let page = fs::read_to_string(&file).expect("a page");
        for line in blocks::code(&page, "sh").flat_map(str::lines) {
            let words = blocks::words(line);
            let words: Vec<&str> =
                words.iter().map(String::as_str).skip_while(|word| !word.ends_with("closeout")).collect();
            if !words.is_empty() {
                program::parses(&words).unwrap_or_else(|error| panic!("{}: {line}\n{error}", file.display()));
            }
        }
    }
}

#[test]
fn every_link_of_the_pages_leads_to_a_file() {
    for file in hand_written() {
        let page = fs::read_to_string(&file).expect("a page");
        let folder = file.parent().expect("a folder");
        for link in blocks::links(&page) {
            let target = link.split('#').next().unwrap_or_default();
            let is_ours = !target.is_empty() && !target.contains("://");
            assert!(!is_ours || folder.join(target).exists(), "{}: nothing at {link}", file.display());
        }
    }
}

/// The Markdown pages people write.
fn hand_written() -> Vec<PathBuf> {
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/writing-rules.md"].map(|file| root().join(file)).to_vec()
}
