import { beforeAll, describe, expect, it } from 'vitest';
import { align } from '../../../extension/src/engine/pose/align.ts';
import type { Atlas } from '../../../extension/src/engine/pose/atlas.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { gridDistance } from '../../../extension/src/engine/space/grid.ts';
import type { Vec3 } from '../../../extension/src/engine/space/grid.ts';
import { comparePatches } from '../../../extension/src/engine/judge/metrics.ts';
import { emptyMask } from '../../../extension/src/engine/space/volume.ts';
import { countSet, dice } from '../../../extension/src/engine/space/voxels.ts';
import type { LoadedModel } from '../../../extension/src/engine/cascade/model.ts';
import { checkModel } from '../../../extension/src/engine/cascade/model.ts';
import type {
  Reconstruction,
  ReconstructRequest,
} from '../../../extension/src/engine/reconstruction.ts';
import { cropToContent, partInBox, wholeBox } from '../../../extension/src/engine/space/crop.ts';
import { reconstruct } from '../../../extension/src/engine/reconstruct.ts';
import { canonicalGrid, regionGrid } from '../../../extension/src/engine/space/canonical.ts';
import {
  occupancyAlong,
  resampleOccupancy,
  resampleToCanonical,
  restoreToNative,
} from '../../../extension/src/engine/space/resample.ts';
import { signedDistance } from '../../../extension/src/engine/space/signedDistance.ts';
import type { RigidTransform } from '../../../extension/src/engine/space/transform.ts';
import {
  applyRigid,
  composeRigid,
  determinant3,
  invertRigid,
  rotationAngle,
  rotationFromEuler,
} from '../../../extension/src/engine/space/transform.ts';
import type { InferenceBackend } from '../../../extension/src/engine/cascade/backend.ts';
import { siteOf } from '../../../extension/src/engine/shape/site.ts';
import { shippedAtlas } from '../../support/atlasFiles.ts';
import {
  phantomGrid,
  phantomSkull,
  straightPose,
  type PhantomDefect,
} from '../../support/phantomSkull.ts';

let atlas: Atlas;
beforeAll(async () => {
  atlas = await shippedAtlas();
});

const rad = (degrees: number): number => (degrees * Math.PI) / 180;

/** A pose turned about the middle of the vault. */
function turned(x: number, y: number, z: number, shift: Vec3): RigidTransform {
  const rotation = rotationFromEuler(rad(x), rad(y), rad(z));
  return composeRigid(straightPose, { rotation, translation: shift });
}

describe('align', () => {
  for (const [x, y, z, shift] of [
    [0, 0, 0, [0, 0, 0]],
    [20, 0, 0, [10, -5, 5]],
    [-18, 12, -15, [-10, 8, -8]],
    [5, -20, 20, [0, 12, 4]],
  ] as const)
    it(`recovers a skull turned by ${x}, ${y}, ${z} degrees, defect and all`, () => {
      const pose = turned(x, y, z, shift);
      const { defective } = phantomSkull(atlas, pose);
      const found = align(defective, atlas);
      const difference = composeRigid(found.toCanonical, invertRigid(pose));
      expect(rotationAngle(difference.rotation)).toBeLessThan(2);
      const moved = applyRigid(difference, atlas.centre);
      expect(Math.hypot(...moved.map((v, a) => v - atlas.centre[a]))).toBeLessThan(2);
      expect(determinant3(found.toCanonical.rotation)).toBeCloseTo(1, 6);
      expect(found.residual).toBeLessThan(1.5);
    });

  it('refuses an empty segment', () => {
    expect(() => align(emptyMask(phantomGrid), atlas)).toThrowError(
      expect.objectContaining({ code: 'empty-skull' }),
    );
  });

  it('refuses what is no skull', () => {
    const block = emptyMask(phantomGrid);
    for (let k = 60; k < 120; k++)
      for (let j = 20; j < 180; j++)
        block.data.fill(1, 90 + 200 * (j + 200 * k), 110 + 200 * (j + 200 * k));
    expect(() => align(block, atlas)).toThrowError(
      expect.objectContaining({ code: 'alignment-failed' }),
    );
  });
});

