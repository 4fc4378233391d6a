import { bytesEqual, hex } from '../bytes.ts';
import { decodeUploadChunkReply } from '../management-canister/upload-chunk.ts';
import type { CallAnswer } from '../provisioning/call-answer.ts';
import { readTemplate, writeTemplate } from './template-store.ts';
import type { Template } from './template-store.ts';

/**
 * The upload of a template's module was answered. The network computed the chunk's hash; a template is only what it
 * is published as if that is the same. Uploads may be repeated, so a success counts after a failure, and a failure
 * takes nothing away from a success.
 */
export function finishTemplateUpload(version: string, answer: CallAnswer): void {
  const template = readTemplate(version);
  if (!template || template.state === 'available') return;
  const { moduleHash, moduleBytes, publishedAtMs } = template;
  const published = { version, moduleHash, moduleBytes, publishedAtMs };
  const failure = uploadFailure(answer, template);
  if (failure === undefined) writeTemplate({ ...published, state: 'available' });
  else writeTemplate({ ...published, state: 'failed', failure });
}

function uploadFailure(answer: CallAnswer, { moduleHash }: Template): string | undefined {
  if (answer.kind === 'reject')
    return `upload_chunk was rejected with code ${answer.code}: ${answer.message}`;
  const hash = decodeUploadChunkReply(answer.bytes);
  if (!hash) return 'upload_chunk answered something that is not its reply';
  return bytesEqual(hash, moduleHash)
    ? undefined
    : `the module's SHA-256 is ${hex(hash)}, not the one published`;
}
