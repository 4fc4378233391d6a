const nanosPerSecond = 1_000_000_000n;
const millisecondsPerSecond = 1000n;
const fractionDigits = 9;
const dateAndTimeLength = 'yyyy-mm-ddThh:mm:ss'.length;

/**
 * A time as the replica writes it into its errors: `2025-05-01 23:55:18.005285297 UTC`, with as many groups of three
 * digits behind the point as it needs.
 */
export function formatTime(timeNanos: bigint): string {
  const seconds = new Date(Number((timeNanos / nanosPerSecond) * millisecondsPerSecond));
  const fraction = (timeNanos % nanosPerSecond).toString().padStart(fractionDigits, '0');
  const shortest = fraction.replace(/(000)+$/, '');
  const text = seconds.toISOString().slice(0, dateAndTimeLength).replace('T', ' ');
  return `${text}${shortest === '' ? '' : `.${shortest}`} UTC`;
}
