//! Reads facts from the text of `FACTS.toml`. The caller reads the file; an error names the line and the key, and says
//! what may stand there.

use rulebook::duties::Duties;
use vocab::facts::{Facts, FactsError};

use super::objections;

/// Facts are written by people: a larger file is not one.
pub const MAX_FACTS_BYTES: usize = 4 << 20;

/// Reads facts and checks that they do not contradict each other and use tags the rulebook has.
pub fn facts_from_toml(text: &str, duties: &Duties) -> Result<Facts, FactsError> {
    if text.len() > MAX_FACTS_BYTES {
        return Err(FactsError(format!(
            "the facts are larger than {MAX_FACTS_BYTES} bytes; sum people up by place and elements"
        )));
    }
    let facts: Facts = toml::from_str(text).map_err(|error| located(text, &error))?;
    let found = objections(duties, &facts);
    if found.is_empty() { Ok(facts) } else { Err(FactsError(found.join("; "))) }
}

/// Says where an error is. The library's message names keys and types, the file holds no personal values.
fn located(text: &str, error: &toml::de::Error) -> FactsError {
    let message = error.message().trim_end().replace('\n', ", ");
    match error.span() {
        Some(span) => {
            let line = text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1);
            FactsError(format!("line {line}: {message}"))
        }
        None => FactsError(message),
    }
}
