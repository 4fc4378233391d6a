/** `1.5 T` for 1,500,000,000,000 cycles; three decimals at most, rounded down. */
export function trillionCycles(cycles: bigint): string {
  const thousandths = cycles / 1_000_000_000n;
  const decimals = (thousandths % 1_000n).toString().padStart(3, '0').replace(/0+$/, '');
  return `${grouped(thousandths / 1_000n)}${decimals && `.${decimals}`} T`;
}

/** `1.2 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1,234,567` */
export function grouped(count: number | bigint): string {
  return count.toLocaleString('en-US');
}
