import { type ChildProcess, spawn } from 'node:child_process';

/** A program that runs until it is told to end. */
export class RunningProgram {
  readonly #process: ChildProcess;
  output = '';
  readonly ended: Promise<number | null>;

  constructor(command: string, args: readonly string[], directory: string) {
    this.#process = spawn(command, args, { cwd: directory });
    const collect = (text: Buffer): void => {
      this.output += text.toString();
    };
    this.#process.stdout?.on('data', collect);
    this.#process.stderr?.on('data', collect);
    this.ended = new Promise((done) => this.#process.once('exit', done));
  }

  /** Waits until its output contains a match; fails when it ends without one. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (this.#process.exitCode !== null) throw new Error(`It ended without ${pattern}: ${this.output}`);
      await Promise.race([this.ended, new Promise((next) => this.#process.stdout?.once('data', next))]);
    }
  }

  signal(signal: NodeJS.Signals): Promise<number | null> {
    this.#process.kill(signal);
    return this.ended;
  }
}