describe('resampling', () => {
  it('says to a fraction of a voxel where the surface is', () => {
    const grid = { ...canonicalGrid(80, 0.45), origin: [-17.8, -17.8, -17.8] as Vec3 };
    const ball = emptyMask(grid);
    const radius = 12.3;
    for (let k = 0, p = 0; k < 80; k++)
      for (let j = 0; j < 80; j++)
        for (let i = 0; i < 80; i++, p++)
          if (Math.hypot(...[i, j, k].map((v) => v * 0.45 - 17.8)) < radius) ball.data[p] = 1;
    const placed = { field: signedDistance(ball), toCanonical: turned(20, -10, 5, [30, 30, 30]) };
    const centre = applyRigid(placed.toCanonical, [0, 0, 0]);
    const part = regionGrid(canonicalGrid(64, 0.8), {
      start: centre.map((v) => Math.round(v / 0.8) - 18) as unknown as Vec3,
      size: [36, 36, 36],
    });
    const soft = new Float32Array(36 ** 3);
    resampleOccupancy(placed, part, soft);
    const along = occupancyAlong(placed, 0.8);
    const step = Float64Array.of(0.8, 0, 0);
    const row = new Float32Array(36);
    const errors: number[] = [];
    for (let k = 0, p = 0; k < 36; k++)
      for (let j = 0; j < 36; j++) {
        const start = Float64Array.from([0, j, k], (v, a) => part.origin[a] + 0.8 * v);
        along(start, step, row, 0, 36);
        for (let i = 0; i < 36; i++, p++) {
          const [x, y, z] = [i, j, k].map((v, a) => part.origin[a] + 0.8 * v);
          expect(row[i]).toBeCloseTo(soft[p], 5);
          const d = Math.hypot(x - centre[0], y - centre[1], z - centre[2]) - radius;
          const want = Math.min(1, Math.max(0, 0.5 - d / 0.8));
          if (Math.abs(d) < 0.4) errors.push(Math.abs(soft[p] - want) * 0.8);
          else expect(Math.abs(soft[p] - want)).toBeLessThan(0.3);
        }
      }
    // Half of a native voxel would be 0.22 mm.
    expect(errors.reduce((a, b) => a + b) / errors.length).toBeLessThan(0.07);
  });

  it('native → canonical → native gives the skull back', () => {
    const pose = turned(10, -6, 8, [3, 2, -4]);
    const { defective } = phantomSkull(atlas, pose);
    const canonical = resampleToCanonical(
      { field: signedDistance(defective), toCanonical: pose },
      canonicalGrid(256, 0.8),
    );
    const part = restoreToNative(
      { grid: canonical.grid, data: Float32Array.from(canonical.data) },
      pose,
      emptyMask(defective.grid),
    );
    const back = partInBox(part, defective.grid, wholeBox(defective.grid));
    expect(gridDistance(back.grid, defective.grid)).toBe(0);
    // Bone below the canonical volume is cut off, so only the vault is compared.
    const vault = new Uint8Array(defective.data.length);
    const [nx, ny, nz] = defective.grid.size;
    for (let k = 0, p = 0; k < nz; k++)
      for (let j = 0; j < ny; j++)
        for (let i = 0; i < nx; i++, p++) {
          if (!defective.data[p]) continue;
          const { grid } = defective;
          const q = applyRigid(pose, [
            grid.origin[0] + i * grid.spacing[0],
            grid.origin[1] + j * grid.spacing[1],
            grid.origin[2] + k * grid.spacing[2],
          ]);
          if (q[2] > 2) vault[p] = 1;
        }
    const clipped = back.data.map((v, p) => (v && (vault[p] || !defective.data[p]) ? 1 : 0));
    expect(dice(clipped, vault)).toBeGreaterThan(0.96);
  });
});

/** A model whose networks are never run: mirroring needs its clearance only. */
const idle: InferenceBackend = {
  provider: 'cpu',
  load: async () => undefined,
  run: async () => ({}),
  release: async () => undefined,
};

function mirrorRequest(skull: ReconstructRequest['skull']): ReconstructRequest {
  return { skull, atlas, method: 'mirror' };
}

