//! Tenant switches by the names the dialect documents (spec 1.9).

/// Wire name to core setting.
const SWITCHES: [(&str, &str); 11] = [
    ("exigir_responsavel", "require_owner"),
    ("rejeitar_contato_duplicado", "refuse_duplicate_contacts"),
    ("rejeitar_oportunidade_duplicada", "refuse_duplicate_opportunities"),
    ("aplicar_regras_funil", "enforce_pipeline_rules"),
    ("validar_precos", "validate_prices"),
    ("opcoes_estritas", "strict_options"),
    ("campos_estritos", "strict_fields"),
    ("tamanho_pagina_padrao", "default_page_size"),
    ("limite_requisicoes", "rate_limit"),
    ("plano_enterprise", "enterprise_plan"),
    ("tabelas_dinamicas", "dynamic_tables"),
];

/// The core setting and value a switch means; `None` when the switch is unknown.
pub(super) fn setting(name: &str, value: &str) -> Option<(&'static str, String)> {
    let (_, setting) = SWITCHES.iter().find(|(switch, _)| *switch == name)?;
    let value = value.trim().to_lowercase();
    let value = match (*setting, value.as_str()) {
        ("rate_limit", "" | "0" | "nenhum" | "none") => "none",
        ("rate_limit" | "default_page_size", number) => number,
        (_, "1" | "on" | "sim" | "ligado") => "true",
        (_, "0" | "off" | "nao" | "não" | "desligado") => "false",
        (_, other) => other,
    };
    Some((setting, value.to_owned()))
}

/// All switches, by the names of the dialect.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SWITCHES.iter().map(|(switch, _)| *switch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use favo_core::snapshot::Settings;

    #[test]
    fn every_switch_is_a_setting_the_core_knows() {
        for (switch, setting_name) in SWITCHES {
            assert!(Settings::NAMES.contains(&setting_name), "{switch}");
            let value = if switch == "tamanho_pagina_padrao" {
                "30"
            } else if switch == "limite_requisicoes" {
                "nenhum"
            } else {
                "sim"
            };
            let (name, value) = setting(switch, value).unwrap();
            assert!(Settings::default().apply(name, &value), "{switch}");
        }
        assert_eq!(setting("inventado", "true"), None);
    }
}
