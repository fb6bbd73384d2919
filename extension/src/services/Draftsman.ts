import type { PictureToDraw } from '../pictures/drawPictures.ts';
import type { Raster } from '../pictures/raster.ts';
import type { Mesh } from '../engine/surface/mesh.ts';
import type { WorkerClient } from '../worker/WorkerClient.ts';

type Client = Pick<WorkerClient, 'ask' | 'rest'>;

/**
 * Makes what documents and files hold of surfaces, one after the other in a worker that lives no longer than that
 * takes.
 */
export class Draftsman {
  private readonly createClient: () => Client;
  private client: Client | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(createClient: () => Client) {
    this.createClient = createClient;
  }

  /**
   * @returns the pictures in their order
   * @throws CranioplastyError `inference-failed`, `model-unavailable` if the worker fails
   */
  async draw(pictures: readonly PictureToDraw[]): Promise<Raster[]> {
    if (pictures.length === 0) return [];
    return this.inTurn((client) => client.ask('draw', { pictures }));
  }

  /** Surfaces with as few triangles as their files need; as they are where that cannot be had. */
  async lighten(meshes: readonly Mesh[]): Promise<readonly Mesh[]> {
    const lighter = (mesh: Mesh): Promise<Mesh> =>
      this.inTurn((client) => client.ask('lighten', { mesh })).catch(() => mesh);
    return Promise.all(meshes.map(lighter));
  }

  private inTurn<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const done = this.last.then(async () => {
      const client = (this.client ??= this.createClient());
      try {
        return await work(client);
      } finally {
        client.rest();
      }
    });
    this.last = done.catch(() => undefined);
    return done;
  }
}
