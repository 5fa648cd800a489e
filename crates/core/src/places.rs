//! Countries, Brazilian states and large cities: constant data that addresses and regions refer to.
//!
//! Not a postal table: only what is needed to recognise a name. Ids never change; new places get new ones.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::text::fold;

/// A country.
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    /// From 1; Brazil is 1.
    pub id: i64,
    /// The Portuguese name.
    pub name: &'static str,
}

/// A state of Brazil.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    /// From 1, in the order of the names.
    pub id: i64,
    /// The name.
    pub name: &'static str,
    /// The two letters it is known by.
    pub letters: &'static str,
    /// Its number at the national statistics office (IBGE).
    pub ibge: i64,
}

/// A city of Brazil.
#[derive(Debug, PartialEq)]
pub struct City {
    /// Its number at the national statistics office (IBGE), which is its id as well.
    pub id: i64,
    /// The name.
    pub name: &'static str,
    /// The letters of its state.
    pub state: &'static str,
    /// Degrees north, in millionths.
    pub latitude: i64,
    /// Degrees east, in millionths.
    pub longitude: i64,
    /// It is the capital of its state.
    pub is_capital: bool,
}

impl City {
    /// The state it lies in.
    pub fn state(&self) -> Option<&'static State> {
        state_by_letters(self.state)
    }
}

const fn country(id: i64, name: &'static str) -> Country {
    Country { id, name }
}

const fn state(id: i64, name: &'static str, letters: &'static str, ibge: i64) -> State {
    State { id, name, letters, ibge }
}

const fn capital(id: i64, name: &'static str, state: &'static str, latitude: i64, longitude: i64) -> City {
    City { id, name, state, latitude, longitude, is_capital: true }
}

const fn city(id: i64, name: &'static str, state: &'static str, latitude: i64, longitude: i64) -> City {
    City { id, name, state, latitude, longitude, is_capital: false }
}

/// Countries, Brazil first.
pub static COUNTRIES: &[Country] = &[
    country(1, "Brasil"),
    country(2, "Argentina"),
    country(3, "Bolívia"),
    country(4, "Chile"),
    country(5, "Colômbia"),
    country(6, "Equador"),
    country(7, "Guiana"),
    country(8, "Paraguai"),
    country(9, "Peru"),
    country(10, "Suriname"),
    country(11, "Uruguai"),
    country(12, "Venezuela"),
    country(13, "Portugal"),
    country(14, "Estados Unidos"),
    country(15, "Canadá"),
    country(16, "México"),
    country(17, "Espanha"),
    country(18, "França"),
    country(19, "Alemanha"),
    country(20, "Itália"),
    country(21, "Reino Unido"),
    country(22, "Irlanda"),
    country(23, "Países Baixos"),
    country(24, "Bélgica"),
    country(25, "Luxemburgo"),
    country(26, "Suíça"),
    country(27, "Áustria"),
    country(28, "Dinamarca"),
    country(29, "Suécia"),
    country(30, "Noruega"),
    country(31, "Finlândia"),
    country(32, "Islândia"),
    country(33, "Polônia"),
    country(34, "República Tcheca"),
    country(35, "Eslováquia"),
    country(36, "Hungria"),
    country(37, "Romênia"),
    country(38, "Bulgária"),
    country(39, "Grécia"),
    country(40, "Turquia"),
    country(41, "Ucrânia"),
    country(42, "Rússia"),
    country(43, "China"),
    country(44, "Japão"),
    country(45, "Coreia do Sul"),
    country(46, "Índia"),
    country(47, "Indonésia"),
    country(48, "Tailândia"),
    country(49, "Vietnã"),
    country(50, "Singapura"),
    country(51, "Austrália"),
    country(52, "Nova Zelândia"),
    country(53, "Israel"),
    country(54, "Emirados Árabes Unidos"),
    country(55, "Arábia Saudita"),
    country(56, "Egito"),
    country(57, "Marrocos"),
    country(58, "Nigéria"),
    country(59, "África do Sul"),
    country(60, "Angola"),
    country(61, "Moçambique"),
    country(62, "Cabo Verde"),
    country(63, "Guiné-Bissau"),
    country(64, "São Tomé e Príncipe"),
    country(65, "Timor-Leste"),
    country(66, "Cuba"),
    country(67, "República Dominicana"),
    country(68, "Costa Rica"),
    country(69, "Panamá"),
    country(70, "Guatemala"),
    country(71, "Honduras"),
    country(72, "El Salvador"),
    country(73, "Nicarágua"),
    country(74, "Haiti"),
    country(75, "Jamaica"),
];

