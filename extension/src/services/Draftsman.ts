import type { PictureToDraw } from '../pictures/drawPictures.ts';
import type { Raster } from '../pictures/raster.ts';
import type { WorkerClient } from '../worker/WorkerClient.ts';

/** Draws the pictures of documents, one document after the other in a worker that lives no longer than that takes. */
export class Draftsman {
  private readonly createClient: () => Pick<WorkerClient, 'ask' | 'rest'>;
  private client: Pick<WorkerClient, 'ask' | 'rest'> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(createClient: () => Pick<WorkerClient, 'ask' | 'rest'>) {
    this.createClient = createClient;
  }

  /**
   * @returns the pictures in their order
   * @throws CranioplastyError `inference-failed`, `model-unavailable` if the worker fails
   */
  draw(pictures: readonly PictureToDraw[]): Promise<Raster[]> {
    const drawn = this.last.then(async () => {
      if (pictures.length === 0) return [];
      const client = (this.client ??= this.createClient());
      try {
        return await client.ask('draw', { pictures });
      } finally {
        client.rest();
      }
    });
    this.last = drawn.catch(() => undefined);
    return drawn;
  }
}
