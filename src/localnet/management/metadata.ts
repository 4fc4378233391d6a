import type { CanisterRequest } from './method.ts';
import { noModuleWithMetadata, noSuchCustomSection } from './rejections.ts';
import { includesPrincipal } from './settings.ts';

/** `canister_metadata`: a custom section `icp:public NAME` or, for controllers only, `icp:private NAME`. */
export function canisterMetadata({ call, canister, argument }: CanisterRequest<{ name: string }>): {
  value: Uint8Array;
} {
  if (canister.code === undefined) throw noModuleWithMetadata(canister.id);
  const section = canister.code.module.customSections.get(argument.name);
  const isVisible =
    section !== undefined &&
    (section.visibility === 'public' || includesPrincipal(canister.settings.controllers, call.caller));
  if (!isVisible) throw noSuchCustomSection(canister.id, argument.name);
  return { value: section.content };
}