/// The states of Brazil and the federal district.
pub static STATES: &[State] = &[
    state(1, "Acre", "AC", 12),
    state(2, "Alagoas", "AL", 27),
    state(3, "Amapá", "AP", 16),
    state(4, "Amazonas", "AM", 13),
    state(5, "Bahia", "BA", 29),
    state(6, "Ceará", "CE", 23),
    state(7, "Distrito Federal", "DF", 53),
    state(8, "Espírito Santo", "ES", 32),
    state(9, "Goiás", "GO", 52),
    state(10, "Maranhão", "MA", 21),
    state(11, "Mato Grosso", "MT", 51),
    state(12, "Mato Grosso do Sul", "MS", 50),
    state(13, "Minas Gerais", "MG", 31),
    state(14, "Pará", "PA", 15),
    state(15, "Paraíba", "PB", 25),
    state(16, "Paraná", "PR", 41),
    state(17, "Pernambuco", "PE", 26),
    state(18, "Piauí", "PI", 22),
    state(19, "Rio de Janeiro", "RJ", 33),
    state(20, "Rio Grande do Norte", "RN", 24),
    state(21, "Rio Grande do Sul", "RS", 43),
    state(22, "Rondônia", "RO", 11),
    state(23, "Roraima", "RR", 14),
    state(24, "Santa Catarina", "SC", 42),
    state(25, "São Paulo", "SP", 35),
    state(26, "Sergipe", "SE", 28),
    state(27, "Tocantins", "TO", 17),
];

/// The capitals and some large cities.
pub static CITIES: &[City] = &[
    capital(1_200_401, "Rio Branco", "AC", -9_974_990, -67_824_300),
    capital(2_704_302, "Maceió", "AL", -9_665_990, -35_735_000),
    capital(1_600_303, "Macapá", "AP", 34_934, -51_069_400),
    capital(1_302_603, "Manaus", "AM", -3_118_660, -60_021_200),
    capital(2_927_408, "Salvador", "BA", -12_971_800, -38_501_100),
    capital(2_304_400, "Fortaleza", "CE", -3_716_640, -38_542_300),
    capital(5_300_108, "Brasília", "DF", -15_779_500, -47_929_700),
    capital(3_205_309, "Vitória", "ES", -20_315_500, -40_312_800),
    capital(5_208_707, "Goiânia", "GO", -16_686_400, -49_264_300),
    capital(2_111_300, "São Luís", "MA", -2_538_740, -44_282_500),
    capital(5_103_403, "Cuiabá", "MT", -15_601_000, -56_097_400),
    capital(5_002_704, "Campo Grande", "MS", -20_448_600, -54_629_500),
    capital(3_106_200, "Belo Horizonte", "MG", -19_910_200, -43_926_600),
    capital(1_501_402, "Belém", "PA", -1_455_400, -48_489_800),
    capital(2_507_507, "João Pessoa", "PB", -7_115_090, -34_864_100),
    capital(4_106_902, "Curitiba", "PR", -25_419_500, -49_264_600),
    capital(2_611_606, "Recife", "PE", -8_046_660, -34_877_100),
    capital(2_211_001, "Teresina", "PI", -5_091_940, -42_803_400),
    capital(3_304_557, "Rio de Janeiro", "RJ", -22_912_900, -43_200_300),
    capital(2_408_102, "Natal", "RN", -5_793_570, -35_198_600),
    capital(4_314_902, "Porto Alegre", "RS", -30_031_800, -51_206_500),
    capital(1_100_205, "Porto Velho", "RO", -8_760_770, -63_899_900),
    capital(1_400_100, "Boa Vista", "RR", 2_823_840, -60_675_300),
    capital(4_205_407, "Florianópolis", "SC", -27_594_500, -48_547_700),
    capital(3_550_308, "São Paulo", "SP", -23_532_900, -46_639_500),
    capital(2_800_308, "Aracaju", "SE", -10_909_100, -37_067_700),
    capital(1_721_000, "Palmas", "TO", -10_240_000, -48_355_800),
    city(3_509_502, "Campinas", "SP", -22_905_300, -47_065_900),
    city(3_518_800, "Guarulhos", "SP", -23_453_800, -46_533_300),
    city(3_548_708, "São Bernardo do Campo", "SP", -23_691_400, -46_564_600),
    city(3_547_809, "Santo André", "SP", -23_673_700, -46_543_200),
    city(3_534_401, "Osasco", "SP", -23_532_400, -46_791_600),
    city(3_552_205, "Sorocaba", "SP", -23_496_900, -47_445_100),
    city(3_543_402, "Ribeirão Preto", "SP", -21_169_900, -47_809_900),
    city(3_549_904, "São José dos Campos", "SP", -23_189_600, -45_884_100),
    city(3_548_500, "Santos", "SP", -23_953_500, -46_335_000),
    city(3_170_206, "Uberlândia", "MG", -18_914_100, -48_274_900),
    city(3_118_601, "Contagem", "MG", -19_932_100, -44_053_900),
    city(3_136_702, "Juiz de Fora", "MG", -21_759_500, -43_339_800),
    city(3_303_500, "Nova Iguaçu", "RJ", -22_755_600, -43_460_300),
    city(3_303_302, "Niterói", "RJ", -22_883_200, -43_103_400),
    city(3_303_906, "Petrópolis", "RJ", -22_520_000, -43_192_600),
    city(4_209_102, "Joinville", "SC", -26_304_500, -48_848_700),
    city(4_202_404, "Blumenau", "SC", -26_915_500, -49_070_900),
    city(4_113_700, "Londrina", "PR", -23_304_000, -51_169_100),
    city(4_115_200, "Maringá", "PR", -23_420_500, -51_933_300),
    city(4_305_108, "Caxias do Sul", "RS", -29_162_900, -51_179_200),
    city(4_314_407, "Pelotas", "RS", -31_764_900, -52_337_100),
    city(2_910_800, "Feira de Santana", "BA", -12_266_400, -38_966_300),
    city(2_607_901, "Jaboatão dos Guararapes", "PE", -8_112_980, -35_014_700),
    city(2_504_009, "Campina Grande", "PB", -7_221_960, -35_873_100),
    city(5_201_405, "Aparecida de Goiânia", "GO", -16_819_800, -49_246_900),
];

