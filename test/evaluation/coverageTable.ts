/**
 * Complete skulls in tight volumes, and with pieces of the vault cut off: which are accepted, warned of, refused?
 *
 *     npx tsx test/evaluation/coverageTable.ts FOLDER...
 *
 * A folder holds `skull_*.nii.gz`. Each skull is aligned once, as it is, and its pose used for all variants.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { align } from '../../extension/src/engine/pose/align.ts';
import {
  assertVaultCovered,
  findEdgeCut,
  vaultFaces,
} from '../../extension/src/engine/pose/coverage.ts';
import { keepLargestComponent } from '../../extension/src/engine/space/components.ts';
import { boundingBox, type Box } from '../../extension/src/engine/space/crop.ts';
import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import { indexToPatient, type Vec3 } from '../../extension/src/engine/space/grid.ts';
import type { RigidTransform } from '../../extension/src/engine/space/transform.ts';
import { applyRigid } from '../../extension/src/engine/space/transform.ts';
import { emptyMask, type Mask } from '../../extension/src/engine/space/volume.ts';
import { readNifti } from '../../cli/src/io/nifti.ts';
import { maskOf } from '../../cli/src/io/volumeFile.ts';
import { shippedAtlas } from '../support/atlasFiles.ts';

const folders = process.argv.slice(2);
if (!folders.length) {
  console.error('Usage: npx tsx test/evaluation/coverageTable.ts FOLDER...');
  process.exit(2);
}

/** Sides of the head by their direction in the canonical frame. */
const sides = {
  top: [0, 0, 1],
  left: [1, 0, 0],
  right: [-1, 0, 0],
  back: [0, 1, 0],
  front: [0, -1, 0],
  below: [0, 0, -1],
} as const satisfies Readonly<Record<string, Vec3>>;
type Side = keyof typeof sides;
/** From here on bone is the vault's, canonical mm. */
const vaultFrom = 40;
/** Free space around a skull with a cut side, voxels. */
const freeSpace = 3;

/** A skull in its pose, with the boxes of all its bone and of its vault. */
interface Posed {
  readonly skull: Mask;
  readonly toCanonical: RigidTransform;
  readonly all: Box;
  readonly vault: Box;
}

/** Voxels [low, high) of a mask, which may reach beyond it. */
function boxed({ grid, data }: Mask, { low, high }: Box): Mask {
  const size = low.map((v, a) => high[a] - v) as unknown as Vec3;
  const out = emptyMask({ ...grid, size, origin: indexToPatient(grid, low) });
  const [nx, ny, nz] = grid.size;
  const from = Math.max(0, low[0]);
  const to = Math.min(nx, high[0]);
  for (let k = Math.max(0, low[2]); k < Math.min(nz, high[2]); k++)
    for (let j = Math.max(0, low[1]); j < Math.min(ny, high[1]); j++) {
      const row = nx * (j + ny * k);
      const target = from - low[0] + size[0] * (j - low[1] + size[1] * (k - low[2]));
      out.data.set(data.subarray(row + from, row + to), target);
    }
  return out;
}

const grown = ({ low, high }: Box, voxels: number): Box => ({
  low: low.map((v) => v - voxels) as unknown as Vec3,
  high: high.map((v) => v + voxels) as unknown as Vec3,
});

/** The axis of the grid that points nearest to a side of the head, and whether its last layer (1) or its first (0) does. */
function faceOf({ skull, toCanonical }: Posed, side: Side): { axis: number; last: boolean } {
  const turn = { rotation: toCanonical.rotation, translation: [0, 0, 0] as Vec3 };
  const along = skull.grid.axes.map((a) =>
    applyRigid(turn, a).reduce((sum, v, c) => sum + v * sides[side][c], 0),
  );
  const axis = [0, 1, 2].reduce((a, b) => (Math.abs(along[b]) > Math.abs(along[a]) ? b : a));
  return { axis, last: along[axis] > 0 };
}

/** The skull with some millimetres of its vault cut off by a face of its volume. */
function cut(posed: Posed, side: Side, millimetres: number): Mask {
  const { axis, last } = faceOf(posed, side);
  const layers = Math.round(millimetres / posed.skull.grid.spacing[axis]);
  const box = grown(posed.all, freeSpace);
  const [low, high] = [[...box.low], [...box.high]];
  if (last) high[axis] = posed.vault.high[axis] - layers;
  else low[axis] = posed.vault.low[axis] + layers;
  return boxed(posed.skull, { low: low as unknown as Vec3, high: high as unknown as Vec3 });
}

/** The skull cut off below, where the middle of the head is at a canonical height. */
function cutBelow(posed: Posed, height: number): Mask {
  const { grid } = posed.skull;
  const { axis, last } = faceOf(posed, 'below');
  const middle = posed.all.low.map((v, a) => (v + posed.all.high[a]) / 2);
  const heightAt = (layer: number): number => {
    const index = middle.map((v, a) => (a === axis ? layer : v)) as unknown as Vec3;
    return applyRigid(posed.toCanonical, indexToPatient(grid, index))[2];
  };
  const layer = Math.round((height - heightAt(0)) / (heightAt(1) - heightAt(0)));
  const box = grown(posed.all, freeSpace);
  const [low, high] = [[...box.low], [...box.high]];
  if (last) high[axis] = Math.min(high[axis], layer);
  else low[axis] = Math.max(low[axis], layer);
  return boxed(posed.skull, { low: low as unknown as Vec3, high: high as unknown as Vec3 });
}

