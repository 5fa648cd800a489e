//! The connector: `favo sync` will live here. It reads any of the imitated CRMs and keeps a warehouse in step; not written yet.
#![warn(missing_docs)]
