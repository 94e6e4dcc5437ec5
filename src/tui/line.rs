//! A line of text being typed.

use crossterm::event::KeyCode;
use unicode_width::UnicodeWidthStr;

use super::key::Key;

/// Longest text a line takes; a paste beyond it is cut.
const LONGEST: usize = 1_000;

/// Text and the place in it where the next character goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// Byte offset, always on a character's edge.
    at: usize,
}

impl Line {
    /// A line that begins with a text, cursor behind it.
    pub fn new(text: impl Into<String>) -> Line {
        let text = text.into();
        Line { at: text.len(), text }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many columns stand before the cursor.
    pub fn column(&self) -> usize {
        self.text[..self.at].width()
    }

    /// Puts text in at the cursor. Control characters, line breaks among them, become spaces.
    pub fn insert(&mut self, text: &str) {
        for c in text.chars() {
            if self.text.len() + c.len_utf8() > LONGEST {
                return;
            }
            let c = if c.is_control() { ' ' } else { c };
            self.text.insert(self.at, c);
            self.at += c.len_utf8();
        }
    }

    /// Takes a key. Says whether it was one for the line; the text may be as before all the same.
    pub fn press(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        match key.code() {
            _ if key.is_ctrl('u') => self.cut(0),
            _ if key.is_ctrl('w') => self.cut(self.word_start()),
            _ if key.is_ctrl('a') => self.at = 0,
            _ if key.is_ctrl('e') => self.at = self.text.len(),
            KeyCode::Backspace => self.cut(self.before()),
            KeyCode::Delete => {
                let end = self.after();
                self.text.replace_range(self.at..end, "");
            }
            KeyCode::Left => self.at = self.before(),
            KeyCode::Right => self.at = self.after(),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = self.text.len(),
            _ => return false,
        }
        true
    }

    fn cut(&mut self, from: usize) {
        self.text.replace_range(from..self.at, "");
        self.at = from;
    }

    fn before(&self) -> usize {
        self.text[..self.at].char_indices().next_back().map_or(0, |(index, _)| index)
    }

    fn after(&self) -> usize {
        self.text[self.at..].chars().next().map_or(self.at, |c| self.at + c.len_utf8())
    }

    fn word_start(&self) -> usize {
        let head = self.text[..self.at].trim_end();
        head.rfind(char::is_whitespace)
            .map_or(0, |space| space + head[space..].chars().next().map_or(1, char::len_utf8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &str) -> String {
        let mut line = Line::default();
        for name in keys.split(' ') {
            line.press(name.parse().expect("a key in a test"));
        }
        line.text().to_owned()
    }

    #[test]
    fn keys_edit_where_the_cursor_is() {
        assert_eq!(typed("a b Left é"), "aéb");
        assert_eq!(typed("é ü Backspace"), "é");
        assert_eq!(typed("a b Home Delete c"), "cb");
        assert_eq!(typed("a Space b c Ctrl-w d"), "a d");
        assert_eq!(typed("a b Ctrl-u c"), "c");
    }

    #[test]
    fn pasted_line_breaks_and_escapes_become_spaces() {
        let mut line = Line::default();
        line.insert("a\n\u{1b}b");
        assert_eq!((line.text(), line.column()), ("a  b", 4));
    }
}
