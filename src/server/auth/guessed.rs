//! Passwords that are guessed first, since most people who have been asked for one chose among them (ASVS 6.2.4).

/// One a line, behind lines that say whence they are.
const LIST: &str = include_str!("guessed.txt");

/// Whether a password is one of those, however large its letters are.
pub fn is_guessed_first(password: &str) -> bool {
    let small = password.to_lowercase();
    words().any(|word| word == small)
}

fn words() -> impl Iterator<Item = &'static str> {
    LIST.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::limits;

    #[test]
    fn what_everybody_has_is_guessed_first() {
        for known in ["password", "PassWord1", "12345678", "qwertyuiop", "iloveyou"] {
            assert!(is_guessed_first(known), "{known}");
        }
        for other in ["correct horse", "password and more of it", "# The 3,000 most used passwords", "#", ""] {
            assert!(!is_guessed_first(other), "{other}");
        }
    }

    #[test]
    fn the_list_holds_only_what_could_be_a_password_here() {
        let allowed = limits::PASSWORD_MIN_CHARS..=limits::PASSWORD_MAX_CHARS;
        assert!(words().count() >= 3_000, "as many as are asked for");
        assert!(words().all(|word| allowed.contains(&word.chars().count()) && word == word.to_lowercase()));
        assert!(words().is_sorted(), "so that a change of it can be read");
        assert!(LIST.len() < 40 * 1024);
    }
}
