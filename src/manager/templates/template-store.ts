import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { activeTemplateKey, templateIndexKey, templateKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { readMeta, updateMeta } from '../storage/meta.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;
const states = ['uploading', 'available', 'failed'] as const;

/** `uploading`: on its way into the chunk store. `available`: there, and its hash was verified by the network. */
export type TemplateState = (typeof states)[number];

/** A Greeter module the Manager may install. */
export interface Template {
  readonly version: string;
  /** SHA-256 of the module as uploaded. */
  readonly moduleHash: Uint8Array;
  readonly moduleBytes: number;
  readonly state: TemplateState;
  /** Why the upload failed. */
  readonly failure?: string;
  readonly publishedAtMs: number;
}

export function readTemplate(version: string): Template | undefined {
  const bytes = records.get(templateKey(version));
  if (!bytes) return undefined;
  const reader = versionedReader('template', bytes, schemaVersion);
  const head = { version: reader.text(), moduleHash: reader.bytes(), moduleBytes: reader.u32() };
  const state = reader.word(states);
  const failure = reader.optional(() => reader.text());
  const publishedAtMs = reader.timeMs();
  return { ...head, state, ...(failure === undefined ? {} : { failure }), publishedAtMs };
}

/** Writes a template; a new one is appended to the list. */
export function writeTemplate(template: Template): void {
  const key = templateKey(template.version);
  if (!records.get(key)) {
    const index = readMeta().templates;
    records.set(templateIndexKey(index), new BinaryWriter().text(template.version).finish());
    updateMeta({ templates: index + 1 });
  }
  const writer = new BinaryWriter().u8(schemaVersion).text(template.version).bytes(template.moduleHash);
  writer.u32(template.moduleBytes).u8(states.indexOf(template.state));
  writer.optional(template.failure, (failure) => writer.text(failure)).timeMs(template.publishedAtMs);
  records.set(key, writer.finish());
}

/** Every template in the order of first publication. */
export function allTemplates(): Template[] {
  return Array.from({ length: readMeta().templates }, (_, index) => {
    const bytes = records.get(templateIndexKey(index));
    const template = bytes && readTemplate(new BinaryReader(bytes).text());
    if (!template) throw new Error(`templates: entry ${index} is missing`);
    return template;
  });
}

/** The template new jobs are pinned to. */
export function activeTemplate(): Template | undefined {
  const bytes = records.get(activeTemplateKey());
  return bytes && readTemplate(new BinaryReader(bytes).text());
}

export function setActiveTemplate(version: string): void {
  records.set(activeTemplateKey(), new BinaryWriter().text(version).finish());
}
