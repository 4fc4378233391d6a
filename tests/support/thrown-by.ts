/**
 * The error of something that must fail in one particular way.
 *
 * @param type class of the expected error; any other error is thrown on
 * @throws Error when nothing was thrown
 */
export function thrownBy<Thrown extends Error>(
  type: abstract new (...args: never[]) => Thrown,
  attempt: () => unknown,
): Thrown {
  try {
    attempt();
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  throw new Error(`It threw no ${type.name}.`);
}
