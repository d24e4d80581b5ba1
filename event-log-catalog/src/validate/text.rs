//! The texts that have a form: times and ids. A leap second, `:60`, is a second.

/// RFC 3339: `2021-09-16T05:57:27.5+09:00`.
pub(super) fn is_timestamp(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else { return false };
    let offset_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, offset) = rest.split_at(offset_at);
    is_date(date) && is_time(time) && is_offset(offset)
}

/// `2021-09-16T05:57:27`.
pub(super) fn is_date_time(text: &str) -> bool {
    text.split_once('T').is_some_and(|(date, time)| is_date(date) && is_time(time))
}

/// `2021-09-16`, a day that there was.
pub(super) fn is_date(text: &str) -> bool {
    let Some([year, month, day]) = numbers(text, '-', [4, 2, 2]) else { return false };
    (1..=days_of(year, month)).contains(&day)
}

/// `05:57:27`, with or without a fraction.
pub(super) fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let Some([hour, minute, second]) = numbers(whole, ':', [2, 2, 2]) else { return false };
    hour < 24 && minute < 60 && second <= 60 && are_digits(fraction)
}

/// Hyphenated, as in `0190b1a3-0000-7000-8000-000000000000`.
pub(super) fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.iter().all(|part| is_hex(part))
        && parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
}

fn is_offset(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return text == "Z" };
    numbers(offset, ':', [2, 2]).is_some_and(|[hour, minute]| hour < 24 && minute < 60)
}

/// So many numbers of these widths, with this between them.
fn numbers<const N: usize>(text: &str, between: char, widths: [usize; N]) -> Option<[u32; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width && are_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn days_of(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
