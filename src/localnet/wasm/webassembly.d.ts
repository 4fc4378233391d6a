/**
 * The part of the WebAssembly JavaScript API this room uses.
 *
 * TypeScript ships these declarations only with the DOM library, which a Node project does not load.
 * Source: "WebAssembly JavaScript Interface", https://webassembly.github.io/spec/js-api/.
 */
declare namespace WebAssembly {
  type ExportValue = Memory | Table | Global | ((...parameters: (number | bigint)[]) => unknown);

  type Module = object;
  const Module: {
    new (bytes: Uint8Array): Module;
    exports(module: Module): { readonly name: string; readonly kind: string }[];
  };
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Readonly<Record<string, ExportValue>>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    /** Returns the size before, in 64 KiB pages. */
    grow(pages: number): number;
  }
  class Table {
    readonly length: number;
    get(index: number): unknown;
  }
  class Global {
    value: number | bigint;
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function validate(bytes: Uint8Array): boolean;
}