/// Places by their name as it is written and as it is folded: most are written as they are listed.
fn named<T>(places: &'static [T], name: impl Fn(&T) -> &'static str) -> HashMap<String, &'static T> {
    let mut by_name: HashMap<_, _> = places.iter().map(|place| (fold(name(place)), place)).collect();
    by_name.extend(places.iter().map(|place| (name(place).to_owned(), place)));
    by_name
}

fn find<T>(by_name: &HashMap<String, &'static T>, name: &str) -> Option<&'static T> {
    by_name.get(name).or_else(|| by_name.get(&fold(name))).copied()
}

/// The country with this id.
pub fn country_by_id(id: i64) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.id == id)
}

/// The country with this name, ignoring case and accents.
pub fn country_by_name(name: &str) -> Option<&'static Country> {
    static BY_NAME: OnceLock<HashMap<String, &'static Country>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| named(COUNTRIES, |country| country.name));
    find(by_name, name)
}

/// The state with this id.
pub fn state_by_id(id: i64) -> Option<&'static State> {
    STATES.iter().find(|state| state.id == id)
}

/// The state with these two letters, ignoring case.
pub fn state_by_letters(letters: &str) -> Option<&'static State> {
    STATES.iter().find(|state| state.letters.eq_ignore_ascii_case(letters.trim()))
}

/// The state with this number at the statistics office.
pub fn state_by_ibge(ibge: i64) -> Option<&'static State> {
    STATES.iter().find(|state| state.ibge == ibge)
}

/// The state with this name or these letters, ignoring case and accents.
pub fn state_by_name(name: &str) -> Option<&'static State> {
    static BY_NAME: OnceLock<HashMap<String, &'static State>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| named(STATES, |state| state.name));
    find(by_name, name).or_else(|| state_by_letters(name))
}

/// The city with this id, its number at the statistics office.
pub fn city_by_id(id: i64) -> Option<&'static City> {
    CITIES.iter().find(|city| city.id == id)
}

/// The city with this name, ignoring case and accents; in this state when one is given.
pub fn city_by_name(name: &str, state: Option<&State>) -> Option<&'static City> {
    static BY_NAME: OnceLock<HashMap<String, &'static City>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| named(CITIES, |city| city.name));
    let city = find(by_name, name)?;
    state.is_none_or(|state| state.letters == city.state).then_some(city)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_case_and_accents() {
        assert_eq!(country_by_name(" BRASIL ").map(|country| country.id), Some(1));
        assert_eq!(state_by_name("santa catarina").map(|state| (state.id, state.letters)), Some((24, "SC")));
        assert_eq!(state_by_name("sc"), state_by_name("Santa Catarina"));
        assert_eq!(city_by_name("florianopolis", None).map(|city| city.id), Some(4_205_407));
        assert!(city_by_name("Florianópolis", state_by_letters("SP")).is_none());
        assert!(state_by_name("Zebrolândia").is_none());
    }

    #[test]
    fn every_place_is_listed_once_and_lies_where_its_code_says() {
        assert_eq!((STATES.len(), CITIES.iter().filter(|city| city.is_capital).count()), (27, 27));
        for state in STATES {
            assert_eq!(
                CITIES.iter().filter(|city| city.is_capital && city.state == state.letters).count(),
                1
            );
            assert_eq!(
                STATES.iter().filter(|other| other.ibge == state.ibge || other.id == state.id).count(),
                1
            );
        }
        for city in CITIES {
            let state = city.state().expect("a known state");
            assert_eq!(city.id / 100_000, state.ibge, "{}", city.name);
            assert_eq!(
                CITIES.iter().filter(|other| fold(other.name) == fold(city.name)).count(),
                1,
                "{}",
                city.name
            );
        }
        for country in COUNTRIES {
            assert_eq!(COUNTRIES.iter().filter(|other| other.id == country.id).count(), 1);
            assert_eq!(country_by_name(country.name), Some(country));
        }
    }
}
