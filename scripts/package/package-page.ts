import { entryPoints, packageName, programs } from './localnet-package.ts';

/** What a page of the docs says of this repository, and what is so in a project that has installed the package. */
const here: readonly (readonly [RegExp, string])[] = [
  [/^`src\/localnet` is an Internet Computer/m, `\`${packageName}\` is an Internet Computer`],
  [/npm run network -- /g, 'npx ic-network '],
  [/npm run network/g, 'npx ic-network'],
  [/\$PWD\/bin\//g, '$PWD/node_modules/.bin/'],
  [/`bin\/pocket-ic`/g, '`node_modules/.bin/pocket-ic`'],
  [/docs\/pocket-ic\.md/g, 'pocket-ic.md'],
  // Of the tests in this repository.
  [/\nThe tests in `tests\/pocket-ic`[^]*?(?=\nFlags: )/, ''],
];

/** @returns the page, with the package's names for what has another one here, and without links into this repository */
export function packagePage(page: string): string {
  let text = page.replace(/\n## Install\n[^]*?(?=\n## )/, `\n## Install\n\n${installed()}`);
  for (const [pattern, replacement] of here) text = text.replace(pattern, replacement);
  for (const [entryPoint, source] of Object.entries(entryPoints)) {
    const name = `${packageName}${entryPoint.slice(1)}`;
    text = text.replaceAll(`'./${source}'`, `'${name}'`).replaceAll(`\`${source}\``, `\`${name}\``);
  }
  return text.replace(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, '$1');
}

function installed(): string {
  const names = Object.keys(entryPoints).map((entryPoint) => `\`${packageName}${entryPoint.slice(1)}\``);
  const commands = Object.keys(programs).map((program) => `\`${program}\``);
  return `\`npm install --save-dev <the packed file>\`. Then a program imports ${names.join(', ')}, with types, and
\`node_modules/.bin\` has ${commands.join(', ')}.

The examples also import \`@dfinity/candid\` and \`@dfinity/principal\`, which this package depends on, and
\`@icp-sdk/core\` or \`@dfinity/pic\`, which are yours to install.
`;
}
