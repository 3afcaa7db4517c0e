//! The models that each engine supports, by its name alone, for those who compare results with it
//! and have no engine at hand.

use std::path::Path;
use std::sync::LazyLock;

use ::delimark::{Backend, Dialect};
use delimark_results::{BROWSER_NAMES, Catalog, EXTRACT, EngineKind, Traits};
use delimark_runner::model::Model;

use super::external::embedded_definitions;
use super::{Engine, ModuleEngine, delimark, elsewhere, limit, peer};
use crate::workload::Input;

/// Data with nothing out of the ordinary, on which support depends on the model alone.
const BYTES: &[u8] = b"a|b\n";

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let dialect = Dialect::new(b'|').and_then(|dialect| dialect.with_columns(2));
    let dialect = dialect.expect("these are columns, and '|' is a delimiter");
    let limits: [Box<dyn Engine>; 2] =
        [Box::new(limit::ReadLimit::new(BYTES)), Box::<limit::CopyLimit>::default()];
    let here = limits.into_iter().chain(peer::all());
    let here = here.map(|engine| (engine.name(), models_of(engine.as_ref(), dialect)));
    let in_process = here.chain(of_backends(dialect));
    let in_process = in_process.map(|(name, models)| (name, EngineKind::InProcess, models));
    let modules =
        ModuleEngine::all().map(|engine| (engine.name(), EngineKind::Module, of_modules()));
    let declared = embedded_definitions().into_iter();
    let declared =
        declared.map(|definition| (definition.name, EngineKind::Declared, definition.models));
    let extract = (EXTRACT.to_owned(), EngineKind::Command, Model::OF_COMMANDS.to_vec());
    let in_browsers =
        BROWSER_NAMES.map(|name| (name.to_owned(), EngineKind::Browser, vec![Model::Fields]));
    in_process.chain(modules).chain(declared).chain(in_browsers).chain([extract]).collect()
});

/// Returns every engine that this project measures, with the models that each does on ordinary
/// data, but for those that are slow on purpose.
#[must_use]
pub fn catalog() -> &'static Catalog {
    &CATALOG
}

/// Returns the models of a module.
fn of_modules() -> Vec<Model> {
    Model::ALL.into_iter().filter(|model| elsewhere::module_supports(*model).is_ok()).collect()
}

/// Returns the engines of all backends, even of those that cannot run here: what they do is the
/// same.
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
        stray_quotes: None,
    };
    let input = Input {
        bytes: BYTES,
        path: Path::new(""),
        dialect,
        projection: &[0],
        traits,
        unused_byte: Some(0xff),
        quoted_columns: Some(&[false, false]),
    };
    Model::ALL.into_iter().filter(|model| engine.supports(*model, &input).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM_MEMORY: [Model; 4] = [Model::Count, Model::Index, Model::Fields, Model::Project];

    #[test]
    fn engines_are_known_by_their_names() {
        let catalog = catalog();
        assert_eq!(catalog.models("limit/read"), Some(&Model::OF_LIBRARIES[..]));
        assert_eq!(catalog.models("limit/copy"), Some(&FROM_MEMORY[..]));
        assert_eq!(catalog.models("limit/masks-neon"), Some(&FROM_MEMORY[..]));
        assert_eq!(catalog.models("delimark/avx512"), Some(&Model::OF_LIBRARIES[..]));
        assert_eq!(catalog.models("peer/cut@command"), Some(&Model::OF_COMMANDS[..]));
        assert!(catalog.models("peer/csv").is_some_and(|models| models.contains(&Model::Count)));
        assert_eq!(catalog.models("delimark/scalar@browser"), Some(&[Model::Fields][..]));
        let columns = [Model::Fields, Model::Project, Model::FileRead];
        assert_eq!(catalog.models("peer/arrow-csv@rust"), Some(&columns[..]));
        assert_eq!(catalog.models("peer/faster"), None);
        assert_eq!(catalog.models("handicap/extra-branch"), None);
    }
}
