import type { FaultAction, FaultMatch } from '../../faults/fault-rules.ts';
import { type JsonValue, parseJson, writeJson } from '../bare-json.ts';
import { faultActionOf, faultMatchOf, faultRuleJson } from '../faults-json.ts';
import { RequestBody } from '../request-body.ts';

/** A fault rule on a server. */
export interface RemoteFaultRule {
  readonly ruleId: number;
  readonly match: FaultMatch;
  readonly action: FaultAction;
  /** How many calls matched it so far, whether it applied or waited for the n-th. */
  readonly matchCount: number;
}

/** The server did not do what it was asked to; the original server knows no extensions at all. */
export class ExtensionError extends Error {
  override readonly name = 'ExtensionError';
  readonly code = 'EXTENSION_FAILED';
}

/**
 * What this repository's PocketIC server offers beyond the protocol, for one of its instances: faults injected into
 * calls, as `FaultScript` does it in process, and states of the whole instance to return to.
 */
export class PocketIcExtensions {
  readonly #url: string;

  /**
   * @param serverUrl for example `http://127.0.0.1:8000`
   * @param instanceId the number that `POST /instances` answered; see {@link PocketIcExtensions.of}
   */
  constructor(serverUrl: string, instanceId: number) {
    this.#url = `${serverUrl}/instances/${instanceId}/extensions`;
  }

  /**
   * The extensions of the instance that a `PocketIc` of `@dfinity/pic` works with. The class keeps the instance's number
   * to itself, so this looks inside.
   *
   * @throws ExtensionError when there is no such number in it
   */
  static of(serverUrl: string, pic: object): PocketIcExtensions {
    const { client } = pic as { readonly client?: { readonly instanceId?: unknown } };
    if (typeof client?.instanceId === 'number') return new PocketIcExtensions(serverUrl, client.instanceId);
    throw new ExtensionError(
      'This PocketIc hides its instance elsewhere: pass the number of the instance to the constructor.',
    );
  }

  /** Adds a rule; of several rules that apply to a call, the oldest wins. @returns the rule's id */
  async addFault(match: FaultMatch, action: FaultAction): Promise<number> {
    const answer = await this.#request('POST', '/faults', faultRuleJson({ match, action }));
    return Number(new RequestBody(answer).natural('rule_id'));
  }

  async removeFault(ruleId: number): Promise<void> {
    await this.#request('DELETE', `/faults/${ruleId}`);
  }

  /** Removes all rules. */
  async clearFaults(): Promise<void> {
    await this.#request('DELETE', '/faults');
  }

  /** The present rules, oldest first. */
  async faults(): Promise<RemoteFaultRule[]> {
    const answer = await this.#request('GET', '/faults');
    return new RequestBody({ rules: answer }).list('rules').map((rule) => {
      const fields = new RequestBody(rule);
      return {
        ruleId: Number(fields.natural('rule_id')),
        match: faultMatchOf(fields.object('match')),
        action: faultActionOf(fields.object('action')),
        matchCount: Number(fields.natural('match_count')),
      };
    });
  }

  /** Remembers the state of the whole instance, its clock and its fault rules. @returns a number for {@link restore} */
  async checkpoint(): Promise<number> {
    const answer = await this.#request('POST', '/checkpoints', {});
    return Number(new RequestBody(answer).natural('checkpoint_id'));
  }

  /** Returns to a checkpoint; that can be done any number of times. Not while the instance is live. */
  async restore(checkpoint: number): Promise<void> {
    await this.#request('POST', `/checkpoints/${checkpoint}/restore`, {});
  }

  async #request(method: string, path: string, body?: JsonValue): Promise<JsonValue> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      ...(body !== undefined && { body: writeJson(body) }),
    });
    const text = await response.text();
    const answer = text === '' ? null : parseJson(text);
    if (!response.ok) throw new ExtensionError(new RequestBody(answer).text('message'));
    return answer;
  }
}
