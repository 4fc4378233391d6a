import { BinaryWriter } from '../../saga/index.ts';
import type { BinaryReader } from '../../saga/index.ts';
import type { Codec } from '../../saga/index.ts';
import { admissionPolicies, defaultConfiguration } from './configuration.ts';
import type { AdmissionPolicy, Configuration } from './configuration.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** Tags of the options: part of the stored format, append only. */
const tags = {
  admission: 1,
  maximumOpenJobsPerCaller: 2,
  totalBudgetCycles: 3,
  dailyBudgetCycles: 4,
  callerBudgetCycles: 5,
  warmCanisters: 6,
  creationCycles: 7,
  vacantMinimumCycles: 8,
  managerReserveCycles: 9,
  journalRetentionMs: 10,
  maximumOpenAttempts: 11,
} as const satisfies Readonly<Record<keyof Configuration, number>>;

type Option = keyof Configuration;
const optionOfTag = new Map<number, Option>(
  (Object.entries(tags) as [Option, number][]).map(([option, tag]) => [tag, option]),
);

/**
 * The stored configuration: a count, then each option that has a value with its tag. An option that an older version
 * of the Manager did not know has its default.
 */
export const configurationCodec: Codec<Configuration> = {
  encode: (configuration) => {
    const present = (Object.keys(tags) as Option[]).filter((option) => configuration[option] !== undefined);
    const writer = new BinaryWriter().u8(schemaVersion).u8(present.length);
    for (const option of present) {
      writer.u8(tags[option]);
      const value = configuration[option];
      if (typeof value === 'number') writer.natural(BigInt(value));
      else if (typeof value === 'bigint') writer.natural(value);
      else if (value) writePolicy(writer, value);
    }
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = versionedReader('configuration', bytes, schemaVersion);
    const stored = Array.from({ length: reader.u8() }, () => readOption(reader));
    reader.finish();
    return { ...defaultConfiguration, ...Object.fromEntries(stored) };
  },
};

function readOption(reader: BinaryReader): [Option, Configuration[Option]] {
  const tag = reader.u8();
  const option = optionOfTag.get(tag);
  switch (option) {
    case undefined:
      throw new Error(`configuration: unknown option ${tag}`);
    case 'admission':
      return [option, readPolicy(reader)];
    case 'maximumOpenJobsPerCaller':
    case 'warmCanisters':
    case 'journalRetentionMs':
    case 'maximumOpenAttempts':
      return [option, Number(reader.natural())];
    default:
      return [option, reader.natural()];
  }
}

function writePolicy(writer: BinaryWriter, policy: AdmissionPolicy): void {
  writer.u8(admissionPolicies.indexOf(policy.name));
  if (policy.name === 'paid') writer.natural(policy.priceCycles);
}

function readPolicy(reader: BinaryReader): AdmissionPolicy {
  const name = reader.word(admissionPolicies);
  return name === 'paid' ? { name, priceCycles: reader.natural() } : { name };
}
