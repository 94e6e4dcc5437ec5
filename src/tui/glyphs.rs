//! Signs: every character that is drawn for its shape, once for Unicode terminals and once in ASCII.

use ratatui::buffer::Buffer;
use ratatui::symbols::border;

/// One set of signs. Each is one column wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// Planned, not begun; not scanned.
    pub queued: &'static str,
    /// Refused by permissions.
    pub denied: &'static str,
    /// Refused for rate.
    pub throttled: &'static str,
    /// Error or time-out.
    pub error: &'static str,
    /// Switched off.
    pub off: &'static str,
    /// Not offered here, or does not apply.
    pub none: &'static str,
    /// Seen in part.
    pub partly: &'static str,
    /// Good, done.
    pub ok: &'static str,
    /// Bad, failed.
    pub bad: &'static str,
    /// Worth a look.
    pub warn: &'static str,
    /// Not known.
    pub unknown: &'static str,
    /// Marked row.
    pub mark: &'static str,
    /// The cursor's row.
    pub cursor: &'static str,
    /// Bar: done, or waste.
    pub full: &'static str,
    /// Bar: in use.
    pub used: &'static str,
    /// Bar: not done, or unknown.
    pub empty: &'static str,
    /// What was cut off.
    pub ellipsis: &'static str,
    /// Value that is not known.
    pub dash: &'static str,
    /// Between words of a line.
    pub dot: &'static str,
    /// Descending order.
    pub down: &'static str,
    /// Ascending order.
    pub up: &'static str,
    /// Leads to.
    pub arrow: &'static str,
    /// Multiplied by.
    pub times: &'static str,
    /// Horizontal line.
    pub horizontal: &'static str,
    /// Frame of a pane.
    pub border: border::Set<'static>,
    frames: &'static [&'static str],
    eighths: &'static [&'static str],
    levels: &'static [&'static str],
}

const UNICODE: Glyphs = Glyphs {
    ascii: false,
    queued: "·",
    denied: "D",
    throttled: "T",
    error: "!",
    off: "×",
    none: "-",
    partly: "▵",
    ok: "✓",
    bad: "✗",
    warn: "▲",
    unknown: "?",
    mark: "●",
    cursor: "▌",
    full: "█",
    used: "▓",
    empty: "░",
    ellipsis: "…",
    dash: "—",
    dot: "·",
    down: "▼",
    up: "▲",
    arrow: "→",
    times: "×",
    horizontal: "─",
    border: border::PLAIN,
    frames: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
    eighths: &["▏", "▎", "▍", "▌", "▋", "▊", "▉"],
    levels: &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};

const ASCII: Glyphs = Glyphs {
    ascii: true,
    queued: ".",
    denied: "D",
    throttled: "T",
    error: "!",
    off: "x",
    none: "-",
    partly: "~",
    ok: "v",
    bad: "X",
    warn: "^",
    unknown: "?",
    mark: "*",
    cursor: ">",
    full: "#",
    used: "=",
    empty: ".",
    ellipsis: ".",
    dash: "-",
    dot: ".",
    down: "v",
    up: "^",
    arrow: ">",
    times: "x",
    horizontal: "-",
    border: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
    // Neither `-` nor `|`: they mean "not offered" and stand in frames.
    frames: &["/", "\\"],
    eighths: &[],
    levels: &["_", ".", ":", "-", "=", "+", "*", "#"],
};

impl Glyphs {
    /// The Unicode set, or the ASCII one.
    pub const fn new(ascii: bool) -> Glyphs {
        if ascii { ASCII } else { UNICODE }
    }

