import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/build-canisters.ts'],
    // Every worker compiles multi-megabyte Wasm modules; more workers than cores only adds memory.
    maxWorkers: 2,
    // Files of one worker share its modules: what takes the time is compiling the same Wasm and loading the same tools.
    isolate: false,
    // Time in tests is virtual; these only end a test that hangs, also on a machine that is busy with other things.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
