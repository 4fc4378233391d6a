import { Principal } from '@dfinity/principal';

/** A Candid value for people: `TooManyOpenJobs (open: 5, limit: 5)`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Principal) return value.toText();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(describeValue).join(' ');
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return value.toString();
  if (typeof value !== 'object') throw new TypeError(`Candid has no value of type ${typeof value}.`);
  const fields = Object.entries(value);
  const [only] = fields;
  // A variant, or a record of one field, which reads as well.
  if (only && fields.length === 1) {
    const content = describeValue(only[1]);
    return content === '' ? only[0] : `${only[0]} (${content})`;
  }
  return fields.map(([name, content]) => `${name}: ${describeValue(content)}`).join(', ');
}
