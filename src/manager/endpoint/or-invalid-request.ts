import { InvalidInputError } from './invalid-input-error.ts';

/**
 * The answer of an endpoint whose result has the error `InvalidRequest`.
 *
 * @param answer must validate before it changes anything: what it wrote before throwing would stay
 * @returns what `answer` returns, or `InvalidRequest` naming field, rule and value
 */
export function orInvalidRequest(answer: () => object): object {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { Err: { InvalidRequest: error.toCandid() } };
  }
}