/** The same with only every n-th slice, so that slices are about as thick as asked. */
function thick(mask: Mask, posed: Posed, millimetres: number): Mask {
  const { axis } = faceOf(posed, 'top');
  const { grid, data } = mask;
  const every = Math.max(1, Math.round(millimetres / grid.spacing[axis]));
  const size = grid.size.map((n, a) => (a === axis ? Math.floor((n - 1) / every) + 1 : n));
  const spacing = grid.spacing.map((s, a) => (a === axis ? s * every : s)) as unknown as Vec3;
  const out = emptyMask({ ...grid, size: size as unknown as Vec3, spacing });
  const step = [0, 1, 2].map((a) => (a === axis ? every : 1));
  for (let k = 0, p = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++, p++)
        out.data[p] = data[step[0] * i + grid.size[0] * (step[1] * j + grid.size[1] * step[2] * k)];
  return out;
}

type Verdict = 'accepted' | 'warned' | 'refused';
interface Variant {
  readonly name: string;
  /** What is not among these is listed by name. */
  readonly expected: readonly Verdict[];
  readonly make: (posed: Posed) => Mask;
}

const variants: readonly Variant[] = [
  ...[0, 1, 3, 20].map((margin): Variant => ({
    name: `cropped to the bone, ${margin} voxels around`,
    expected: ['accepted'],
    make: (posed) => boxed(posed.skull, grown(posed.all, margin)),
  })),
  ...[2.5, 5].map((slice): Variant => ({
    name: `slices of ${slice} mm, cropped to the bone`,
    expected: ['accepted'],
    make: (posed) => thick(boxed(posed.skull, posed.all), posed, slice),
  })),
  ...[0, 20].map((height): Variant => ({
    name: `cut off below, middle at ${height} mm`,
    expected: ['accepted'],
    make: (posed) => cutBelow(posed, height),
  })),
  ...[2, 5, 10, 20].map((off): Variant => ({
    name: `${off} mm off the top`,
    expected: off < 5 ? ['accepted', 'warned'] : off < 10 ? ['warned', 'refused'] : ['refused'],
    make: (posed) => cut(posed, 'top', off),
  })),
  {
    name: '10 mm off the top, slices of 2.5 mm',
    expected: ['refused'],
    make: (posed) => thick(cut(posed, 'top', 10), posed, 2.5),
  },
  ...(['front', 'back', 'left', 'right'] as const).map((side): Variant => ({
    name: `10 mm off the ${side}`,
    expected: ['refused'],
    make: (posed) => cut(posed, side, 10),
  })),
  {
    name: 'cut off below, middle at 60 mm',
    expected: ['refused'],
    make: (posed) => cutBelow(posed, 60),
  },
];

/** What the engine says of a volume, and the most that is missing beyond any of its faces, mm. */
function judge(mask: Mask, toCanonical: RigidTransform): { verdict: Verdict; missing: number } {
  const faces = vaultFaces(mask.grid, [mask.data], toCanonical);
  const missing = Math.max(...faces.map((face) => face.missing));
  try {
    assertVaultCovered(mask, toCanonical);
  } catch (error) {
    if (error instanceof CranioplastyError) return { verdict: 'refused', missing };
    throw error;
  }
  // No patch: the skull stands in for it.
  const grazed = findEdgeCut(mask, mask, toCanonical) !== 'none';
  return { verdict: grazed ? 'warned' : 'accepted', missing };
}

/** The box of the bone above a canonical height. */
function vaultBox({ grid, data }: Mask, toCanonical: RigidTransform): Box {
  const vault = data.slice();
  const [nx, ny, nz] = grid.size;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++)
        if (vault[p] && applyRigid(toCanonical, indexToPatient(grid, [i, j, k]))[2] < vaultFrom)
          vault[p] = 0;
  return boundingBox([vault], grid.size) as Box;
}

const atlas = await shippedAtlas();
const found = variants.map(() => [] as { name: string; verdict: Verdict; missing: number }[]);
for (const folder of folders)
  for (const file of readdirSync(folder).sort()) {
    const name = /^skull_(.*)\.nii\.gz$/.exec(file)?.[1];
    if (!name) continue;
    const skull = maskOf(readNifti(readFileSync(join(folder, file))));
    const { toCanonical } = align(skull, atlas);
    // Specks stay, but do not make the box larger.
    const bone: Mask = { grid: skull.grid, data: skull.data.slice() };
    keepLargestComponent(bone);
    const all = boundingBox([bone.data], skull.grid.size) as Box;
    const posed: Posed = { skull, toCanonical, all, vault: vaultBox(bone, toCanonical) };
    variants.forEach((variant, v) => {
      found[v].push({ name, ...judge(variant.make(posed), toCanonical) });
    });
    console.error(name);
  }

console.log(
  '| variant | accepted | warned | refused | missing beyond a face, mm: least, median, most | not as expected |',
);
console.log('| --- | --- | --- | --- | --- | --- |');
variants.forEach(({ name, expected }, v) => {
  const count = (verdict: Verdict): number => found[v].filter((f) => f.verdict === verdict).length;
  const missing = found[v].map((f) => f.missing).sort((a, b) => a - b);
  const figure = (value: number): string =>
    Number.isFinite(value) ? value.toFixed(1) : value > 0 ? 'all' : '–';
  const figures = [0, 0.5, 1].map((q) => figure(missing[Math.round(q * (missing.length - 1))]));
  const odd = found[v]
    .filter((f) => !expected.includes(f.verdict))
    .map((f) => `${f.name} ${f.verdict} (${figure(f.missing)})`);
  console.log(
    `| ${name} | ${count('accepted')} | ${count('warned')} | ${count('refused')} | ${figures.join(', ')} | ${odd.join(', ')} |`,
  );
});
