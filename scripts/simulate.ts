/** `npm run simulate`: the simulator on the command line. See docs/simulation.md. */
import { fork } from 'node:child_process';
import { bundleManager } from '../tests/simulator/pure/bundle-manager.ts';
import { sweepOneFault, sweepTwoFaults } from '../tests/simulator/pure/exhaustive-runs.ts';
import { expectedMarks } from '../tests/simulator/pure/expected-marks.ts';
import { describeScore, score } from '../tests/simulator/pure/mutant-runs.ts';
import { mutants } from '../tests/simulator/pure/mutants.ts';
import { runSeed, runSeeds } from '../tests/simulator/pure/random-runs.ts';
import type { Batch } from '../tests/simulator/pure/random-runs.ts';
import { helpText, readCommandLine } from '../tests/simulator/shared/command-line.ts';
import type { SimulatorCommand } from '../tests/simulator/shared/command-line.ts';
import { Marks } from '../tests/simulator/shared/marks.ts';
import buildProjectCanisters from '../tests/support/build-canisters.ts';

const seedsOfTier1 = 2_000;
const seedsOfTier2 = 200;
/** Seeds between two lines of progress. */
const seedsPerReport = 250;

/** @returns whether every promise was kept */
async function run(command: SimulatorCommand): Promise<boolean> {
  switch (command.kind) {
    case 'seeds':
      return runManySeeds(command);
    case 'seed':
      return runOneSeed(command.seed, command.log);
    case 'tier':
      return runTier(command);
    case 'mutants':
      return runMutants();
    case 'help':
      console.log(helpText(command.problem));
      return command.problem === undefined;
  }
}

async function runOneSeed(seed: number, withLog: boolean): Promise<boolean> {
  const { log, failure } = runSeed(await bundleManager(), seed);
  if (withLog) process.stdout.write(log);
  console.log(failure ?? `seed ${seed}: every promise was kept`);
  return failure === undefined;
}

async function runTier({ tier, seed, log }: Extract<SimulatorCommand, { kind: 'tier' }>): Promise<boolean> {
  if (tier === 't0') return runExhaustively();
  if (tier === 't2') return runRealNetwork(seed, log);
  return seed === undefined
    ? runManySeeds({ count: seedsOfTier1, from: 1, workers: 2 })
    : runOneSeed(seed, log);
}

async function runExhaustively(): Promise<boolean> {
  const program = await bundleManager();
  const sweeps = [
    ['one fault, one job', () => sweepOneFault(program, 1)],
    ['one fault, two jobs of one caller', () => sweepOneFault(program, 2)],
    ['two faults, one job', () => sweepTwoFaults(program)],
  ] as const;
  for (const [name, sweep] of sweeps) {
    const { runs, failure } = sweep();
    console.log(`${name}: ${runs} schedules${failure === undefined ? ', every promise was kept' : ''}`);
    if (failure === undefined) continue;
    console.log(failure);
    return false;
  }
  return true;
}

/** @param only absent: as many seeds as the tests run */
async function runRealNetwork(only: number | undefined, withLog: boolean): Promise<boolean> {
  await buildProjectCanisters();
  // Imported only here: it reads the canisters just built.
  const { runRealSeed } = await import('../tests/simulator/real/index.ts');
  const [first, last] = only === undefined ? [1, seedsOfTier2] : [only, only];
  const log = withLog ? console.log : undefined;
  for (let seed = first; seed <= last; seed += 1) {
    const { failure } = runRealSeed(seed, { log });
    if (failure) console.log(failure.text);
    if (failure) return false;
    if (seed % 20 === 0 || seed === last)
      console.log(`seed ${seed} on the real Wasm: every promise was kept`);
  }
  return true;
}

async function runMutants(): Promise<boolean> {
  let found = 0;
  for (const mutant of mutants) {
    const result = await score(mutant);
    if (result.seed !== undefined) found += 1;
    console.log(describeScore(result));
  }
  console.log(`${found} of ${mutants.length} seeded bugs found`);
  return found === mutants.length;
}

interface Seeds {
  readonly count: number;
  readonly from: number;
  readonly workers: number;
}

async function runManySeeds({ count, from, workers }: Seeds): Promise<boolean> {
  const marks = new Marks();
  let runs = 0;
  let elapsedMs = 0;
  let failure: string | undefined;
  const startedMs = Date.now();
  const take = (batch: Batch): boolean => {
    runs += batch.runs;
    elapsedMs += batch.elapsedMs;
    marks.add(batch.marks);
    failure ??= batch.failure;
    const seconds = ((Date.now() - startedMs) / 1_000).toFixed(0);
    console.log(
      `${runs} of ${count} seeds, ${(elapsedMs / 86_400_000 / 365).toFixed(2)} simulated years, ${seconds} s`,
    );
    return failure === undefined;
  };
  if (workers > 1) await inWorkers({ count, from, workers }, take);
  else await inThisProcess(batchesOf(from, count), take);
  if (failure === undefined) {
    for (const [mark, times] of marks.sorted()) console.log(`${String(times).padStart(10)}  ${mark}`);
    const missing = marks.missing(expectedMarks);
    console.log(missing.length === 0 ? 'every promise was kept' : `never happened: ${missing.join(', ')}`);
  } else console.log(failure);
  return failure === undefined;
}

async function inThisProcess(
  batches: Iterable<readonly number[]>,
  take: (batch: Batch) => boolean,
): Promise<void> {
  const program = await bundleManager();
  for (const seeds of batches) if (!take(runSeeds(program, seeds))) return;
}

/** Each worker takes every n-th seed, and reports batch by batch. */
function inWorkers({ count, from, workers }: Seeds, take: (batch: Batch) => boolean): Promise<unknown> {
  const share = Math.ceil(count / workers);
  const children = Array.from({ length: workers }, (_, index) => {
    const first = from + index * share;
    const size = Math.max(0, Math.min(share, from + count - first));
    return fork(import.meta.filename, ['--worker', String(first), String(size)]);
  });
  return Promise.all(
    children.map(
      (child) =>
        new Promise<void>((resolve, reject) => {
          child.on('message', (batch) => {
            if (!take(batch as Batch)) for (const other of children) other.kill();
          });
          child.on('error', reject);
          child.on('exit', () => {
            resolve();
          });
        }),
    ),
  );
}

function* batchesOf(from: number, count: number): Generator<readonly number[]> {
  for (let done = 0; done < count; done += seedsPerReport) {
    const size = Math.min(seedsPerReport, count - done);
    yield Array.from({ length: size }, (_, index) => from + done + index);
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--worker') {
  const [from = 1, count = 0] = rest.map(Number);
  await inThisProcess(batchesOf(from, count), (batch) => {
    process.send?.(batch);
    return batch.failure === undefined;
  });
} else {
  process.exitCode = (await run(readCommandLine(process.argv.slice(2)))) ? 0 : 1;
}
