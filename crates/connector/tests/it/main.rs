//! The connector from outside: the contract of destinations, and the promises of a whole run.

mod promises;