    /// The sign of work going on; turns with the frame.
    pub fn running(&self, frame: u8) -> &'static str {
        self.frames[usize::from(frame) % self.frames.len()]
    }

    /// A bar `fraction` (0–1, more is cut, NaN is nothing) of `width` columns long, without filling up the rest.
    /// Anything above nothing is drawn, however little.
    pub fn bar(&self, width: usize, fraction: f64) -> String {
        let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
        let steps = self.eighths.len() + 1;
        let exact = (fraction * (width * steps) as f64).round() as usize;
        let filled = if fraction > 0.0 { exact.max(1) } else { 0 };
        if steps == 1 && filled > width {
            return self.full.repeat(width);
        }
        let mut bar = self.full.repeat((filled / steps).min(width));
        if let Some(part) = (filled % steps).checked_sub(1).and_then(|eighth| self.eighths.get(eighth))
            && width > 0
        {
            bar.push_str(part);
        }
        bar
    }

    /// A bar that shows what is left to do as well: `width` columns, `fraction` of them full.
    pub fn progress(&self, width: usize, fraction: f64) -> String {
        let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
        let full = ((fraction * width as f64) as usize).min(width);
        self.full.repeat(full) + &self.empty.repeat(width - full)
    }

    /// One column a value; `full` is what full height stands for. A blank where there is no value.
    pub fn sparkline(&self, values: &[Option<f64>], full: f64) -> String {
        let top = self.levels.len() - 1;
        let level = |value: f64| {
            if full <= 0.0 || !value.is_finite() {
                return 0;
            }
            ((value / full).clamp(0.0, 1.0) * top as f64).round() as usize
        };
        values.iter().map(|value| value.map_or(" ", |v| self.levels[level(v)])).collect()
    }

    /// With the ASCII set, replaces every other character of a drawn screen, one column for one column.
    pub fn flatten(&self, buffer: &mut Buffer) {
        if !self.ascii {
            return;
        }
        for cell in &mut buffer.content {
            if !cell.symbol().is_ascii() {
                let plain = cell.symbol().chars().next().map_or(' ', plain);
                cell.set_char(plain);
            }
        }
    }
}

/// The ASCII character nearest in meaning to one of ours; `?` for letters ASCII does not have.
fn plain(c: char) -> char {
    match c {
        '·' | '…' | '░' => '.',
        '—' | '–' | '−' | '─' | '▁' => '-',
        '│' | '┃' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' => '+',
        '×' | '✗' => 'x',
        '✓' | '▼' => 'v',
        '▲' => '^',
        '▵' => '~',
        '●' | '•' => '*',
        '→' | '▌' | '≥' => '>',
        '←' | '≤' => '<',
        '█' | '▉' | '▊' | '▋' => '#',
        '▓' => '=',
        '±' => '+',
        '“' | '”' => '"',
        '’' | '‘' => '\'',
        '\u{a0}' => ' ',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn bar_never_leaves_its_width_and_shows_the_smallest_part() {
        for glyphs in [UNICODE, ASCII] {
            for fraction in [-1.0, 0.0, 0.001, 0.5, 0.999, 1.0, 7.0, f64::NAN, f64::INFINITY] {
                for width in [0, 1, 5, 20] {
                    assert!(glyphs.bar(width, fraction).width() <= width, "{width} {fraction}");
                    assert_eq!(glyphs.progress(width, fraction).width(), width);
                }
            }
            assert_eq!(glyphs.bar(10, 0.0), "");
            assert_eq!(glyphs.bar(10, 0.0001).width(), 1);
        }
        assert_eq!(UNICODE.bar(4, 0.625), "██▌");
    }

    #[test]
    fn day_without_data_is_a_blank_not_the_lowest_level() {
        assert_eq!(UNICODE.sparkline(&[Some(0.0), None, Some(8.0)], 8.0), "▁ █");
        assert_eq!(UNICODE.sparkline(&[Some(1.5)], 100.0), "▁");
        assert_eq!(UNICODE.sparkline(&[Some(0.0), Some(0.0)], 0.0), "▁▁");
        assert_eq!(ASCII.sparkline(&[Some(f64::NAN)], 1.0), "_");
    }

    #[test]
    fn flattened_screen_is_ascii_of_the_same_width() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        buffer.set_string(0, 0, "é─日✓", ratatui::style::Style::new());
        ASCII.flatten(&mut buffer);
        let line: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
        assert!(line.is_ascii(), "{line}");
        assert_eq!(line.len(), 8);
    }
}
