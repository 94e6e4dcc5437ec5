//! Colours. Each role has one; every one of them also has a sign or a modifier, so colour never stands alone.

use ratatui::style::{Color, Modifier, Style};

use super::look::Role;

/// A set of colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The terminal's own 16 colours, so that its palette and background hold.
    #[default]
    Ansi,
    /// Soft colours for a dark background.
    Dark,
    /// Deep colours for a light background.
    Light,
    /// Bold and never dim, for weak eyes and projectors.
    Contrast,
    /// No colour at all.
    Mono,
}

/// How many colours the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorDepth {
    /// None: `NO_COLOR`, or a terminal without.
    Mono,
    /// The 16 named ones.
    #[default]
    Ansi16,
    /// The 256-colour cube.
    Indexed256,
    /// 24 bit.
    True,
}

impl Theme {
    /// Every theme, in the order `T` goes through them.
    pub const ALL: [Theme; 5] = [Theme::Ansi, Theme::Dark, Theme::Light, Theme::Contrast, Theme::Mono];

    /// The theme of a word in a setting. `None` when there is no such theme.
    pub fn parse(word: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.word() == word)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Theme::Ansi => "ansi",
            Theme::Dark => "dark",
            Theme::Light => "light",
            Theme::Contrast => "contrast",
            Theme::Mono => "mono",
        }
    }

    /// The theme after it, round and round.
    pub fn next(self) -> Theme {
        let at = Theme::ALL.iter().position(|theme| *theme == self).unwrap_or(0);
        Theme::ALL[(at + 1) % Theme::ALL.len()]
    }

    /// How a role looks in this theme on a terminal with so many colours.
    pub fn style(self, role: Role, depth: ColorDepth) -> Style {
        let style = Style::new().add_modifier(self.modifier(role, depth));
        match self.color(role, depth) {
            Some(color) => style.fg(color),
            None => style,
        }
    }

    fn color(self, role: Role, depth: ColorDepth) -> Option<Color> {
        let rgb = |[r, g, b]: [u8; 3]| match depth {
            ColorDepth::True => Some(Color::Rgb(r, g, b)),
            ColorDepth::Indexed256 => Some(Color::Indexed(nearest(r, g, b))),
            ColorDepth::Ansi16 => named(role),
            ColorDepth::Mono => None,
        };
        match (self, depth) {
            (_, ColorDepth::Mono) | (Theme::Mono, _) => None,
            (Theme::Ansi | Theme::Contrast, _) => named(role),
            (Theme::Dark, _) => soft(role).and_then(rgb),
            (Theme::Light, _) => deep(role).and_then(rgb),
        }
    }

    fn modifier(self, role: Role, depth: ColorDepth) -> Modifier {
        let none = Modifier::empty();
        let colourless = self == Theme::Mono || depth == ColorDepth::Mono;
        let contrast = self == Theme::Contrast;
        match role {
            Role::Title | Role::Money | Role::Key | Role::Mark => Modifier::BOLD,
            Role::Selected if contrast => Modifier::REVERSED | Modifier::BOLD,
            Role::Selected => Modifier::REVERSED,
            Role::Bad if colourless || contrast => Modifier::BOLD | Modifier::UNDERLINED,
            Role::Bad | Role::Warn => Modifier::BOLD,
            Role::Unknown if colourless => Modifier::UNDERLINED,
            Role::Unknown | Role::Good if contrast => Modifier::BOLD,
            Role::Off | Role::Dim if !contrast => Modifier::DIM,
            Role::Default | Role::Good | Role::Unknown | Role::Bar | Role::Off | Role::Dim => none,
        }
    }
}

/// The 16 named colours by role. Text and titles keep the terminal's own colour: black and white are never named.
fn named(role: Role) -> Option<Color> {
    match role {
        Role::Bad => Some(Color::Red),
        Role::Warn => Some(Color::Yellow),
        Role::Good | Role::Key => Some(Color::Cyan),
        Role::Bar => Some(Color::Blue),
        Role::Unknown => Some(Color::Magenta),
        Role::Mark => Some(Color::Cyan),
        Role::Default | Role::Title | Role::Money | Role::Off | Role::Selected | Role::Dim => None,
    }
}

/// Colours that read on a dark background.
fn soft(role: Role) -> Option<[u8; 3]> {
    match role {
        Role::Bad => Some([255, 120, 120]),
        Role::Warn => Some([240, 198, 84]),
        Role::Good => Some([110, 200, 255]),
        Role::Key | Role::Mark => Some([120, 220, 232]),
        Role::Bar => Some([122, 162, 247]),
        Role::Unknown => Some([214, 150, 255]),
        Role::Default | Role::Title | Role::Money | Role::Off | Role::Selected | Role::Dim => None,
    }
}

/// Colours that read on a light background.
fn deep(role: Role) -> Option<[u8; 3]> {
    match role {
        Role::Bad => Some([176, 0, 32]),
        Role::Warn => Some([138, 88, 0]),
        Role::Good => Some([0, 86, 168]),
        Role::Key | Role::Mark => Some([0, 100, 120]),
        Role::Bar => Some([50, 90, 190]),
        Role::Unknown => Some([128, 24, 144]),
        Role::Default | Role::Title | Role::Money | Role::Off | Role::Selected | Role::Dim => None,
    }
}

/// The nearest colour of the 6×6×6 cube that 256-colour terminals share; its levels are 0, 95, 135 … 255.
fn nearest(r: u8, g: u8, b: u8) -> u8 {
    let level = |value: u8| -> u8 {
        match value {
            0..48 => 0,
            48..115 => 1,
            _ => (value - 35) / 40,
        }
    };
    16 + 36 * level(r) + 6 * level(g) + level(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_themes_go_both_ways() {
        for theme in Theme::ALL {
            assert_eq!(Theme::parse(theme.word()), Some(theme));
        }
        assert_eq!(Theme::parse("pink"), None);
        assert_eq!(Theme::Mono.next(), Theme::Ansi);
    }

    #[test]
    fn no_colour_is_named_without_colours_and_text_never_is() {
        for theme in Theme::ALL {
            for role in Role::ALL {
                assert_eq!(theme.style(role, ColorDepth::Mono).fg, None, "{theme:?} {role:?}");
                let fg = theme.style(role, ColorDepth::Ansi16).fg;
                assert!(
                    !matches!(fg, Some(Color::Black | Color::White | Color::Gray | Color::Green)),
                    "{theme:?} {role:?}"
                );
            }
            assert_eq!(theme.style(Role::Default, ColorDepth::True).fg, None);
        }
        assert_eq!(Theme::Mono.style(Role::Bad, ColorDepth::True).fg, None);
    }

    #[test]
    fn cube_colours_are_the_nearest_ones() {
        assert_eq!((nearest(0, 0, 0), nearest(255, 255, 255), nearest(95, 135, 175)), (16, 231, 67));
    }
}
