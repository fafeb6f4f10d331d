//! Turning pointers into byte spans, lines and columns: once, late, here.
