//! The numbers by which authorities know a company or person: their plain form and their check digits. Nothing here
//! looks at a record.

/// A number without what people put between its characters (blanks, dots, hyphens, slashes), in capitals.
pub fn plain(number: &str) -> String {
    let kept = number.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '/'));
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

/// A Polish tax number in plain form, without the country before it; not checked.
pub fn plain_nip(number: &str) -> String {
    let text = plain(number);
    match text.strip_prefix("PL") {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// Whether a tax number in plain form begins with two letters: it is from another country.
pub fn names_country(plain: &str) -> bool {
    plain.len() >= 2 && plain.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
}

/// A Polish tax number as ten digits, when it is one.
pub fn nip(number: &str) -> Option<String> {
    let text = plain_nip(number);
    let digits = digits::<10>(&text)?;
    let check = weigh(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11;
    (check == digits[9]).then_some(text)
}

/// A Polish register number of nine or fourteen digits, when it is one.
pub fn regon(number: &str) -> Option<String> {
    let text = plain(number);
    let short = digits::<9>(text.get(..9)?)?;
    let check = |digits: &[u32], weights: &[u32]| weigh(digits, weights) % 11 % 10;
    let whole = match text.len() {
        9 => true,
        14 => {
            let long = digits::<14>(&text)?;
            check(&long, &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) == long[13]
        }
        _ => false,
    };
    (whole && check(&short, &[8, 9, 2, 3, 4, 5, 6, 7]) == short[8]).then_some(text)
}

/// A Brazilian tax number of a person as eleven digits, when it is one.
pub fn cpf(number: &str) -> Option<String> {
    let text = plain(number);
    let digits = digits::<11>(&text)?;
    let varied = digits.iter().any(|digit| *digit != digits[0]);
    let first = brazilian(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = brazilian(&digits, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    (varied && first == digits[9] && second == digits[10]).then_some(text)
}

/// A Brazilian tax number of a company, of digits alone or with letters in its first twelve places, when it is one.
pub fn cnpj(number: &str) -> Option<String> {
    let text = plain(number);
    let bytes: &[u8; 14] = text.as_bytes().try_into().ok()?;
    let (base, check) = bytes.split_at(12);
    let fits = base.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && check.iter().all(u8::is_ascii_digit)
        && bytes.iter().any(|byte| *byte != b'0');
    if !fits {
        return None;
    }
    let values = bytes.map(|byte| u32::from(byte - b'0'));
    let first = brazilian(&values, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = brazilian(&values, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    (first == values[12] && second == values[13]).then_some(text)
}

/// The digits of a text of that many of them, not all zero.
fn digits<const COUNT: usize>(text: &str) -> Option<[u32; COUNT]> {
    let bytes: &[u8; COUNT] = text.as_bytes().try_into().ok()?;
    let usable = bytes.iter().all(u8::is_ascii_digit) && bytes.iter().any(|byte| *byte != b'0');
    usable.then(|| bytes.map(|byte| u32::from(byte - b'0')))
}

/// The sum of the first values, each times its weight.
fn weigh(values: &[u32], weights: &[u32]) -> u32 {
    values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// A Brazilian check digit: 0 for a remainder below 2, else what is missing to 11.
fn brazilian(values: &[u32], weights: &[u32]) -> u32 {
    match weigh(values, weights) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_nip_is_answered_as_ten_digits() {
        for number in ["123-456-32-18", "PL 1234563218", "1234563218", "pl123.456.32.18"] {
            assert_eq!(nip(number).as_deref(), Some("1234563218"), "{number}");
        }
        for number in ["7102453884", "6805551235"] {
            assert_eq!(nip(number).as_deref(), Some(number));
        }
    }

    #[test]
    fn what_is_no_nip_is_refused() {
        let wrong = [
            "1234563219",
            "7000000080",
            "0000000000",
            "123456321",
            "12345632181",
            "12345O3218",
            "DE123456789",
            "",
        ];
        for number in wrong {
            assert_eq!(nip(number), None, "{number}");
        }
    }

    #[test]
    fn a_number_with_a_country_before_it_is_foreign() {
        assert!(names_country(&plain_nip("de 123 456 789")));
        assert!(!names_country(&plain_nip("PL 1234563218")));
        assert!(!names_country(&plain_nip("1")));
    }

    #[test]
    fn a_regon_has_nine_or_fourteen_digits() {
        let good = ["123456785", "361204579", "024881358", "550000050", "12345678512347", "36120457900039"];
        for number in good {
            assert_eq!(regon(number).as_deref(), Some(number));
        }
        assert_eq!(regon("123-456-785").as_deref(), Some("123456785"));
        for number in ["123456784", "12345678512348", "000000000", "12345678", "12345678é", ""] {
            assert_eq!(regon(number), None, "{number}");
        }
    }

    #[test]
    fn a_cpf_has_two_check_digits() {
        for (number, plain) in [
            ("529.982.247-25", "52998224725"),
            ("11144477735", "11144477735"),
            ("123.456.789-09", "12345678909"),
        ] {
            assert_eq!(cpf(number).as_deref(), Some(plain));
        }
        for number in ["529.982.247-26", "111.111.111-11", "5299822472", "52998224725A", ""] {
            assert_eq!(cpf(number), None, "{number}");
        }
    }

    #[test]
    fn a_cnpj_may_have_letters_before_its_check_digits() {
        for (number, plain) in [
            ("11.222.333/0001-81", "11222333000181"),
            ("12.ABC.345/01DE-35", "12ABC34501DE35"),
            ("12abc34501de35", "12ABC34501DE35"),
            ("7K2M9XQ4000144", "7K2M9XQ4000144"),
        ] {
            assert_eq!(cnpj(number).as_deref(), Some(plain));
        }
        let wrong = [
            "11.222.333/0001-82",
            "12ABC34501DE36",
            "00000000000000",
            "1122233300018",
            "12ABC34501DE3A",
            "12ÁBC34501DE35",
            "",
        ];
        for number in wrong {
            assert_eq!(cnpj(number), None, "{number}");
        }
    }

    /// The same with the character at `place` turned into another one of its kind.
    fn flipped(number: &str, place: usize, by: u8) -> String {
        let mut bytes = number.as_bytes().to_vec();
        let place = place % bytes.len();
        bytes[place] = match bytes[place] {
            digit @ b'0'..=b'9' => b'0' + (digit - b'0' + 1 + by % 9) % 10,
            letter => b'A' + (letter - b'A' + 1 + by % 25) % 26,
        };
        String::from_utf8(bytes).expect("ASCII")
    }

    /// A number of these first characters with the check digits that make it valid, if there are any.
    fn completed(base: &str, count: usize, check: fn(&str) -> Option<String>) -> Option<String> {
        (0..10_usize.pow(count as u32)).find_map(|digits| check(&format!("{base}{digits:0count$}")))
    }

    // Two remainders share the Brazilian check digit 0 (and the Polish one of REGON), so that a few slips before the check
    // digits stay unseen by design; those of a NIP never do.
    proptest! {
        #[test]
        fn a_flipped_digit_of_a_nip_is_refused(base in "[0-9]{9}", place in 0..10_usize, by: u8) {
            if let Some(number) = completed(&base, 1, nip) {
                prop_assert_eq!(nip(&flipped(&number, place, by)), None);
            }
        }

        #[test]
        fn a_number_without_check_digit_is_no_regon(base in "[0-9]{8}", by: u8) {
            if let Some(number) = completed(&base, 1, regon) {
                prop_assert_eq!(regon(&flipped(&number, 8, by)), None);
            }
        }

        #[test]
        fn a_flipped_check_digit_of_a_cpf_is_refused(base in "[0-9]{9}", place in 9..11_usize, by: u8) {
            if let Some(number) = completed(&base, 2, cpf) {
                prop_assert_eq!(cpf(&flipped(&number, place, by)), None);
            }
        }

        #[test]
        fn a_flipped_check_digit_of_a_cnpj_is_refused(base in "[0-9A-Z]{12}", place in 12..14_usize, by: u8) {
            if let Some(number) = completed(&base, 2, cnpj) {
                prop_assert_eq!(cnpj(&flipped(&number, place, by)), None);
            }
        }

        #[test]
        fn no_text_is_too_odd_to_look_at(text in "\\PC*") {
            let _ = (nip(&text), regon(&text), cpf(&text), cnpj(&text));
        }
    }
}
