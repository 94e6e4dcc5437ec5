//! How things look: a theme and a set of signs, asked by role and never by colour.

use ratatui::style::Style;

pub use super::glyphs::Glyphs;
pub use super::theme::{ColorDepth, Theme};

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Plain text.
    Default,
    /// Title of a pane, name of a thing.
    Title,
    /// An amount of money.
    Money,
    /// Failed, refused, over.
    Bad,
    /// Worth a look.
    Warn,
    /// Seen, done, well. Never green: red against green must not be the only difference.
    Good,
    /// Nobody knows.
    Unknown,
    /// Switched off, does not apply.
    Off,
    /// The cursor's row.
    Selected,
    /// A marked row.
    Mark,
    /// A key to press.
    Key,
    /// Said quietly.
    Dim,
    /// A bar.
    Bar,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 13] = [
        Role::Default,
        Role::Title,
        Role::Money,
        Role::Bad,
        Role::Warn,
        Role::Good,
        Role::Unknown,
        Role::Off,
        Role::Selected,
        Role::Mark,
        Role::Key,
        Role::Dim,
        Role::Bar,
    ];
}

/// A theme on a terminal, with its signs.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// The signs.
    pub glyphs: Glyphs,
    /// How many colours the terminal has.
    pub depth: ColorDepth,
}

impl Look {
    /// A look by its parts; `ascii` draws with ASCII signs only.
    pub fn new(theme: Theme, ascii: bool, depth: ColorDepth) -> Look {
        Look { theme, glyphs: Glyphs::new(ascii), depth }
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role, self.depth)
    }
}
