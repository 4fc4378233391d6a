import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/build/paths.ts';
import { bindings, generateBinding } from '../../scripts/generate-bindings.ts';

describe('the generated bindings', () => {
  it.each(bindings)('$output is what "npm run generate" makes of $candid', async (binding) => {
    expect(readFileSync(join(projectRoot, binding.output), 'utf8')).toBe(await generateBinding(binding));
  });
});
