/** What is measured: inputs made once, and the commands that a user would give. */

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeNifti } from '../../cli/src/io/nifti.ts';
import type { Grid } from '../../extension/src/engine/space/grid.ts';
import { identityAxes } from '../../extension/src/engine/space/grid.ts';
import type { CtVolume } from '../../extension/src/engine/space/volume.ts';
import { ctFiles } from '../../scripts/ct-files.ts';
import { shippedAtlas } from '../support/atlasFiles.ts';
import { frontalDefect, phantomSkull, straightPose } from '../support/phantomSkull.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** A command of the command line by its name, and what it is given. `OUT` in a path is the folder of the results. */
export interface Step {
  readonly command: 'segment' | 'reconstruct';
  readonly path: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface BenchCase {
  readonly name: string;
  readonly title: string;
  /** Whether copies of the inputs stand in for the networks, so that no inference is in the figures. */
  readonly standIn: boolean;
  /** Makes the inputs in a folder; tells the commands that read them. */
  prepare(folder: string): Promise<readonly Step[]>;
}

/** Folder of the results in the paths of a step. */
export const outFolder = 'OUT';

const networks = { method: 'network', provider: 'cpu', out: outFolder } as const;

/** A head of 250 × 250 × 200 mm in so many slices of 512 × 512 pixels. */
const headOf = (slices: number): Grid => ({
  size: [512, 512, slices],
  spacing: [0.488, 0.488, 200 / slices],
  origin: [-125, -125, -100],
  axes: identityAxes,
});

const demonstration: BenchCase = {
  name: 'demo',
  title: 'demonstration study, ct-lite',
  standIn: false,
  prepare: async () => {
    const folder = join(repository, 'viewer/demo');
    return [
      {
        command: 'reconstruct',
        path: join(folder, 'skull.dcm'),
        options: { ...networks, ct: join(folder, 'ct'), model: 'ct-lite' },
      },
    ];
  },
};

const volume: BenchCase = {
  name: 'volume',
  title: '512 × 512 × 320 skull, canonical 512³ of 0.4 mm, no networks',
  standIn: true,
  prepare: async (folder) => {
    const grid = headOf(320);
    const { defective } = phantomSkull(await shippedAtlas(), straightPose, frontalDefect, grid);
    const path = join(folder, 'skull.nii.gz');
    writeFileSync(path, writeNifti(defective));
    return [
      { command: 'reconstruct', path, options: { ...networks, model: uncheckedModel(folder) } },
    ];
  },
};

const ct: BenchCase = {
  name: 'ct',
  title: 'CT of 512 × 512 × 600, segmented and reconstructed, ct-lite',
  standIn: false,
  prepare: async (folder) => {
    const path = join(folder, 'ct');
    await writeLargeCt(path);
    const skull = join(outFolder, 'skull.dcm');
    return [
      { command: 'segment', path, options: { out: skull, threshold: 250 } },
      { command: 'reconstruct', path: skull, options: { ...networks, ct: path, model: 'ct-lite' } },
    ];
  },
};

export const cases: readonly BenchCase[] = [demonstration, volume, ct];

const root = '2.25.1780';

/** Study that `writeLargeCt` writes. */
export const largeStudy = `${root}.1`;

/** A CT of 512 × 512 × 600 in files of a new folder. */
export async function writeLargeCt(folder: string): Promise<void> {
  mkdirSync(folder);
  const files = ctFiles(await syntheticCt(headOf(600)), {
    studyInstanceUID: largeStudy,
    seriesInstanceUID: `${root}.2`,
    frameOfReferenceUID: `${root}.3`,
    sopInstanceUID: (k) => `${root}.4.${k + 1}`,
  });
  files.forEach((file, k) => writeFileSync(join(folder, `${k}.dcm`), new Uint8Array(file)));
}

/** The phantom as a CT: bone with a grain, soft tissue in and around it, air beyond the head. */
async function syntheticCt(grid: Grid): Promise<CtVolume> {
  const { defective } = phantomSkull(await shippedAtlas(), straightPose, frontalDefect, grid);
  const [nx, ny, nz] = grid.size;
  const data = new Int16Array(nx * ny * nz);
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        const grain = ((i * 31 + j * 17 + k * 7) % 41) - 20;
        const isHead = ((i - 256) / 190) ** 2 + ((j - 256) / 230) ** 2 < 1;
        data[p] = defective.data[p] ? 900 + grain : isHead ? 40 + grain : -1000;
      }
  return { grid, data };
}

/** A copy of `ct-base` whose check lets anything pass: networks that are stood in for compute nothing right. */
function uncheckedModel(folder: string): string {
  const models = join(folder, 'models');
  const path = join(models, 'ct-base');
  cpSync(join(repository, 'models/ct-base'), path, { recursive: true });
  symlinkSync(join(repository, 'models/atlas'), join(models, 'atlas'));
  const file = join(path, 'model.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    golden: Record<string, { tolerance: number }>;
  };
  for (const pair of Object.values(manifest.golden)) pair.tolerance = Number.MAX_VALUE;
  writeFileSync(file, JSON.stringify(manifest));
  return path;
}
