import {
  IDL,
  init,
  inspectMessage,
  msgArgData,
  msgCaller,
  msgMethodName,
  msgReject,
  msgReply,
  query,
  trap,
  update,
} from 'azle';
import { greet, refuseGreeting, refuseName } from './greeting.ts';
import { InitArgument, readInitArgument } from './init-argument.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { readTextArgument } from './text-argument.ts';

const SetGreetingResult = IDL.Variant({ Ok: IDL.Null, Err: IDL.Text });
const notOneText = 'malformed-argument: expected (text).';

/**
 * A canister that greets. It belongs to whoever its init argument names.
 *
 * Its methods read and write Candid themselves (`manual`): azle's general decoder can be made to burn the owner's
 * cycles, and what it throws reaches the caller as a stack trace. There is no `postUpgrade`, so an upgrade takes
 * any argument or none; the settings are in stable memory.
 */
export default class Greeter {
  @init([InitArgument], { manual: true })
  initialise(): void {
    const settings = readInitArgument(msgArgData());
    if (typeof settings === 'string') trap(settings);
    saveSettings(settings);
  }

  /** Keeps azle's own entry points, and names we do not have, from costing the owner anything. */
  @inspectMessage({ manual: true })
  admitIngress(): boolean {
    return ['greet', 'setGreeting', 'getOwner'].includes(msgMethodName());
  }

  @query([IDL.Text], IDL.Text, { manual: true })
  greet(): void {
    const name = readTextArgument(msgArgData());
    if (name === undefined) {
      msgReject(notOneText);
      return;
    }
    const refusal = refuseName(name);
    if (refusal !== undefined) {
      msgReject(refusal);
      return;
    }
    msgReply(IDL.encode([IDL.Text], [greet(loadSettings().greeting, name)]));
  }

  @update([IDL.Text], SetGreetingResult, { manual: true })
  setGreeting(): void {
    const greeting = readTextArgument(msgArgData());
    if (greeting === undefined) {
      msgReject(notOneText);
      return;
    }
    const { owner } = loadSettings();
    const refusal =
      msgCaller().compareTo(owner) === 'eq'
        ? refuseGreeting(greeting)
        : 'not-owner: only the owner may change the greeting.';
    if (refusal === undefined) saveSettings({ owner, greeting });
    msgReply(IDL.encode([SetGreetingResult], [refusal === undefined ? { Ok: null } : { Err: refusal }]));
  }

  @query([], IDL.Principal, { manual: true })
  getOwner(): void {
    msgReply(IDL.encode([IDL.Principal], [loadSettings().owner]));
  }
}
