//! YAML 1.2 with the core schema.

mod scalar;

/// Whether YAML 1.2 and YAML 1.1 readers both take a plain scalar for a string.
pub(crate) fn is_string_for_every_reader(text: &str) -> bool {
    let odd = text == "=" || text == "<<" || text.starts_with(|first: char| first.is_ascii_digit());
    !odd && scalar::resolve(text) == scalar::Plain::String && scalar::surprise(text).is_none()
}
