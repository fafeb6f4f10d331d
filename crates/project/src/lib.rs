//! Reads a project and builds its bundle.
