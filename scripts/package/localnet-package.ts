/** What the package of the embedded network is: names, entry points and programs. */
export const packageName = 'ic-embedded-network';

/** Modules a program imports: `ic-embedded-network`, `ic-embedded-network/serve` … */
export const entryPoints: Readonly<Record<string, string>> = {
  '.': 'src/localnet/index.ts',
  './serve': 'src/localnet/serve/index.ts',
  './pocket-ic': 'src/localnet/pocket-ic/index.ts',
};

/** Commands that an installation puts into `node_modules/.bin`. */
export const programs: Readonly<Record<string, string>> = {
  'ic-network': 'src/localnet/launcher/network-main.ts',
  'icp-network-launcher': 'src/localnet/launcher/launcher-main.ts',
  'pocket-ic': 'src/localnet/pocket-ic/main.ts',
};
