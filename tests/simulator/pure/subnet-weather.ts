import type { MessageFault } from './faults.ts';
import type { IcModel } from './ic-model.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What is wrong with the subnet for a while. */
export interface Weather {
  /** The creation fee is so many times what it usually is. */
  feeFactor: bigint;
  installsAreRateLimited: boolean;
  /** Nobody learns anything about a canister: it cannot be reached, which is not to say that it is not there. */
  readsFail: boolean;
  /** Hashes of modules, in hexadecimal, whose init traps. */
  readonly brokenModules: Set<string>;
  /** Others' canisters that are created before each of ours. */
  strangers: number;
}

export function fairWeather(): Weather {
  return {
    feeFactor: 1n,
    installsAreRateLimited: false,
    readsFail: false,
    brokenModules: new Set(),
    strangers: 0,
  };
}

/** What was wrong with the subnet is over. */
export function clearUp({ weather }: IcModel): void {
  const { strangers } = weather;
  Object.assign(weather, fairWeather(), { strangers });
}

/** Faults that strike the subnet, and not the Manager. */
export type SubnetFault = Extract<
  MessageFault,
  {
    readonly kind:
      | 'feeRaised'
      | 'installsRateLimited'
      | 'readsFail'
      | 'canistersBurn'
      | 'canistersStop'
      | 'templateBroken';
  }
>;

export function strikeSubnet(ic: IcModel, time: VirtualTime, fault: SubnetFault): void {
  const { weather } = ic;
  switch (fault.kind) {
    case 'feeRaised':
      weather.feeFactor = 5n;
      time.after(fault.forMs, () => (weather.feeFactor = 1n));
      return;
    case 'installsRateLimited':
      weather.installsAreRateLimited = true;
      time.after(fault.forMs, () => (weather.installsAreRateLimited = false));
      return;
    case 'readsFail':
      weather.readsFail = true;
      time.after(fault.forMs, () => (weather.readsFail = false));
      return;
    case 'canistersBurn':
      ic.burnAll();
      return;
    case 'canistersStop':
      ic.stopAll();
      return;
    case 'templateBroken':
      for (const hash of ic.chunks.keys()) weather.brokenModules.add(hash);
      time.after(fault.forMs, () => {
        weather.brokenModules.clear();
      });
  }
}
