import { BinaryWriter } from '../../saga/index.ts';
import type { BinaryReader } from '../../saga/index.ts';
import type { Codec } from '../../saga/index.ts';
import { decodeCandidate, encodeCandidate } from './candidate.ts';
import type { ProvisioningFacts } from './facts.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** Tags of the fields: part of the stored format, append only. */
const tags = {
  owner: 1,
  idempotencyKey: 2,
  greeting: 3,
  templateVersion: 4,
  moduleHash: 5,
  greeterId: 6,
  foreignModule: 7,
  cyclesSpent: 8,
  candidate: 9,
  isReused: 10,
  isEmptied: 11,
  canisterCycles: 12,
  highestNumberBefore: 13,
  searchNext: 14,
  searchThrough: 15,
  isOutOfCycles: 16,
  missingCycles: 17,
  fundingRefusals: 18,
  searchFrom: 19,
} as const;

type Field = keyof typeof tags;
/** In the order in which they are written. */
const fields = (Object.entries(tags) as [Field, number][]).map(([field, tag]) => ({ field, tag }));
const fieldOfTag = new Map<number, Field>(fields.map(({ field, tag }) => [tag, field]));

/** Facts, whole or in part: a count, then each field present with its tag. */
export const factsCodec: Codec<Partial<ProvisioningFacts>> = {
  encode: (facts) => {
    const present = fields.filter(({ field }) => facts[field] !== undefined);
    const writer = new BinaryWriter().u8(schemaVersion).u8(present.length);
    for (const { field, tag } of present) {
      writer.u8(tag);
      const value = facts[field];
      if (typeof value === 'string') writer.text(value);
      else if (typeof value === 'bigint') writer.natural(value);
      else if (typeof value === 'boolean') writer.bool(value);
      else if (value instanceof Uint8Array) writer.bytes(value);
      else if (value) writer.bytes(encodeCandidate(value));
    }
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = versionedReader('provisioning facts', bytes, schemaVersion);
    const facts: Partial<Record<Field, ProvisioningFacts[Field]>> = {};
    for (let left = reader.u8(); left > 0; left -= 1) readField(reader, facts);
    reader.finish();
    // Every field was read as what its name says.
    return facts as Partial<ProvisioningFacts>;
  },
};

function readField(reader: BinaryReader, facts: Partial<Record<Field, ProvisioningFacts[Field]>>): void {
  const tag = reader.u8();
  const field = fieldOfTag.get(tag);
  switch (field) {
    case 'owner':
    case 'moduleHash':
    case 'greeterId':
      facts[field] = reader.bytes();
      return;
    case 'idempotencyKey':
    case 'greeting':
    case 'templateVersion':
      facts[field] = reader.text();
      return;
    case 'foreignModule':
    case 'isReused':
    case 'isEmptied':
    case 'isOutOfCycles':
      facts[field] = reader.bool();
      return;
    case 'cyclesSpent':
    case 'canisterCycles':
    case 'highestNumberBefore':
    case 'searchNext':
    case 'searchThrough':
    case 'missingCycles':
    case 'fundingRefusals':
    case 'searchFrom':
      facts[field] = reader.natural();
      return;
    case 'candidate':
      facts[field] = decodeCandidate(reader.bytes());
      return;
    case undefined:
      throw new Error(`provisioning facts: unknown field ${tag}`);
  }
}
