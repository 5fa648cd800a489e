//! Egito.
