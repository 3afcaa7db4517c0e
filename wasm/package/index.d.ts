export { Extractor, Splitter } from "./delimark.js";
export type {
  Counts,
  DelimarkError,
  ExtractionOptions,
  IndexBatch,
  RaggedLine,
  RaggedPolicy,
  SplitterOptions,
} from "./delimark.js";

/** The module to load, and its source. */
export interface InitOptions {
  /** The module. Default: `"simd128"` where the engine has SIMD, `"scalar"` elsewhere. */
  backend?: "scalar" | "simd128";
  /**
   * The module itself, or where it is. Under Node a string is an address or a path from the working
   * directory. Default: the file beside this one.
   */
  module?:
    | WebAssembly.Module
    | BufferSource
    | URL
    | string
    | Request
    | Response
    | Promise<WebAssembly.Module | BufferSource | URL | string | Request | Response>;
}

/**
 * Loads the module. Nothing else works before this is done. The first call decides about the
 * module; later ones wait for the same.
 */
export function init(options?: InitOptions): Promise<void>;

/** Tells whether the engine takes modules with SIMD. */
export function hasSimd(): boolean;
