//! Objects in stores such as S3: sent in parts while rows come, and there when they are whole.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart, parse_url_opts};
use tokio::runtime::{Builder, Runtime};
use url::Url;

/// Bytes of a part. Stores take 10,000 of them for an object, which makes 100 GB.
const PART_BYTES: usize = 10 << 20;

/// Parts that are on their way at once.
const PARTS_AT_ONCE: usize = 3;

/// An object in a store.
#[derive(Clone)]
pub struct ObjectPlace {
    url: Url,
    store: Arc<dyn ObjectStore>,
    path: Path,
    runtime: Arc<Runtime>,
}

impl ObjectPlace {
    /// Finds the store of an address such as `s3://bucket/logs/access.parquet`. What else it takes,
    /// such as keys, a region or an endpoint, is taken from variables, by the names that the tools
    /// of the stores have for them: `AWS_ACCESS_KEY_ID` and the like.
    ///
    /// # Errors
    ///
    /// The address is none, its store is not known or lacks a variable, or no thread can be started
    /// for it.
    pub fn new(
        address: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> io::Result<Self> {
        let invalid = |error: url::ParseError| io::Error::new(io::ErrorKind::InvalidInput, error);
        let url = Url::parse(address).map_err(invalid)?;
        let (store, path) = parse_url_opts(&url, variables)?;
        if path.as_ref().is_empty() {
            let message = "it names a store, but no object in it";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { url, store: store.into(), path, runtime: Arc::new(runtime) })
    }

    /// Returns the address.
    #[must_use]
    pub fn address(&self) -> &str {
        self.url.as_str()
    }

    /// Returns the place of an object beside it, whose name is made of the name of this one.
    pub(super) fn beside(&self, rename: impl Fn(&str) -> String) -> Self {
        let renamed = |text: &str| match text.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/{}", rename(name)),
            None => rename(text),
        };
        let mut url = self.url.clone();
        url.set_path(&renamed(self.url.path()));
        Self { url, path: Path::from(renamed(self.path.as_ref())), ..self.clone() }
    }
}

impl fmt::Debug for ObjectPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ObjectPlace").field(&self.url.as_str()).finish()
    }
}

impl PartialEq for ObjectPlace {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
    }
}

impl Eq for ObjectPlace {}

/// An object that is being written.
#[derive(Debug)]
pub(super) struct Upload {
    runtime: Arc<Runtime>,
    parts: Option<WriteMultipart>,
}

impl Upload {
    pub(super) fn begin(place: &ObjectPlace) -> io::Result<Self> {
        let runtime = Arc::clone(&place.runtime);
        let upload = runtime.block_on(place.store.put_multipart(&place.path))?;
        let parts = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        Ok(Self { runtime, parts: Some(parts) })
    }

    /// Puts the object under its name.
    pub(super) fn publish(mut self) -> io::Result<()> {
        match self.parts.take() {
            Some(parts) => Ok(self.runtime.block_on(parts.finish()).map(drop)?),
            None => Ok(()),
        }
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(parts) = &mut self.parts else {
            return Err(io::ErrorKind::WriteZero.into());
        };
        // Not more than a part, for each that is full is on its way at once.
        let bytes = &bytes[..bytes.len().min(PART_BYTES)];
        self.runtime.block_on(async {
            parts.wait_for_capacity(PARTS_AT_ONCE).await?;
            parts.write(bytes);
            Ok::<_, object_store::Error>(())
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(parts) = self.parts.take() {
            // Where that fails there is nobody to tell, and no object either.
            let _ = self.runtime.block_on(parts.abort());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn place(folder: &std::path::Path) -> ObjectPlace {
        let address = format!("file://{}/logs/table.csv", folder.display());
        ObjectPlace::new(&address, []).unwrap()
    }

    fn files(folder: &std::path::Path) -> Vec<String> {
        let entries = fs::read_dir(folder.join("logs")).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn an_object_is_there_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        let bytes: Vec<u8> = (0..PART_BYTES * 5 / 2).map(|index| (index % 251) as u8).collect();
        let mut upload = Upload::begin(&place).unwrap();
        upload.write_all(&bytes).unwrap();
        assert!(!files(folder.path()).contains(&"table.csv".to_owned()));
        upload.publish().unwrap();
        assert_eq!(files(folder.path()), ["table.csv"]);
        assert!(fs::read(folder.path().join("logs/table.csv")).unwrap() == bytes);
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut upload = Upload::begin(&place(folder.path())).unwrap();
        upload.write_all(&[7; PART_BYTES + 1]).unwrap();
        drop(upload);
        assert_eq!(files(folder.path()), [] as [String; 0]);
    }

    #[test]
    fn objects_in_memory_are_read_back() {
        let place = ObjectPlace::new("memory:///table.csv", []).unwrap();
        let beside = place.beside(|name| format!("2-{name}"));
        assert_eq!(beside.address(), "memory:///2-table.csv");
        let mut upload = Upload::begin(&beside).unwrap();
        upload.write_all(b"a,b\n").unwrap();
        upload.publish().unwrap();
        let read = async { beside.store.get(&beside.path).await?.bytes().await };
        assert_eq!(beside.runtime.block_on(read).unwrap(), &b"a,b\n"[..]);
        assert!(place.runtime.block_on(place.store.head(&place.path)).is_err());
    }

    #[test]
    fn addresses_that_are_none_are_told() {
        for address in ["", "s3", "memory:///", "gopher://host/object"] {
            assert!(ObjectPlace::new(address, []).is_err(), "{address}");
        }
    }
}
