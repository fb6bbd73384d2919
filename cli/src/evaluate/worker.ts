import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { loadAtlas } from '../../../extension/src/engine/pose/atlas.ts';
import { folderSource } from '../modelFolder.ts';
import type { Orientation } from '../io/orientation.ts';
import type { ProviderChoice } from '../openBackend.ts';
import { readCase, type CaseFiles } from './cases.ts';
import { openMethod, Reconstructor, type Figures, type Method } from './measureCase.ts';

/** What a worker process is told. */
export interface WorkerJob {
  readonly case: CaseFiles;
  /** Of volumes that do not say how they lie in the patient. */
  readonly orientation?: Orientation;
  /** As given on the command line. */
  readonly method: string;
  readonly provider: ProviderChoice;
  readonly threads: number;
  /** Whether to rehearse each reconstruction on the opposite side too. */
  readonly rehearsed: boolean;
}

/** What it answers. */
export type WorkerAnswer = ({ readonly figures: Figures } | { readonly error: string }) & {
  /** About the files of the case. */
  readonly warnings: readonly string[];
};

/** Serves the jobs of the parent process until it lets go. */
export async function serveEvaluation(): Promise<void> {
  const atlas = await loadAtlas(folderSource('atlas'));
  const methods = new Map<string, Method>();
  let reconstructor: Reconstructor | null = null;
  const work = async (job: WorkerJob): Promise<WorkerAnswer> => {
    reconstructor ??= new Reconstructor(atlas, job.provider, job.threads);
    const method = methods.get(job.method) ?? (await openMethod(job.method));
    methods.set(job.method, method);
    const warnings: string[] = [];
    try {
      const found = readCase(job.case, job.orientation, (message) => warnings.push(message));
      const figures = await reconstructor.measure(found, method, job.rehearsed);
      return { figures, warnings };
    } catch (error) {
      // What the engine refuses is a miss of this case; anything else is a fault of the program.
      if (error instanceof CranioplastyError) return { error: error.message, warnings };
      throw error;
    }
  };
  process.on('message', (job: WorkerJob) => {
    work(job).then(
      (answer) => process.send?.(answer),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
}
