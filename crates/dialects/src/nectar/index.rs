//! The index document (spec 4.28): which resources there are and how they are called. Needs no token.

use super::BASE;
use super::show;
use super::show::values_out as out;
use crate::wire::Response;

/// Resource, and whether it can be removed.
const RESOURCES: &[(&str, bool)] = &[
    ("contatos", true),
    ("oportunidades", true),
    ("qualificacoes", true),
    ("tarefas", true),
    ("compromissos", true),
    ("pipeline", true),
    ("produto", true),
    ("produtoCategoria", true),
    ("produtoSubCategoria", true),
    ("tabelaPreco", true),
    ("lista", true),
    ("origem", true),
    ("segmento", true),
    ("categoria", true),
    ("compromissos/tipos", true),
    ("ligacao/tipos", true),
    ("tarefas/tipos", true),
    ("usuario", true),
    ("equipe", true),
    ("campoPersonalizado", true),
    ("proposta", false),
];

/// Operation, its title, method, and what follows the path.
const OPERATIONS: [(&str, &str, &str, &str); 5] = [
    ("listagem", "Listagem", "GET", ""),
    ("insercao", "Insercao", "POST", ""),
    ("visualizacao", "Visualizacao", "GET", "/:id"),
    ("edicao", "Edicao", "PUT", "/:id"),
    ("exclusao", "Exclusao", "DELETE", "/:id"),
];

/// The document, with addresses under the scheme and host the request came in on.
pub(crate) fn document(base_url: &str) -> Response {
    let mut body = r#"{"sobre":{"versao":"1.0","creditos":"Favo, CRM de código aberto"},"endpoints":{"#
        .as_bytes()
        .to_vec();
    for (position, (resource, removable)) in RESOURCES.iter().enumerate() {
        body.extend_from_slice(if position > 0 { b"," } else { b"" });
        out::text(&mut body, resource);
        body.push(b':');
        let mut mark = b'{';
        for (operation, title, method, suffix) in OPERATIONS {
            if operation == "exclusao" && !removable {
                continue;
            }
            body.push(mark);
            mark = b',';
            out::text(&mut body, operation);
            body.extend_from_slice(b":{\"response\":200,\"title\":");
            out::text(&mut body, &format!("{title} de {resource}"));
            body.extend_from_slice(b",\"method\":");
            out::text(&mut body, method);
            body.extend_from_slice(b",\"endpoint\":");
            out::text(&mut body, &format!("{base_url}{BASE}/{resource}{suffix}"));
            body.push(b'}');
        }
        body.push(b'}');
    }
    body.extend_from_slice(b"}}");
    show::json(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_every_operation_under_the_host_of_the_request() {
        let body: serde_json::Value = serde_json::from_slice(&document("https://crm.example").body).unwrap();
        assert_eq!(body["sobre"]["versao"], "1.0");
        let edit = &body["endpoints"]["contatos"]["edicao"];
        assert_eq!(edit["title"], "Edicao de contatos");
        assert_eq!(edit["endpoint"], "https://crm.example/crm/api/1/contatos/:id");
        assert!(body["endpoints"]["proposta"].get("exclusao").is_none());
    }
}
