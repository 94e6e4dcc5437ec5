//! The AWS CLI line of a finding, for reading and copying.

use unicode_width::UnicodeWidthStr;

use crate::tui::view::wrap::wrap;

/// The first step of a remedy of two, where the command only takes the second.
pub fn left_to_do<'a>(remedy: &'a str, command: &str) -> Option<&'a str> {
    let (first, _) = remedy.split_once("-then-")?;
    let word = first.rsplit('-').next().unwrap_or(first);
    // `aws s3 rb --force` empties, `--final-db-snapshot-identifier` makes a snapshot.
    let is_done = command.split_once(' ').is_some_and(|(_, rest)| match word {
        "snapshot" => rest.contains("create-snapshot") || rest.contains("--final-"),
        "empty" => rest.contains("--force"),
        word => rest.contains(word),
    });
    (!is_done).then_some(first)
}

/// A command in lines: the first of one width, the others of another. A line ends where a flag begins, so that no
/// flag loses its value; the backslash is outside the width.
pub fn command_lines(command: &str, first: usize, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces(command) {
        let room = if lines.len() < 2 { first } else { width };
        match lines.last_mut() {
            Some(line) if line.width() + 1 + piece.width() <= room => {
                line.push(' ');
                line.push_str(piece);
            }
            _ => lines.push(piece.to_owned()),
        }
    }
    let last = lines.len().saturating_sub(1);
    let ended = lines.into_iter().enumerate().map(|(i, line)| if i < last { line + " \\" } else { line });
    ended.flat_map(|line| wrap(&line, width + 2)).collect()
}

/// A command cut before each flag and before each further command, but not inside quotes.
pub fn pieces(command: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut from, mut quoted) = (0, false);
    for (at, c) in command.char_indices() {
        quoted ^= c == '\'';
        let rest = &command[at + c.len_utf8()..];
        if c == ' ' && !quoted && (rest.starts_with("--") || rest.starts_with("&& ")) {
            pieces.push(&command[from..at]);
            from = at + 1;
        }
    }
    pieces.push(&command[from..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_breaks_before_flags_and_never_inside_quotes() {
        let command = "aws logs delete-log-group --log-group-name 'a --b' --region us-east-1 && aws x";
        let expected = ["aws logs delete-log-group", "--log-group-name 'a --b'", "--region us-east-1", "&& aws x"];
        assert_eq!(pieces(command), expected);
        let lines = command_lines(command, 30, 30);
        assert_eq!(
            lines,
            ["aws logs delete-log-group \\", "--log-group-name 'a --b' \\", "--region us-east-1 && aws x"]
        );
    }

    #[test]
    fn step_the_command_leaves_out_is_named() {
        assert_eq!(left_to_do("snapshot-then-delete", "aws ec2 delete-volume --volume-id v"), Some("snapshot"));
        assert_eq!(left_to_do("final-snapshot-then-delete", "aws rds x --final-db-snapshot-identifier f"), None);
        assert_eq!(left_to_do("empty-then-delete", "aws s3 rb s3://b --force"), None);
        assert_eq!(left_to_do("detach-then-delete", "aws ec2 detach-internet-gateway && aws ec2 delete-x"), None);
        assert_eq!(left_to_do("delete", "aws ec2 delete-volume"), None);
    }
}
