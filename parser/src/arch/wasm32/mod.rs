//! The backend of WebAssembly engines.

pub(crate) mod simd128;
