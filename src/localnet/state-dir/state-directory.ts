import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkCheckpoint } from '../checkpoint.ts';
import type { LocalNetwork, NetworkProgress } from '../network.ts';
import { syncDirectory, writeWholeFile } from './durable-file.ts';
import { frame, readFrame } from './frame.ts';
import { makeDirectory } from './make-directory.ts';
import { JournalFile, readJournal } from './journal-file.ts';
import { lockDirectory } from './lock.ts';
import { readPlainData, writePlainData } from './plain-data.ts';
import { StateDirError } from './state-dir-error.ts';

/** How much is recorded before the whole state is written again. Everything has a default. */
export interface StateDirectoryOptions {
  /** Executed messages. More means longer recovery, fewer pauses. Default 5,000. */
  readonly stepsPerSnapshot?: number;
  /** Size of the journal. Default 64 MiB. */
  readonly bytesPerSnapshot?: number;
}

/** What was found in a state directory. */
export interface Recovery {
  /** False for a new directory. */
  readonly foundState: boolean;
  /** Inputs repeated since the last snapshot. */
  readonly repeatedInputs: number;
}

const defaultStepsPerSnapshot = 5_000;
const defaultBytesPerSnapshot = 64 * 1_048_576;
const formatVersion = 2;

interface StoredNetwork {
  readonly formatVersion: number;
  readonly checkpoint: NetworkCheckpoint;
}

/**
 * Keeps a network in a directory: its whole state from time to time, and every input since. Because a network is
 * deterministic, repeating the inputs leads to the same state, whenever the process was killed.
 *
 * @typeParam Input plain data; the journal of a LiveNetwork
 */
export class StateDirectory<Input> {
  readonly #path: string;
  readonly #unlock: () => void;
  readonly #stepsPerSnapshot: number;
  readonly #bytesPerSnapshot: number;
  #network: LocalNetwork | undefined;
  #generation = 0;
  #stepsAtSnapshot = 0;
  #journal: JournalFile | undefined;
  /** The network in memory is not what the directory should hold. */
  #isNetworkLost = false;

  /** @throws StateDirError `STATE_DIR_IN_USE`, `STATE_DIR_UNUSABLE` */
  constructor(path: string, options: StateDirectoryOptions = {}) {
    makeDirectory(path);
    this.#path = path;
    this.#unlock = lockDirectory(path);
    this.#stepsPerSnapshot = options.stepsPerSnapshot ?? defaultStepsPerSnapshot;
    this.#bytesPerSnapshot = options.bytesPerSnapshot ?? defaultBytesPerSnapshot;
  }

  /**
   * Brings a network to where the directory says it was, and records from now on.
   *
   * @param network as it starts; without a stored state it stays so
   * @param apply repeats an input
   * @throws StateDirError
   */
  recover(network: LocalNetwork, apply: (input: Input) => void): Recovery {
    try {
      return this.#recover(network, apply);
    } catch (error) {
      this.#journal?.close().catch(() => undefined);
      this.#journal = undefined;
      this.#unlock();
      throw error;
    }
  }

