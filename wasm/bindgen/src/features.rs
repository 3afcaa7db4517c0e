//! The features that a module needs of an engine.

use anyhow::{Result, ensure};
use wasmparser::{Validator, WasmFeatures};

/// Tells whether only an engine with SIMD takes the module.
///
/// # Errors
///
/// No engine takes it.
pub(crate) fn needs_simd(wasm: &[u8]) -> Result<bool> {
    let all = WasmFeatures::WASM3;
    Validator::new_with_features(all).validate_all(wasm)?;
    let mut without = all;
    without.remove(WasmFeatures::SIMD | WasmFeatures::RELAXED_SIMD);
    let needs_simd = Validator::new_with_features(without).validate_all(wasm).is_err();
    let mut relaxed = all;
    relaxed.remove(WasmFeatures::RELAXED_SIMD);
    let is_relaxed = Validator::new_with_features(relaxed).validate_all(wasm).is_err();
    ensure!(!is_relaxed, "it has relaxed SIMD, whose answers differ between engines");
    Ok(needs_simd)
}

#[cfg(test)]
mod tests {
    use super::needs_simd;

    /// Makes a module with one function, which returns a v128 or an i32 constant and drops it.
    fn module(body: &[u8]) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a".to_vec();
        let size = body.len() as u8;
        wasm.extend([size + 3, 1, size + 1, 0]);
        wasm.extend(body);
        wasm
    }

    #[test]
    fn simd_is_found() {
        let mut constant = vec![0xfd, 12];
        constant.extend([7; 16]);
        constant.extend([0x1a, 0x0b]);
        assert!(needs_simd(&module(&constant)).unwrap());
        assert!(!needs_simd(&module(&[0x41, 7, 0x1a, 0x0b])).unwrap());
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(needs_simd(b"\0asm").is_err());
    }

    #[test]
    fn relaxed_simd_is_refused() {
        // i8x16.relaxed_swizzle of two constants.
        let mut body = Vec::new();
        for _ in 0..2 {
            body.extend([0xfd, 12]);
            body.extend([7; 16]);
        }
        body.extend([0xfd, 0x80, 0x02, 0x1a, 0x0b]);
        assert!(needs_simd(&module(&body)).is_err());
    }
}
