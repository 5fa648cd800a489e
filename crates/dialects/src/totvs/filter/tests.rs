//! Examples and rows of sections 6.8 and 6.9, and what holds for every text.
