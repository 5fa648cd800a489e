//! Numbers with a form of their own: tax ids with their check digits, telephones, postal codes.

use super::chance::{Chance, shuffled};
use super::cities::City;

/// The tax id of a person (CPF), another one for each number.
pub(super) fn person_tax_id(number: u64) -> String {
    let mut digits = digits(shuffled(number + 1, 1_000_000_000), 9);
    for _ in 0..2 {
        let weights = (2..=digits.len() as u64 + 1).rev();
        digits.push(check_digit(digits.iter().copied().zip(weights)));
    }
    punctuated(&digits, "###.###.###-##")
}

/// The tax id of a company (CNPJ), another one for each number.
pub(super) fn company_tax_id(number: u64) -> String {
    let mut digits = digits(shuffled(number + 1, 100_000_000), 8);
    digits.extend([0, 0, 0, 1]);
    for _ in 0..2 {
        // From the right: 2 to 9, then again from 2.
        let count = digits.len() as u64;
        let weights = (0..count).map(move |position| (count - 1 - position) % 8 + 2);
        digits.push(check_digit(digits.iter().copied().zip(weights)));
    }
    punctuated(&digits, "##.###.###/####-##")
}

/// The check digit over digits and their weights.
fn check_digit(weighted: impl Iterator<Item = (u64, u64)>) -> u64 {
    match weighted.map(|(digit, weight)| digit * weight).sum::<u64>() % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// A mobile number in a city, another one for each number.
pub(super) fn mobile(city: &City, number: u64) -> String {
    let digits = 60_000_000 + shuffled(number + 1, 40_000_000);
    format!("({}) 9{:04}-{:04}", city.area, digits / 10_000, digits % 10_000)
}

/// A number on a desk in a city, another one for each number.
pub(super) fn landline(city: &City, number: u64) -> String {
    let digits = 20_000_000 + shuffled(number + 1, 40_000_000);
    format!("({}) {:04}-{:04}", city.area, digits / 10_000, digits % 10_000)
}

/// A postal code (CEP) of a city.
pub(super) fn postal_code(city: &City, chance: &mut Chance) -> String {
    let (first, last) = city.postal_codes;
    format!("{:05}-{:03}", first + chance.below(last - first + 1), chance.below(900))
}

/// The last digits of a number, leading zeros included.
fn digits(mut number: u64, count: usize) -> Vec<u64> {
    let mut digits = vec![0; count];
    for digit in digits.iter_mut().rev() {
        *digit = number % 10;
        number /= 10;
    }
    digits
}

/// Digits in place of the `#` of a form.
fn punctuated(digits: &[u64], form: &str) -> String {
    let mut digits = digits.iter();
    form.chars()
        .map(|character| match character {
            '#' => digits.next().and_then(|digit| char::from_digit(*digit as u32, 10)).unwrap_or('0'),
            other => other,
        })
        .collect()
}
