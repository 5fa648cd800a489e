//! Tables of text with aligned columns, and numbers as people read them.

/// Lines of aligned columns: the first row is the heading; columns named in `right` are flush right.
pub(super) fn aligned(rows: &[Vec<String>], right: &[usize]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[column] - cell.chars().count());
            if column > 0 {
                line.push_str("  ");
            }
            if right.contains(&column) {
                line.extend([padding.as_str(), cell]);
            } else {
                line.extend([cell, padding.as_str()]);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A number with a comma between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes as megabytes with one digit after the point.
pub(super) fn megabytes(bytes: u64) -> String {
    tenths(bytes / 100_000)
}

/// Micros as seconds with one digit after the point.
pub(super) fn seconds(micros: i64) -> String {
    tenths(micros.max(0).unsigned_abs() / 100_000)
}

fn tenths(count: u64) -> String {
    format!("{}.{}", count / 10, count % 10)
}

/// A message as a sentence: a capital first, a full stop at the end.
pub(super) fn sentence(message: &str) -> String {
    let message = message.trim();
    let mut rest = message.chars();
    let Some(first) = rest.next() else { return String::new() };
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), rest.as_str())
}

/// A long list in a message cut after a few lines' worth, at a comma; a screenful of names helps nobody.
pub(super) fn shortened(message: &str) -> String {
    const LENGTH: usize = 400;
    let Some((limit, _)) = message.char_indices().nth(LENGTH) else { return message.to_owned() };
    let Some(end) = message[..limit].rfind(", ") else { return message.to_owned() };
    let more = message[end..].matches(", ").count();
    format!("{}, and {more} more: --output json shows all", &message[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_characters_not_bytes() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["name", "n", "x"]), row(["ção", "12,000", ""]), row(["a", "3", "y"])];
        assert_eq!(aligned(&rows, &[1]), "name       n  x\nção   12,000\na          3  y\n");
        assert_eq!(aligned(&[], &[]), "");
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_567_097, "1,567,097"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn a_message_becomes_a_sentence_once() {
        assert_eq!(sentence("the window was skipped"), "The window was skipped.");
        assert_eq!(sentence("Already one."), "Already one.");
        assert_eq!(sentence("última página"), "Última página.");
        assert_eq!(sentence(" "), "");
    }

    #[test]
    fn a_long_list_is_cut_at_a_comma_and_counts_the_rest() {
        assert_eq!(shortened("columns added: a, b"), "columns added: a, b");
        let names: Vec<String> = (0..100).map(|number| format!("coluna_ção_{number:03}")).collect();
        let text = shortened(&format!("columns added: {}", names.join(", ")));
        let shown = text.matches("coluna_").count();
        assert!(
            text.ends_with(&format!("{:03}, and {} more: --output json shows all", shown - 1, 100 - shown)),
            "{text}"
        );
        let single = "x".repeat(1_000);
        assert_eq!(shortened(&single), single, "a sentence without a list stays whole");
    }
}
