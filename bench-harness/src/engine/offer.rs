//! Which models each engine does, by its name alone: apart from the engines, for those who hold
//! results against what there is and have no engine at hand.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use ::delimark::{Backend, Dialect};

use super::external::{BROWSER_NAMES, embedded_definitions};
use super::{EXTRACT, Engine, HostedEngine, Input, delimark, limit, peer};
use crate::model::Model;
use crate::results::Traits;

/// The models that take bytes from memory: those of a module, which has the input in its own.
const FROM_MEMORY: [Model; 4] = [Model::Count, Model::Index, Model::Fields, Model::Project];

/// Data with nothing out of the ordinary, which an engine refuses only for the model's sake.
const BYTES: &[u8] = b"a|b\n";

/// Every engine that this project measures, but for those that are slow on purpose.
static OFFERS: LazyLock<BTreeMap<String, Vec<Model>>> = LazyLock::new(|| {
    let dialect = Dialect::new(b'|').and_then(|dialect| dialect.with_columns(2));
    let dialect = dialect.expect("these are columns, and '|' is a delimiter");
    let of_backends = of_backends(dialect);
    let limits: [Box<dyn Engine>; 2] =
        [Box::new(limit::ReadLimit::new(BYTES)), Box::<limit::CopyLimit>::default()];
    let here = limits.into_iter().chain(peer::all());
    let here = here.map(|engine| (engine.name(), models_of(engine.as_ref(), dialect)));
    let modules = HostedEngine::ALL.map(|engine| (engine.name(), FROM_MEMORY.to_vec()));
    let declared = embedded_definitions().into_iter();
    let declared = declared.map(|definition| (definition.name, definition.models));
    let extract = (EXTRACT.to_owned(), vec![Model::Extract]);
    let in_browsers = BROWSER_NAMES.map(|name| (name.to_owned(), vec![Model::Fields]));
    let elsewhere = modules.into_iter().chain(declared).chain(in_browsers).chain([extract]);
    here.chain(of_backends).chain(elsewhere).collect()
});

/// Returns the models that an engine of that name does on ordinary data, and nothing for a name
/// that no engine of this project or declared by it has.
#[must_use]
pub fn offered_models(engine: &str) -> Option<&'static [Model]> {
    OFFERS.get(engine).map(Vec::as_slice)
}

/// The engines of all backends, even of those that cannot run here: what they do is the same.
fn of_backends(dialect: Dialect) -> Vec<(String, Vec<Model>)> {
    let any = "the scalar backend runs everywhere";
    let scanner = delimark::Delimark::new(dialect, Backend::Scalar).expect(any);
    let masks = limit::MasksLimit::new(dialect, Backend::Scalar).expect(any);
    let kinds = [models_of(&scanner, dialect), models_of(&masks, dialect)];
    let of_backend = |backend: &Backend| {
        let [scanner, masks] = kinds.clone();
        [(format!("delimark/{backend}"), scanner), (format!("limit/masks-{backend}"), masks)]
    };
    Backend::ALL.iter().flat_map(of_backend).collect()
}

fn models_of(engine: &dyn Engine, dialect: Dialect) -> Vec<Model> {
    let traits = Traits {
        empty_lines: 0,
        bare_carriage_returns: 0,
        valid_utf8: true,
        uniform: true,
        ragged_records: 0,
    };
    let (path, projection) = (Path::new(""), &[0][..]);
    let input = Input { bytes: BYTES, path, dialect, projection, traits, unused_byte: Some(0xff) };
    Model::ALL.into_iter().filter(|model| engine.refuses(*model, &input).is_none()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_known_by_their_names() {
        assert_eq!(offered_models("limit/read"), Some(&Model::OF_LIBRARIES[..]));
        assert_eq!(offered_models("limit/copy"), Some(&FROM_MEMORY[..]));
        assert_eq!(offered_models("limit/masks-neon"), Some(&FROM_MEMORY[..]));
        assert_eq!(offered_models("delimark/avx512"), Some(&Model::OF_LIBRARIES[..]));
        assert_eq!(offered_models("peer/cut@command"), Some(&[Model::Extract][..]));
        assert!(offered_models("peer/csv").is_some_and(|models| models.contains(&Model::Count)));
        assert_eq!(offered_models("delimark/scalar@browser"), Some(&[Model::Fields][..]));
        let columns = [Model::Fields, Model::Project, Model::FileRead];
        assert_eq!(offered_models("peer/arrow-csv@rust"), Some(&columns[..]));
        assert_eq!(offered_models("peer/faster"), None);
        assert_eq!(offered_models("control/extra-branch"), None);
    }
}
