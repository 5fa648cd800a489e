//! TOTVS writing: every field of every resource there and back, what a resource does of its own (sections 11 to 14).
