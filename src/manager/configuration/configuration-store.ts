import { configurationKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { configurationCodec } from './configuration-codec.ts';
import { defaultConfiguration } from './configuration.ts';
import type { Configuration } from './configuration.ts';

/**
 * The row as it was last read. Heap and stable memory are rolled back together and replaced together, so what is
 * kept here cannot come apart from the row; an upgrade drops it.
 */
let known: Configuration | undefined;

/** The configuration that holds in this message. Cheap: the row is decoded once in each life of the Manager. */
export function readConfiguration(): Configuration {
  if (!known) {
    const bytes = records.get(configurationKey());
    known = bytes ? configurationCodec.decode(bytes) : defaultConfiguration;
  }
  return known;
}

/** Replaces the configuration, with effect from this message on. */
export function writeConfiguration(configuration: Configuration): void {
  records.set(configurationKey(), configurationCodec.encode(configuration));
  known = configuration;
}
