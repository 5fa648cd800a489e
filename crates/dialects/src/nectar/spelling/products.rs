//! Spelling of produto, produtoCategoria, produtoSubCategoria and tabelaPreco (spec 4.7 to 4.10).

use favo_core::Resource;
use favo_core::catalogue::{
    cost_item, meta, price_band, price_table, product, product_category, product_subcategory,
};

use super::{Line, RefShape, Sheet, Shown, Special, Taken, also, line, own, read, refer, special};

pub(super) static PRODUCT: Sheet =
    Sheet { resource: Resource::Product, lines: PRODUCT_LINES, entity: "produto" };
pub(super) static CATEGORY: Sheet =
    Sheet { resource: Resource::ProductCategory, lines: CATEGORY_LINES, entity: "produtoCategoria" };
pub(super) static SUBCATEGORY: Sheet =
    Sheet { resource: Resource::ProductSubcategory, lines: SUBCATEGORY_LINES, entity: "produtoSubCategoria" };
pub(super) static PRICE_TABLE: Sheet =
    Sheet { resource: Resource::PriceTable, lines: PRICE_TABLE_LINES, entity: "tabelaPreco" };

static COST_ITEM: &[Line] = &[
    read!("id", cost_item::FORMATION),
    own!("nome", cost_item::NAME),
    own!("valor", cost_item::VALUE),
    own!("quantidade", cost_item::QUANTITY),
    own!("valorBase", cost_item::BASE_VALUE),
    own!("porcentagem", cost_item::PERCENTAGE),
    own!("multiplicador", cost_item::MULTIPLIER),
];

static PRICE_BAND: &[Line] = &[
    own!("quantidadeInicial", price_band::FROM),
    own!("quantidadeFinal", price_band::TO),
    own!("valor", price_band::PRICE),
];

static PRODUCT_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", product::NAME),
    own!("codigo", product::CODE),
    read!("contador", product::COUNTER),
    own!("descricao", product::DESCRIPTION),
    own!("ativo", product::ACTIVE),
    own!("valorBase", product::BASE_PRICE),
    own!("valorEditavel", product::PRICE_EDITABLE),
    own!("recorrencia", product::RECURRENCE),
    own!("moeda", product::CURRENCY),
    refer!("categoria", product::CATEGORY, Lookup),
    refer!("subCategoria", product::SUBCATEGORY, Lookup),
    also!("subcategoria", product::SUBCATEGORY),
    own!("permiteDesconto", product::ALLOWS_DISCOUNT),
    own!("descontoMaximo", product::MAXIMUM_DISCOUNT),
    own!("isDescontoPorcentual", product::DISCOUNT_IS_PERCENTAGE),
    line(
        "descontoPorcentual",
        Shown::Own(product::DISCOUNT_IS_PERCENTAGE.position()),
        Taken::Also(product::DISCOUNT_IS_PERCENTAGE.position()),
    ),
    own!("permiteAcrescimo", product::ALLOWS_SURCHARGE),
    own!("acrescimoMaximo", product::MAXIMUM_SURCHARGE),
    own!("acrescimoPercentual", product::SURCHARGE_IS_PERCENTAGE),
    own!("comissao", product::COMMISSION),
    own!("isComissaoPorcentual", product::COMMISSION_IS_PERCENTAGE),
    line(
        "comissaoPorcentual",
        Shown::Own(product::COMMISSION_IS_PERCENTAGE.position()),
        Taken::Also(product::COMMISSION_IS_PERCENTAGE.position()),
    ),
    own!("possuiEstoque", product::HAS_STOCK),
    own!("quantidadeEstoque", product::STOCK),
    own!("fracionario", product::FRACTIONAL),
    own!("isExpiravel", product::EXPIRES),
    line("produtos", Shown::Special(Special::Dependents), Taken::Own(product::DEPENDENTS.position())),
    own!("editarProdutosDependentes", product::MAY_REMOVE_DEPENDENTS),
    line(
        "itensDeCusto",
        Shown::Rows(product::COST_ITEMS.position(), COST_ITEM),
        Taken::Rows(product::COST_ITEMS.position(), COST_ITEM),
    ),
    own!("valorBaseComposto", product::COMPOSITE_PRICE),
    line(
        "faixasPreco",
        Shown::Rows(product::PRICE_BANDS.position(), PRICE_BAND),
        Taken::Rows(product::PRICE_BANDS.position(), PRICE_BAND),
    ),
    read!("foto", product::PHOTO),
    special!("camposPersonalizados", Custom),
    special!(read "camposPersonalizadosObject", CustomObject),
];

static CATEGORY_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", product_category::NAME),
    own!("ativo", product_category::ACTIVE),
    own!("descricao", product_category::DESCRIPTION),
    special!("subcategorias", Subcategories),
    special!("subCategorias", Subcategories),
];

static SUBCATEGORY_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", product_subcategory::NAME),
    own!("ativo", product_subcategory::ACTIVE),
    own!("descricao", product_subcategory::DESCRIPTION),
    refer!("categoria", product_subcategory::CATEGORY, Name),
];

static PRICE_TABLE_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", price_table::NAME),
    line("ativo", Shown::Special(Special::PriceTableActive), Taken::Own(price_table::ACTIVE.position())),
    own!("descricao", price_table::DESCRIPTION),
    read!("dataCriacao", meta::CREATED_AT),
    own!("dataExpiracao", price_table::EXPIRES_AT),
    special!(read "produtos", PriceTableProducts),
    special!(read "quantidadeProdutos", PriceTableCount),
];
