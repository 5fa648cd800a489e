//! Cities with their area code and range of postal codes. Not for their place on the map: core knows that.

use super::chance::Chance;

/// A city that contacts live in.
#[derive(Debug)]
pub(super) struct City {
    /// The name, as core's places know it.
    pub(super) name: &'static str,
    /// The letters of its state.
    pub(super) state: &'static str,
    /// The area code of its telephones.
    pub(super) area: u64,
    /// The first and the last five digits of its postal codes.
    pub(super) postal_codes: (u64, u64),
    /// How many contacts live there, beside those of the other cities.
    weight: u64,
}

impl City {
    /// One of them, the large ones more often.
    pub(super) fn any(chance: &mut Chance) -> &'static Self {
        let mut place = chance.below(CITIES.iter().map(|city| city.weight).sum());
        let found = CITIES.iter().find(|city| {
            let here = place < city.weight;
            place = place.saturating_sub(city.weight);
            here
        });
        found.unwrap_or(&CITIES[0])
    }
}

const fn city(
    weight: u64,
    name: &'static str,
    state: &'static str,
    area: u64,
    first: u64,
    last: u64,
) -> City {
    City { name, state, area, postal_codes: (first, last), weight }
}

/// All of them.
pub(super) static CITIES: &[City] = &[
    city(40, "São Paulo", "SP", 11, 1001, 5890),
    city(6, "Campinas", "SP", 19, 13010, 13140),
    city(6, "Guarulhos", "SP", 11, 7010, 7399),
    city(4, "São Bernardo do Campo", "SP", 11, 9610, 9899),
    city(4, "Santo André", "SP", 11, 9010, 9299),
    city(4, "Osasco", "SP", 11, 6010, 6299),
    city(4, "Sorocaba", "SP", 15, 18010, 18109),
    city(4, "Ribeirão Preto", "SP", 16, 14010, 14109),
    city(4, "São José dos Campos", "SP", 12, 12210, 12249),
    city(3, "Santos", "SP", 13, 11010, 11099),
    city(24, "Rio de Janeiro", "RJ", 21, 20010, 23799),
    city(3, "Niterói", "RJ", 21, 24020, 24399),
    city(3, "Nova Iguaçu", "RJ", 21, 26010, 26099),
    city(2, "Petrópolis", "RJ", 24, 25610, 25779),
    city(12, "Belo Horizonte", "MG", 31, 30110, 31999),
    city(4, "Uberlândia", "MG", 34, 38400, 38415),
    city(3, "Contagem", "MG", 31, 32010, 32399),
    city(3, "Juiz de Fora", "MG", 32, 36010, 36099),
    city(3, "Vitória", "ES", 27, 29010, 29099),
    city(10, "Curitiba", "PR", 41, 80010, 82999),
    city(4, "Londrina", "PR", 43, 86010, 86099),
    city(4, "Maringá", "PR", 44, 87010, 87099),
    city(6, "Florianópolis", "SC", 48, 88010, 88099),
    city(5, "Joinville", "SC", 47, 89201, 89239),
    city(4, "Blumenau", "SC", 47, 89010, 89099),
    city(9, "Porto Alegre", "RS", 51, 90010, 91999),
    city(4, "Caxias do Sul", "RS", 54, 95010, 95124),
    city(2, "Pelotas", "RS", 53, 96010, 96099),
    city(8, "Salvador", "BA", 71, 40010, 42499),
    city(2, "Feira de Santana", "BA", 75, 44001, 44099),
    city(2, "Aracaju", "SE", 79, 49010, 49098),
    city(2, "Maceió", "AL", 82, 57010, 57099),
    city(7, "Recife", "PE", 81, 50010, 52999),
    city(2, "Jaboatão dos Guararapes", "PE", 81, 54010, 54599),
    city(3, "João Pessoa", "PB", 83, 58010, 58099),
    city(2, "Campina Grande", "PB", 83, 58400, 58449),
    city(3, "Natal", "RN", 84, 59010, 59139),
    city(8, "Fortaleza", "CE", 85, 60010, 61599),
    city(2, "Teresina", "PI", 86, 64000, 64099),
    city(3, "São Luís", "MA", 98, 65010, 65109),
    city(4, "Belém", "PA", 91, 66010, 66999),
    city(1, "Macapá", "AP", 96, 68900, 68911),
    city(4, "Manaus", "AM", 92, 69005, 69099),
    city(1, "Boa Vista", "RR", 95, 69301, 69339),
    city(1, "Rio Branco", "AC", 68, 69900, 69923),
    city(1, "Porto Velho", "RO", 69, 76801, 76834),
    city(1, "Palmas", "TO", 63, 77001, 77249),
    city(6, "Goiânia", "GO", 62, 74003, 74899),
    city(2, "Aparecida de Goiânia", "GO", 62, 74905, 74999),
    city(3, "Cuiabá", "MT", 65, 78005, 78099),
    city(3, "Campo Grande", "MS", 67, 79002, 79124),
    city(8, "Brasília", "DF", 61, 70002, 72799),
];
