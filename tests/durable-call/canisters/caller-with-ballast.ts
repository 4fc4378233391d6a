import { IDL, query } from 'azle';
import Caller from './caller.ts';

const ballast = Array.from({ length: 2000 }, (_, index) => `line ${index} of the ballast`);

/** Comes first, so that every entry point of Caller has another index than in the build without it. */
class Ballast {
  @query([IDL.Nat32], IDL.Text)
  aardvark(index: number): string {
    return ballast[index] ?? '';
  }

  @query([], IDL.Nat32)
  zebra(): number {
    return ballast.length;
  }
}

/** The same canister as caller.ts in another build: other code, other method indexes, another heap. */
export default [Ballast, Caller];
