import { BinaryWriter } from '../../saga/index.ts';
import { metaKey } from './keys.ts';
import { records } from './memory.ts';
import { versionedReader } from './versioned-reader.ts';

const schemaVersion = 1;

/** The Manager's counters. */
export interface Meta {
  /** Lives of the Manager so far: raised at every install and upgrade. */
  readonly epoch: number;
  readonly lastJobId: bigint;
  /** Greeters registered so far. */
  readonly greeters: number;
  readonly templates: number;
  /** Answers that no open call was waiting for; there should be none. */
  readonly strayAnswers: number;
  /** Cycles promised to open jobs and not spent yet. */
  readonly cyclesReserved: bigint;
}

const initialMeta: Meta = {
  epoch: 0,
  lastJobId: 0n,
  greeters: 0,
  templates: 0,
  strayAnswers: 0,
  cyclesReserved: 0n,
};

/** The row as it was last read; see `configuration-store.ts` for why it cannot come apart from the row. */
let known: Meta | undefined;

export function readMeta(): Meta {
  known ??= readRow();
  return known;
}

function readRow(): Meta {
  const bytes = records.get(metaKey());
  if (!bytes) return initialMeta;
  const reader = versionedReader('meta', bytes, schemaVersion);
  const meta: Meta = {
    epoch: reader.u32(),
    lastJobId: reader.u64(),
    greeters: reader.u32(),
    templates: reader.u32(),
    strayAnswers: reader.u32(),
    cyclesReserved: reader.natural(),
  };
  reader.finish();
  return meta;
}

/** Writes the counters that change; the others stay. */
export function updateMeta(changes: Partial<Meta>): Meta {
  const meta = { ...readMeta(), ...changes };
  const writer = new BinaryWriter().u8(schemaVersion).u32(meta.epoch).u64(meta.lastJobId);
  writer.u32(meta.greeters).u32(meta.templates).u32(meta.strayAnswers).natural(meta.cyclesReserved);
  records.set(metaKey(), writer.finish());
  known = meta;
  return meta;
}