  #recover(network: LocalNetwork, apply: (input: Input) => void): Recovery {
    this.#network = network;
    this.#generation = Math.max(0, ...this.#generations());
    const foundState = this.#generation > 0;
    if (foundState) network.restore(this.#readSnapshot(this.#generation));
    else this.#writeSnapshot();
    this.#stepsAtSnapshot = network.progress.executedSteps;
    const journalPath = this.#journalPath(this.#generation);
    const { entries, end } = readJournal(journalPath);
    for (const { before, input, sequence } of entries) {
      this.#requireSame(network.progress, before, sequence);
      this.#repeat(() => {
        apply(input as Input);
      }, sequence);
    }
    this.#journal = new JournalFile(journalPath, end, entries.length);
    syncDirectory(this.#path);
    this.#removeOthers();
    return { foundState, repeatedInputs: entries.length };
  }

  /** Records an input that is about to be applied. */
  append(input: Input): void {
    const network = this.#requireNetwork();
    const mark = network.progress;
    const steps = mark.executedSteps - this.#stepsAtSnapshot;
    // Between two inputs, so the state is exactly what the inputs so far made of it.
    if (steps >= this.#stepsPerSnapshot || this.#openJournal().bytes >= this.#bytesPerSnapshot)
      this.#rotate();
    this.#openJournal().append(input, mark);
  }

  /** Resolves when everything appended is on the disk. */
  flushed(): Promise<void> {
    return this.#openJournal().flushed();
  }

  /**
   * Takes back the input appended last, because the network failed over it: the directory stays as it was before, also
   * when it is closed, and nothing more can be appended.
   */
  retractLast(): void {
    this.#isNetworkLost = true;
    this.#openJournal().retractLast();
  }

  /** Writes the whole state, so that nothing has to be repeated, and lets others use the directory. */
  async close(): Promise<void> {
    const journal = this.#journal;
    try {
      if (journal === undefined) return;
      if (this.#isNetworkLost) {
        // It refuses to promise anything, and nobody asks it to.
        await journal.close().catch(() => undefined);
        return;
      }
      await journal.flushed();
      this.#rotate();
      await this.#journal?.close();
    } finally {
      this.#journal = undefined;
      this.#unlock();
    }
  }

  #rotate(): void {
    const superseded = this.#openJournal();
    this.#writeSnapshot();
    // Nobody depends on it any more; who still waits for its last write-out hears of a failure himself.
    superseded.close().catch(() => undefined);
    this.#journal = new JournalFile(this.#journalPath(this.#generation), 0, 0);
    syncDirectory(this.#path);
    this.#stepsAtSnapshot = this.#requireNetwork().progress.executedSteps;
    this.#removeOthers();
  }

  #writeSnapshot(): void {
    const checkpoint = this.#requireNetwork().checkpoint();
    const stored: StoredNetwork = { formatVersion, checkpoint };
    writeWholeFile(this.#snapshotPath(this.#generation + 1), [frame(writePlainData(stored))]);
    this.#generation += 1;
  }

  #readSnapshot(generation: number): NetworkCheckpoint {
    const path = this.#snapshotPath(generation);
    const body = readFrame(readFileSync(path), 0)?.body;
    if (body === undefined) {
      throw new StateDirError(
        'STATE_DIR_DAMAGED',
        `${path} is damaged. Restore the directory from a copy, or begin with an empty one.`,
      );
    }
    const stored = readPlainData(body) as StoredNetwork;
    if (stored.formatVersion !== formatVersion) {
      throw new StateDirError(
        'STATE_DIR_FORMAT',
        `${path} has format ${stored.formatVersion}; this version reads format ${formatVersion}. ` +
          'Use the version that wrote it, or begin with an empty directory.',
      );
    }
    return stored.checkpoint;
  }

  #requireSame(found: NetworkProgress, recorded: NetworkProgress, sequence: number): void {
    if (
      found.executedSteps === recorded.executedSteps &&
      found.nextSequenceNumber === recorded.nextSequenceNumber &&
      found.burnedCycles === recorded.burnedCycles
    ) {
      return;
    }
    throw new StateDirError(
      'STATE_DIR_DIVERGED',
      `Repeating ${this.#journalPath(this.#generation)} led to another state before input ${sequence}: ` +
        'it was recorded by another version of this network. Use that version and stop it with Ctrl-C, which ' +
        'leaves nothing to repeat.',
    );
  }

  #repeat(apply: () => void, sequence: number): void {
    try {
      apply();
    } catch (cause) {
      throw new StateDirError(
        'STATE_DIR_DIVERGED',
        `Repeating ${this.#journalPath(this.#generation)} failed at input ${sequence}, which was applied before: ` +
          `${cause instanceof Error ? cause.message : String(cause)}. Try again, with more memory or the version ` +
          'that recorded it.',
        { cause },
      );
    }
  }

  #generations(): number[] {
    return readdirSync(this.#path).flatMap((name) => {
      const match = /^snapshot-(\d+)\.bin$/.exec(name);
      return match ? [Number(match[1])] : [];
    });
  }

  /** Earlier snapshots and journals, and what was being written when a process died. */
  #removeOthers(): void {
    const keep = new Set([this.#snapshotPath(this.#generation), this.#journalPath(this.#generation)]);
    for (const name of readdirSync(this.#path)) {
      const path = join(this.#path, name);
      if (/^(snapshot|journal)-/.test(name) && !keep.has(path) && existsSync(path)) rmSync(path);
    }
  }

  #snapshotPath(generation: number): string {
    return join(this.#path, `snapshot-${generation}.bin`);
  }

  #journalPath(generation: number): string {
    return join(this.#path, `journal-${generation}.log`);
  }

  #requireNetwork(): LocalNetwork {
    if (this.#network === undefined) throw new Error('Call recover() before anything else.');
    return this.#network;
  }

  #openJournal(): JournalFile {
    if (this.#journal === undefined)
      throw new Error('The state directory is not open: call recover() first.');
    return this.#journal;
  }
}
