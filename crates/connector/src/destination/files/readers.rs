//! `DuckDB` and pyarrow read what was written: they know nothing of this program, and it knows nothing of them.

use super::testing::{AWKWARD, FORMATS, exact, files, memory, put, python, schema};
use super::*;
use crate::schema::Layout;

fn written(format: Format, layout: Layout) -> tempfile::TempDir {
    let directory = memory();
    let schema = schema(layout, &["contatos"], &[]);
    let mut one = files(format, directory.path());
    one.open(&schema).unwrap();
    for id in 1..=5 {
        put(&mut *one, &schema, 0, id, 1);
    }
    one.commit(&[]).unwrap();
    one.remove(0, &[2, 4]).unwrap();
    put(&mut *one, &schema, 0, 4, 2);
    one.mark_deleted(0, &[5], 1_772_473_510_512_000, 9).unwrap();
    one.commit(&[]).unwrap();
    directory
}

#[test]
fn duckdb_reads_the_folder_of_a_table_as_the_table() {
    let program = r#"
import sys, duckdb, glob, json, decimal
directory, kind = sys.argv[1:]
read = {"parquet": "read_parquet('%s')", "csv": "read_csv('%s', header=true, all_varchar=true, allow_quoted_nulls=false)", "jsonl": "read_json('%s', format='newline_delimited')"}[kind]
def table(name): return read % f"{directory}/{name}/*.{kind}"
one = duckdb.connect()
one.sql("set timezone='UTC'")
print(one.sql(f"select count(*), count(distinct id), count(_favo_deleted_at) from {table('nectarcrm_contatos')}").fetchone())
print(one.sql(f"select count(*), count(distinct contato_id), count(_favo_deleted_at) from {table('nectarcrm_contatos_enderecos')}").fetchone())
print(one.sql(f"select nome from {table('nectarcrm_contatos')} where cast(id as bigint) = 4").fetchone()[0], end="|\n")
money = "receitaanual"
if kind == "jsonl":
    # DuckDB takes a number it finds for a double; the text in the file is exact.
    rows = [json.loads(line, parse_float=decimal.Decimal) for name in glob.glob(f"{directory}/nectarcrm_contatos/*.jsonl") for line in open(name, newline="\n")]
    money = f"'{next(row['receitaanual'] for row in rows if row['id'] == 5)}'"
print(one.sql(f"select cast({money} as decimal(20,6)), cast(dataatualizacao as timestamptz)::timestamp, cast(_favo_deleted_at as timestamptz)::timestamp, facebook = '' and linkedin is null, json_extract_string(campospersonalizados, '$.b[1].c') is null, json_extract_string(campospersonalizados, '$.a') from {table('nectarcrm_contatos')} where cast(id as bigint) = 5").fetchone())
print(one.sql(f"select cast(id as bigint), cast(_favo_run_id as bigint) from {table('nectarcrm_contatos')} order by 1").fetchall())
if kind == "parquet":
    print({row[0]: row[1] for row in one.sql(f"describe select id, nome, receitaanual, dataatualizacao, ativo, campospersonalizados, _favo_hash from {table('nectarcrm_contatos')}").fetchall()})
"#;
    for format in FORMATS {
        let directory = written(format, Layout::Exact);
        let said = python(program, &[directory.path().to_str().unwrap(), format.extension()]);
        let expected = [
            "(4, 4, 1)",
            "(8, 4, 2)",
            &format!("{AWKWARD} 4 v2|"),
            "(Decimal('-1234567890123.450001'), datetime.datetime(2023, 11, 14, 22, 13, 20, 123461), \
             datetime.datetime(2026, 3, 2, 17, 45, 10, 512000), True, True, 'x,\"y')",
            "[(1, 1), (3, 1), (4, 2), (5, 9)]",
        ]
        .join("\n");
        assert!(said.starts_with(&expected), "{format:?}\n{said}\n{expected}");
        if format == Format::Parquet {
            let types = "{'id': 'BIGINT', 'nome': 'VARCHAR', 'receitaanual': 'DECIMAL(20,6)', \
                         'dataatualizacao': 'TIMESTAMP WITH TIME ZONE', 'ativo': 'BOOLEAN', \
                         'campospersonalizados': 'JSON', '_favo_hash': 'BLOB'}";
            assert!(said.trim_end().ends_with(types), "{said}");
        }
    }
}

#[test]
fn pyarrow_reads_every_table_of_both_layouts() {
    let program = r#"
import sys, pyarrow.dataset as ds, pyarrow as pa
for directory in sys.argv[1:]:
    table = ds.dataset(f"{directory}/nectarcrm_contatos").to_table().sort_by("id")
    print(table.num_rows, [str(table.schema.field(name).type) for name in ("id", "receitaanual", "dataatualizacao", "nome", "_favo_hash")])
    print(table["id"].to_pylist(), table["receitaanual"].to_pylist()[0], str(table["dataatualizacao"][3]), table["_favo_deleted_at"].null_count, table["_favo_hash"][0].as_py().hex())
    print(table["nome"][2].as_py(), end="|\n")
"#;
    let (exact, kondado) =
        (written(Format::Parquet, Layout::Exact), written(Format::Parquet, Layout::Kondado));
    let said = python(program, &[exact.path().to_str().unwrap(), kondado.path().to_str().unwrap()]);
    let name = format!("{AWKWARD} 4 v2|\n");
    let expected = [
        "4 ['int64', 'decimal128(20, 6)', 'timestamp[us, tz=UTC]', 'string', 'fixed_size_binary[16]']\n",
        "[1, 3, 4, 5] -1234567890123.450001 2023-11-14 22:13:20.123461+00:00 3 80000000000000010000000000000001\n",
        &name,
        "4 ['double', 'double', 'timestamp[us]', 'string', 'fixed_size_binary[16]']\n",
        "[1.0, 3.0, 4.0, 5.0] 0.1 2023-11-14 22:13:20.123461 3 80000000000000010000000000000001\n",
        &name,
    ]
    .concat();
    assert_eq!(said, expected);
}

#[test]
fn a_table_without_rows_has_its_columns() {
    let directory = memory();
    let mut one = files(Format::Parquet, directory.path());
    one.open(&exact()).unwrap();
    one.commit(&[("contatos", &Bookmark::default())]).unwrap();
    let program = "import sys, duckdb\nprint(len(duckdb.sql(f\"select * from '{sys.argv[1]}/nectarcrm_contatos_emails/*.parquet'\").columns))";
    assert_eq!(python(program, &[directory.path().to_str().unwrap()]).trim(), "5");
}
