import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that runs for the length of a test. */
export interface Running {
  stop(): Promise<void>;
}

interface StartOptions {
  readonly cwd?: string;
  /** Recognises the line of output that says that the program is ready. */
  readonly ready: (line: string) => boolean;
}

function run(command: string, args: readonly string[], cwd: string | undefined): ChildProcess {
  return spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Starts a program and waits until it says that it is ready.
 * @returns the line that said so, and the program's process
 */
export async function start(
  command: string,
  args: readonly string[],
  { cwd, ready }: StartOptions,
): Promise<Running & { readonly line: string; readonly pid: number }> {
  const child = run(command, args, cwd);
  const output: string[] = [];
  const line = await new Promise<string>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on('line', (text) => {
        output.push(text);
        if (ready(text)) done(text);
      });
    }
    child.on('error', fail);
    child.on('exit', (code) =>
      fail(new Error(`${command} ended with ${code}:\n${output.join('\n')}`)),
    );
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  return { line, pid: child.pid ?? 0, stop };
}
