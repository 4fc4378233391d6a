import type { Story } from './story.ts';

/** A job's story as one short text: what happened, what is happening, what happens next. */
export function summaryOf({ happened, happening, next }: Story): string {
  return [happened, happening, next].filter((part) => part !== undefined).join(' ');
}
