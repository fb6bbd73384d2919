import { fork, type ChildProcess } from 'node:child_process';
import type { WorkerAnswer, WorkerJob } from './worker.ts';

/**
 * Runs jobs in worker processes, one job at a time in each.
 *
 * @param program the command line's own start file; it is started with `evaluate-worker`
 * @param onAnswer called with each answer as it comes
 * @throws Error if a worker dies
 */
export async function runInWorkers(
  jobs: readonly WorkerJob[],
  processes: number,
  program: string,
  onAnswer: (job: WorkerJob, answer: WorkerAnswer) => void,
): Promise<void> {
  const waiting = [...jobs];
  const children: ChildProcess[] = [];
  const serve = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(program, ['evaluate-worker'], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      children.push(child);
      let job: WorkerJob | undefined;
      const next = (): void => {
        job = waiting.shift();
        if (job) child.send(job);
        else child.disconnect();
      };
      child.on('message', (answer: WorkerAnswer) => {
        try {
          onAnswer(job as WorkerJob, answer);
          next();
        } catch (error) {
          reject(error as Error);
        }
      });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        if (job) reject(new Error(`The process for ${job.case.name} ended (${signal ?? code}).`));
        else resolve();
      });
      next();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(processes, jobs.length) }, serve));
  } finally {
    for (const child of children) if (child.connected) child.kill();
  }
}
