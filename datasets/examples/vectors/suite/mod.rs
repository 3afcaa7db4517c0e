//! The conformance suite in memory, so that a test can compare the committed files with it.

mod bytes;
mod case;
mod dialect;
mod document;
mod topics;

pub(crate) use document::Document;

/// The version in the manifest; SPEC.md says when it changes.
const VERSION: &str = "1.1.0";

/// Builds every file of vectors, and then the manifest.
pub(crate) fn documents() -> Vec<Document> {
    let mut entries = Vec::new();
    let mut documents = Vec::new();
    for topic in topics::ALL {
        let cases = (topic.cases)();
        let document = document::vectors(topic.name, topic.about, &cases);
        entries.push(document::Entry::new(&document, cases.len()));
        documents.push(document);
    }
    documents.push(document::manifest(VERSION, &entries));
    documents
}
