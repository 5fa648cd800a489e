//! The tables of the stream `produtos`, column by column in the seed's order.

use super::{Table, decimal, flag, integer, text};

pub(super) const PRODUTOS: Table = Table {
    name: "produtos",
    title: "Produtos",
    array: None,
    key: &["id"],
    columns: &[
        integer("id", "id", "Id of the product"),
        decimal("acrescimomaximo", "acrescimoMaximo", "Maximum surcharge"),
        flag("acrescimopercentual", "acrescimoPercentual", "Maximum surcharge is a percentage"),
        flag("ativo", "ativo", "Product is active"),
        integer("categoria_id", "categoria.id", "Category: id"),
        text("categoria_nome", "categoria.nome", "Category: name"),
        text("codigo", "codigo", "Product code"),
        decimal("comissao", "comissao", "Commission (0 = none)"),
        flag("comissaoporcentual", "comissaoPorcentual", "Commission is a percentage")
            .or("isComissaoPorcentual"),
        integer("contador", "contador", "Automatic number of the product"),
        decimal("descontomaximo", "descontoMaximo", "Maximum discount"),
        flag("descontoporcentual", "descontoPorcentual", "Maximum discount is a percentage")
            .or("isDescontoPorcentual"),
        text("descricao", "descricao", "Product description"),
        flag(
            "editarprodutosdependentes",
            "editarProdutosDependentes",
            "Dependent products may be removed from an opportunity",
        ),
        flag("fracionario", "fracionario", "Fractional quantity allowed"),
        flag("isexpiravel", "isExpiravel", "Product expires"),
        text("moeda", "moeda", "Currency code (BRL, USD)"),
        text("nome", "nome", "Product name"),
        flag("permiteacrescimo", "permiteAcrescimo", "Surcharge allowed"),
        flag("permitedesconto", "permiteDesconto", "Discount allowed"),
        flag("possuiestoque", "possuiEstoque", "Stock is controlled"),
        decimal("quantidadeestoque", "quantidadeEstoque", "Stock quantity"),
        integer("recorrencia", "recorrencia", "Recurrence (0 = one-off, 1 = monthly, 2 = yearly)"),
        integer("subcategoria_id", "subCategoria.id", "Sub-category: id").or("subcategoria.id"),
        text("subcategoria_nome", "subCategoria.nome", "Sub-category: name").or("subcategoria.nome"),
        decimal("valorbase", "valorBase", "Base price"),
        flag("valoreditavel", "valorEditavel", "The price may be changed on the line"),
    ],
};

pub(super) const PRODUTOS_PRODUTOS: Table = Table {
    name: "produtos_produtos",
    title: "nectarcrm_produtos_produtos",
    array: Some("produtos"),
    key: &["produto_dependente_id", "produtos_id"],
    columns: &[
        integer("produto_dependente_id", "^id", "Id of the product that owns the dependent list")
            .references("produtos"),
        integer("produtos_id", "id", "Id of the dependent product"),
        integer("produtos_contador", "contador", "Automatic number of the dependent product"),
        text("produtos_descricao", "descricao", "Description of the dependent product"),
        text("produtos_nome", "nome", "Name of the dependent product"),
    ],
};
