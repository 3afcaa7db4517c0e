//! The runtimes of WebAssembly that modules run under, by the names that people know them by.

/// A runtime of WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WasmRuntime {
    /// The name after the `@`.
    pub name: &'static str,
    /// The engine in it.
    pub engine: &'static str,
    /// The place where most people meet that engine.
    pub known_from: &'static str,
}

impl WasmRuntime {
    /// V8, as it is in the browsers of most people.
    pub const NODE: Self = Self { name: "node", engine: "V8", known_from: "Chrome, Node" };
    /// Another version of V8.
    pub const DENO: Self = Self { name: "deno", engine: "V8", known_from: "Chrome, Deno" };
    /// Safari's engine.
    pub const BUN: Self = Self { name: "bun", engine: "JavaScriptCore", known_from: "Safari, Bun" };
    /// Firefox's engine.
    pub const SPIDERMONKEY: Self =
        Self { name: "spidermonkey", engine: "SpiderMonkey", known_from: "Firefox" };
    /// A compiler without JavaScript.
    pub const WASMTIME: Self =
        Self { name: "wasmtime", engine: "Cranelift, wasmtime", known_from: "Servers" };
    /// An interpreter, which compiles nothing.
    pub const WASMI: Self = Self { name: "wasmi", engine: "wasmi", known_from: "An interpreter" };

    /// All of them, those of a family together.
    pub const ALL: [Self; 6] =
        [Self::NODE, Self::DENO, Self::BUN, Self::SPIDERMONKEY, Self::WASMTIME, Self::WASMI];
}