describe('reconstruct with what the networks are given', () => {
  it('closes the defect of an asymmetric pose without a model', async () => {
    const { defective, patch } = phantomSkull(atlas, turned(8, 5, -10, [4, -3, 2]));
    const result = await reconstruct({ skull: defective, atlas, method: 'continuation' });
    const cavity = applyRigid(invertRigid(result.alignment.toCanonical), atlas.centre);
    const metrics = comparePatches(defective, result.patch.mask, patch, cavity);
    expect(metrics.dice).toBeGreaterThan(0.85);
    expect(metrics.openShare).toBeLessThan(0.02);
    expect(result.model.name).toBe('continuation');
  });

  it('refuses a fuller shape where nothing knows any, and says what does', async () => {
    const { defective } = phantomSkull(atlas, turned(8, 5, -10, [4, -3, 2]));
    for (const method of ['continuation', 'mirror'] as const)
      await expect(
        reconstruct({ skull: defective, atlas, method, alternative: 'fuller' }),
      ).rejects.toMatchObject({
        code: 'bad-usage',
        message: expect.stringContaining('shape prior') as unknown,
      });
  });
});

describe('reconstruct with the mirrored skull', () => {
  it('says that a head lies back to front in its file', async () => {
    const { defective } = phantomSkull(atlas, turned(0, 0, 180, [0, 0, 0]));
    const { warnings } = await reconstruct(mirrorRequest(defective));
    const [told] = warnings.filter(({ code }) => code === 'turned-head');
    expect(told.message).toMatch(/turned by 1(7[5-9]|80)° /);
  });

  it('closes the defect of a symmetric phantom and measures it', async () => {
    const { defective, patch, thickness } = phantomSkull(atlas, turned(8, 5, -10, [4, -3, 2]));
    const seen: string[] = [];
    const result = await reconstruct({
      ...mirrorRequest(defective),
      onProgress: (p) => seen.push(p.stage),
    });
    const cavity = applyRigid(invertRigid(result.alignment.toCanonical), atlas.centre);
    const metrics = comparePatches(defective, result.patch.mask, patch, cavity);
    expect(metrics.dice).toBeGreaterThan(0.85);
    expect(metrics.outerSurfaceError).toBeLessThan(1.25);
    expect(metrics.openShare).toBeLessThan(0.01);
    expect(metrics.borderDistance).toBeLessThan(1.25);
    const perfect = comparePatches(defective, patch, patch, cavity);
    expect(perfect).toMatchObject({ dice: 1, borderDistance: 0, borderCurvatureError: 0 });
    expect(metrics.borderCurvatureError).toBeGreaterThan(0);
    expect(result.patch.measurements.meanThickness).toBeGreaterThan(thickness - 1.5);
    expect(result.patch.measurements.meanThickness).toBeLessThan(thickness + 1.5);
    expect(result.warnings.map((w) => w.code)).toContain('mirrored-baseline');
    expect(seen).toEqual([
      'align',
      'resample',
      'coarse',
      'postprocess',
      'restore',
      'surfaces',
      'measure',
    ]);
    expect(result.patch.mask.data.some((v, p) => v && defective.data[p])).toBe(false);
  });

  it('closes every opening, not the largest only, and no sliver beside one', async () => {
    const { defective } = phantomSkull(atlas, straightPose);
    const parietal: PhantomDefect = { centre: [160, 140, 90], radius: 16 };
    const { patch: second } = phantomSkull(atlas, straightPose, parietal);
    for (let p = 0; p < second.data.length; p++) if (second.data[p]) defective.data[p] = 0;
    for (const method of ['mirror', 'continuation'] as const) {
      const { patch, pieces } = await reconstruct({ skull: defective, atlas, method });
      let common = 0;
      for (let p = 0; p < second.data.length; p++) common += second.data[p] & patch.mask.data[p];
      expect(common / countSet(second.data), method).toBeGreaterThan(0.8);
      expect(
        pieces.map(({ middle }) => siteOf(middle, straightPose)),
        method,
      ).toEqual(['right frontal', 'left parietal']);
    }
  });

  it('puts back bone beyond a grid that ends where the bone does', async () => {
    const left: PhantomDefect = { centre: [178, 115, 60], radius: 65 };
    const { defective } = phantomSkull(atlas, straightPose, left);
    const tight = cropToContent(defective, 0);
    const clipped = await reconstruct(mirrorRequest(tight));
    const grown = await reconstruct({ ...mirrorRequest(tight), mayGrow: true });
    const free = await reconstruct({ ...mirrorRequest(defective), mayGrow: true });
    const codes = (result: Reconstruction) => result.warnings.map(({ code }) => code);
    expect(codes(clipped)).toContain('touches-volume-edge');
    expect(codes(grown)).not.toContain('touches-volume-edge');
    expect([clipped.grown, free.grown]).toEqual([undefined, undefined]);
    const { grid } = grown.patch.mask;
    expect(grown.grown?.grid).toEqual(grid);
    expect(countSet(grown.grown?.data as Uint8Array)).toBe(countSet(defective.data));
    const volume = (result: Reconstruction) => countSet(result.patch.mask.data);
    expect(volume(clipped) / volume(free)).toBeLessThan(0.9);
    expect(volume(grown) / volume(free)).toBeGreaterThan(0.98);
    expect(volume(grown) / volume(free)).toBeLessThan(1.02);
    // The grid goes on at that side alone, no further than the patch does.
    expect(grid.size[0]).toBeGreaterThan(tight.grid.size[0] + 2);
    expect(grid.size[0]).toBeLessThan(tight.grid.size[0] + 20);
    expect(grid.origin[0]).toBe(tight.grid.origin[0]);
  });

  it('says so when there is no defect', async () => {
    const { complete } = phantomSkull(atlas, straightPose);
    await expect(reconstruct(mirrorRequest(complete))).rejects.toMatchObject({ code: 'no-defect' });
  });

  it('refuses a scan that is cut off at the vertex', async () => {
    const { defective } = phantomSkull(atlas, straightPose);
    const { grid, data } = defective;
    const cut = 105;
    const size: Vec3 = [grid.size[0], grid.size[1], cut];
    const short = { grid: { ...grid, size }, data: data.slice(0, 200 * 200 * cut) };
    const failure = await reconstruct(mirrorRequest(short)).catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(CranioplastyError);
    expect(['skull-incomplete', 'alignment-failed']).toContain((failure as CranioplastyError).code);
  });

  it('stops when it is cancelled', async () => {
    const { defective } = phantomSkull(atlas, straightPose);
    await expect(
      reconstruct({ ...mirrorRequest(defective), signal: { aborted: true } }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('checkModel', () => {
  const output = [1, 1, 2, 2, 2];
  const tensor = (dims: number[], size: number) => ({
    dims,
    data: new Float32Array(size).fill(0.25),
  });
  const network = (channels: number) => ({
    inputs: [{ name: 'x', shape: [1, channels, 2, 2, 2] }],
  });
  const golden = (channels: number) => async () => ({
    input: tensor([1, channels, 2, 2, 2], 8 * channels),
    patch: tensor(output, 8),
    implant: tensor(output, 8),
  });
  const model = {
    manifest: {
      networks: { coarse: network(2), fine: network(3) },
      golden: { coarse: { tolerance: 1e-3 }, fine: { tolerance: 1e-3 } },
    },
    networks: { coarse: new Uint8Array(), fine: new Uint8Array() },
    golden: { coarse: golden(2), fine: golden(3) },
    hash: '',
  } as unknown as LoadedModel;
  const answering = (value: number): InferenceBackend => ({
    ...idle,
    run: async () => ({
      patch: { dims: output, data: new Float32Array(8).fill(value) },
      implant: { dims: output, data: new Float32Array(8).fill(value) },
    }),
  });

  it('passes a backend that gives the golden values', async () => {
    await expect(checkModel(model, answering(0.2505))).resolves.toBeUndefined();
  });

  for (const wrong of [0, NaN])
    it(`refuses a backend that gives ${wrong} without an error`, async () => {
      await expect(checkModel(model, answering(wrong))).rejects.toMatchObject({
        code: 'inference-failed',
      });
    });
});
