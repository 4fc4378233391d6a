import { beforeAll, describe, expect, it } from 'vitest';
import { GreeterFixture, initArgument, userNumber } from './greeter-fixture.ts';
import { malformedArguments } from './malformed-arguments.ts';

/* What it does is tested in tests/pocket-ic/greeter.test.ts; here is what only the embedded network can count. */

describe('the Greeter', () => {
  const owner = userNumber(1);
  let greeter: GreeterFixture;

  beforeAll(() => {
    greeter = new GreeterFixture();
    greeter.install(initArgument(owner));
    greeter.network.run();
  });

  it.each(malformedArguments)('spends little on %s as an argument', (_, arg) => {
    expect(() => greeter.query('greet', arg)).toThrow('malformed-argument');
    expect(greeter.lastInstructions).toBeLessThan(2_000_000n);
    expect(() => greeter.update(owner, 'setGreeting', arg)).toThrow('malformed-argument');
    expect(greeter.lastInstructions).toBeLessThan(2_000_000n);
  });
});
