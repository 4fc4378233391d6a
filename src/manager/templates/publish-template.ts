import { canisterSelf } from 'azle';
import { bytesEqual, hex } from '../bytes.ts';
import { nanosFromMs, nowMs } from '../clock.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { requireText } from '../endpoint/validate.ts';
import { maximumTemplateModuleBytes, maximumTemplates, maximumTemplateVersionBytes } from '../limits.ts';
import { encodeUploadChunk } from '../management-canister/upload-chunk.ts';
import { audited } from '../operators/audited.ts';
import { readMeta } from '../storage/meta.ts';
import { refusalToSend, sendManagementCall } from '../worker/send-action.ts';
import {
  activeTemplate,
  allTemplates,
  readTemplate,
  setActiveTemplate,
  writeTemplate,
} from './template-store.ts';
import type { Template } from './template-store.ts';

/** Candid's `PublishTemplateRequest`. */
export interface PublishTemplateRequest {
  readonly version: string;
  readonly module: Uint8Array;
  readonly moduleHash: Uint8Array;
}

/**
 * Sends a template's module into the Manager's own chunk store. Returns at once with state `uploading`; the answer
 * makes it `available`, if the hash that the network computed is the one published. Publishing the same again sends
 * it again, which is harmless: so an upload is repeated that failed or whose answer was lost, and so a chunk comes
 * back that somebody cleared from the store. A template that was available stays so meanwhile.
 *
 * @returns the value of Candid's `TemplateResult`
 */
export function publishTemplate(request: PublishTemplateRequest): object {
  return orInvalidRequest(() => publish(request));
}

function publish({ version, module, moduleHash }: PublishTemplateRequest): object {
  const present = readTemplate(version);
  if (present && !bytesEqual(present.moduleHash, moduleHash)) {
    return { Err: { VersionConflict: { moduleHash: present.moduleHash } } };
  }
  requireText('version', version, maximumTemplateVersionBytes);
  requireModule(module, moduleHash);
  if (!present) requireRoom();
  if (present?.state === 'available') return upload(present, module);
  const published = { version, moduleHash, moduleBytes: module.length, publishedAtMs: nowMs() };
  return upload({ ...published, state: 'uploading' }, module);
}

/**
 * Pins new jobs to a template, also to an older one (roll-back). Open jobs keep theirs until an operator retries them.
 *
 * @returns the value of Candid's `TemplateResult`
 */
export function activateTemplate(version: string): object {
  const template = readTemplate(version);
  if (!template) return { Err: { NotFound: null } };
  if (template.state !== 'available') return { Err: { NotAvailable: { state: template.state } } };
  const action = { verb: 'activateTemplate', target: `template ${version}`, requestId: '', reason: '' };
  return audited(action, () => {
    setActiveTemplate(version);
    return { outcome: 'active', result: { Ok: templateView(template) } };
  });
}

/** Every template, in the order of publication; they are no secret. */
export function listTemplates(): object[] {
  return allTemplates().map(templateView);
}

function upload(template: Template, module: Uint8Array): object {
  try {
    const args = encodeUploadChunk(canisterSelf(), module);
    const route = { kind: 'templateUpload', version: template.version } as const;
    sendManagementCall({ method: 'upload_chunk', args, cycles: 0n, timeoutSeconds: 0 }, route);
  } catch (error) {
    const { code, message } = refusalToSend(error).error;
    return { Err: { NotSent: { code, message } } };
  }
  const { version, moduleHash } = template;
  const action = { verb: 'publishTemplate', target: `template ${version}`, requestId: '', reason: '' };
  return audited({ ...action, details: `module ${hex(moduleHash)}` }, () => {
    writeTemplate(template);
    return { outcome: template.state, result: { Ok: templateView(template) } };
  });
}

function requireModule(module: Uint8Array, moduleHash: Uint8Array): void {
  if (module.length < 8 || module.length > maximumTemplateModuleBytes) {
    const rule = `must be a Wasm module of 8 to ${maximumTemplateModuleBytes} bytes; gzip it if it is larger`;
    throw new InvalidInputError('module', rule, `${module.length} bytes`);
  }
  if (moduleHash.length !== 32) {
    throw new InvalidInputError(
      'moduleHash',
      'must be the SHA-256 of module, 32 bytes',
      `${moduleHash.length} bytes`,
    );
  }
}

function requireRoom(): void {
  const { templates } = readMeta();
  if (templates >= maximumTemplates) {
    throw new InvalidInputError(
      'version',
      `must be one of the ${maximumTemplates} there are`,
      `${templates} templates`,
    );
  }
}

function templateView(template: Template): object {
  return {
    version: template.version,
    moduleHash: template.moduleHash,
    moduleBytes: template.moduleBytes,
    state: { [template.state]: template.state === 'failed' ? (template.failure ?? '') : null },
    active: activeTemplate()?.version === template.version,
    publishedAt: nanosFromMs(template.publishedAtMs),
  };
}
