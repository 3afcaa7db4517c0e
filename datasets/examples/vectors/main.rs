//! Writes the conformance vectors and their manifest afresh:
//! `cargo run -p delimark-datasets --example vectors`.

mod suite;

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    // What a renamed topic leaves behind would be taken for a part of the suite.
    fs::remove_dir_all(folder.join("vectors"))?;
    fs::create_dir(folder.join("vectors"))?;
    for document in suite::documents() {
        fs::write(folder.join(document.path), document.text)?;
    }
    Ok(())
}
