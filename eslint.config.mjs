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

/**
 * The parts of `src/localnet` that stand on its core, and which of each other they may import. The core (everything
 * else in `src/localnet`) executes messages and knows none of them, so that a network in a test loads no HTTP.
 */
const mayImportInLocalnet = {
  certification: [],
  live: [],
  'state-dir': [],
  'http-outcalls': [],
  builtin: [],
  http: ['certification', 'live'],
  gateway: ['certification', 'live'],
  serve: ['certification', 'gateway', 'http', 'http-outcalls', 'live', 'state-dir'],
  launcher: ['builtin', 'http-outcalls', 'live', 'serve'],
  'pocket-ic': ['builtin', 'certification', 'gateway', 'http', 'http-outcalls', 'live'],
};

/** Patterns that keep the files of `name` out of the forbidden neighbours, and in the others at their front door. */
function neighbourPatterns(name, neighbours, allowed) {
  const forbidden = neighbours.filter((other) => other !== name && !allowed.includes(other));
  return [
    {
      regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
      message: `${name} must not depend on this part (see ARCHITECTURE.md, "Rooms").`,
    },
    ...(allowed.length === 0
      ? []
      : [
          {
            // The embedded network has a second surface, so that who runs it in-process loads no HTTP.
            regex: `^(\\.\\./)+(${allowed.join('|')})/(?!(serve/)?index\\.ts$)`,
            message: 'Import another part only through its public surface, index.ts.',
          },
        ]),
  ];
}

function importRule(files, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

const rooms = Object.keys(mayImport);
const partsOfLocalnet = Object.keys(mayImportInLocalnet);
const roomPatterns = (room) => neighbourPatterns(room, rooms, mayImport[room]);

const roomRules = [
  ...rooms.map((room) => importRule([`src/${room}/**/*.ts`], roomPatterns(room))),
  {
    ...importRule(
      ['src/localnet/**/*.ts'],
      [
        ...roomPatterns('localnet'),
        {
          regex: `^(\\./|(\\.\\./)+)(${partsOfLocalnet.join('|')})/`,
          message: "The network's core must not depend on what stands on it.",
        },
      ],
    ),
    // index.ts is the front door of all of it.
    ignores: ['src/localnet/index.ts', ...partsOfLocalnet.map((part) => `src/localnet/${part}/**`)],
  },
  // Later rules replace earlier ones for the same file, so the room's own are repeated.
  ...partsOfLocalnet.map((part) =>
    importRule(
      [`src/localnet/${part}/**/*.ts`],
      [...roomPatterns('localnet'), ...neighbourPatterns(part, partsOfLocalnet, mayImportInLocalnet[part])],
    ),
  ),
];

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
