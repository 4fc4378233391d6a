import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Which rooms of `src/` each room may import. A room not listed here knows nobody.
 * The directions are the design: the engine and the network must stay usable alone.
 */
const mayImport = {
  saga: [],
  localnet: [],
  'durable-call': [],
  greeter: [],
  manager: ['saga', 'durable-call'],
  client: [],
  cli: ['client', 'localnet'],
  console: ['client'],
};

const rooms = Object.keys(mayImport);

const roomRules = rooms.map((room) => {
  const forbidden = rooms.filter((other) => other !== room && !mayImport[room].includes(other));
  const allowed = mayImport[room];
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
              message: `src/${room} must not depend on this room (see ARCHITECTURE.md, "Rooms").`,
            },
            ...(allowed.length === 0
              ? []
              : [
                  {
                    regex: `^(\\.\\./)+(${allowed.join('|')})/(?!index\\.ts$)`,
                    message: 'Import another room only through its public surface, index.ts.',
                  },
                ]),
          ],
        },
      ],
    },
  };
});

export default defineConfig(
  { ignores: ['node_modules/', 'src/client/generated/', '.canisters/', '.cache/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: false },
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  ...roomRules,
);
