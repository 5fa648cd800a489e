//! The promises of `favo sync`, each with a test that tries to break it: real HTTP from a source that misbehaves on demand, real destinations, and a look into the
//! warehouse by readers that know nothing of the product.

/// Makes a test of each function, in a module of that name, for one kind of destination.
macro_rules! tests_for {
    ($module:ident $kind:ident $($name:ident)*) => {
        mod $module {
            $(#[test]
            fn $name() {
                super::$name(&|size| super::Trial::new(stringify!($kind), stringify!($name), size));
            })*
        }
    };
}

/// For promises that each destination has its part in.
macro_rules! everywhere {
    ($($name:ident)*) => {
        tests_for! { sqlite sqlite $($name)* }
        tests_for! { postgres postgres $($name)* }
        tests_for! { parquet parquet $($name)* }
        tests_for! { csv csv $($name)* }
        tests_for! { jsonl jsonl $($name)* }
    };
}

/// For promises that do not depend on the destination.
macro_rules! once {
    ($($name:ident)*) => { tests_for! { once sqlite $($name)* } };
}

/// For destinations that can change their tables.
macro_rules! in_databases {
    ($($name:ident)*) => {
        tests_for! { in_sqlite sqlite $($name)* }
        tests_for! { in_postgres postgres $($name)* }
    };
}

mod boundaries;
mod deletes;
mod drift;
mod faults;
mod fields;
mod refusals;
mod trial;

use trial::Trial;

/// How a test makes its source and its destination.
type Make<'a> = &'a dyn Fn(favo_connector::testing::Size) -> Trial;
