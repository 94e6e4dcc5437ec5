//! Durations as people read them, and how long it may still take.

/// `0:38`, `12:05`, `1:02:05`.
pub fn clock(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{rest:02}") } else { format!("{minutes}:{rest:02}") }
}

/// Below this share of the work done, a guess would be worth nothing.
const GUESS_FROM: f64 = 0.1;
/// Without anything coming to its end for so long, the guess is wrong.
const SILENCE_SECONDS: u64 = 10;

/// What to say about the time left: a rounded guess once there is something to guess by.
pub fn left(elapsed_seconds: u64, since_progress_seconds: u64, fraction: f64) -> String {
    if since_progress_seconds >= SILENCE_SECONDS {
        return "waiting for AWS".to_owned();
    }
    if !(GUESS_FROM..1.0).contains(&fraction) {
        return String::new();
    }
    let seconds = (elapsed_seconds as f64 * (1.0 - fraction) / fraction).round() as u64;
    let step = match seconds {
        0..30 => 5,
        30..600 => 10,
        _ => 60,
    };
    format!("about {} left", clock(seconds.div_ceil(step).max(1) * step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guess_is_rounded_and_not_made_too_early() {
        assert_eq!(left(38, 1, 0.42), "about 1:00 left");
        assert_eq!(left(5, 1, 0.09), "");
        assert_eq!(left(60, 0, 0.99), "about 0:05 left");
        assert_eq!(left(60, 0, 1.0), "");
    }

    #[test]
    fn silence_is_said_instead_of_a_guess() {
        assert_eq!(left(38, 10, 0.42), "waiting for AWS");
    }

    #[test]
    fn hours_appear_only_when_there_are_any() {
        assert_eq!((clock(38).as_str(), clock(3725).as_str()), ("0:38", "1:02:05"));
    }
}
