/** What `npm run simulate` was asked for. */
export type SimulatorCommand =
  | { readonly kind: 'seeds'; readonly count: number; readonly from: number; readonly workers: number }
  | { readonly kind: 'seed'; readonly seed: number; readonly log: boolean }
  | {
      readonly kind: 'tier';
      readonly tier: 't0' | 't1' | 't2';
      /** Absent: all the tier's seeds. */
      readonly seed: number | undefined;
      readonly log: boolean;
    }
  | { readonly kind: 'mutants' }
  | { readonly kind: 'help'; readonly problem?: string };

const usage = [
  'npm run simulate -- --seeds N [--from S] [--workers W]   random runs, seeds S to S + N - 1',
  'npm run simulate -- --seed S [--log]                     one random run, with everything that happened in it',
  'npm run simulate -- --tier t0                            every schedule with one fault, and with two',
  'npm run simulate -- --tier t1                            as --seeds 2000',
  'npm run simulate -- --tier t2 [--seed S [--log]]         the built Manager in the embedded network',
  'npm run simulate -- --mutants                            seeded bugs, and the seed that finds each',
].join('\n');

/** @param problem what was wrong with the command line */
export function helpText(problem?: string): string {
  return problem === undefined ? usage : `${problem}\n\n${usage}`;
}

/** Reads the command line; what it does not understand becomes `help`. */
export function readCommandLine(args: readonly string[]): SimulatorCommand {
  const options = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const [name = '', next] = [args[index], args[index + 1]];
    if (!name.startsWith('--')) return { kind: 'help', problem: `${name} is not an option.` };
    const hasValue = next !== undefined && !next.startsWith('--');
    options.set(name.slice(2), hasValue ? next : '');
    if (hasValue) index += 1;
  }
  const unknown = [...options.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) return { kind: 'help', problem: `--${unknown} is not an option.` };
  return commandOf(options);
}

const known = new Set(['seeds', 'from', 'workers', 'seed', 'log', 'tier', 'mutants', 'help']);

function commandOf(options: ReadonlyMap<string, string>): SimulatorCommand {
  if (options.has('mutants')) return { kind: 'mutants' };
  const tier = options.get('tier');
  const seed = numberOf(options.get('seed'));
  const log = options.has('log');
  if (tier === 't0' || tier === 't1' || tier === 't2') return { kind: 'tier', tier, seed, log };
  if (tier !== undefined) return { kind: 'help', problem: `--tier must be t0, t1 or t2, not ${tier}.` };
  if (seed !== undefined) return { kind: 'seed', seed, log };
  const count = numberOf(options.get('seeds'));
  if (count !== undefined) {
    const [from, workers] = [numberOf(options.get('from')) ?? 1, numberOf(options.get('workers')) ?? 1];
    return { kind: 'seeds', count, from, workers: Math.max(1, workers) };
  }
  return options.has('help')
    ? { kind: 'help' }
    : { kind: 'help', problem: 'Say what to run, with whole numbers where numbers are needed.' };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
