import { describe, expect, it } from 'vitest';
import { drawPlane } from '../../../extension/src/pictures/drawPlane.ts';
import { drawSurfaces } from '../../../extension/src/pictures/drawSurfaces.ts';
import type { Raster } from '../../../extension/src/pictures/raster.ts';
import { identityAxes, type Grid, type Vec3 } from '../../../extension/src/engine/space/grid.ts';
import { emptyMask } from '../../../extension/src/engine/space/volume.ts';
import { maskSurface } from '../../../extension/src/engine/surface/skullSurface.ts';

const grid: Grid = {
  size: [40, 40, 40],
  spacing: [1, 1, 1],
  origin: [0, 0, 0],
  axes: identityAxes,
};

function ball(x: number, y: number, z: number, radius: number) {
  const mask = emptyMask(grid);
  for (let k = 0, p = 0; k < 40; k++)
    for (let j = 0; j < 40; j++)
      for (let i = 0; i < 40; i++, p++)
        if (Math.hypot(i - x, j - y, k - z) < radius) mask.data[p] = 1;
  return mask;
}

/** Mean place of the pixels of which a channel is the brightest, as shares of the picture; undefined without any. */
function placeOf({ width, data }: Raster, channel: number): [number, number] | undefined {
  let [x, y, count] = [0, 0, 0];
  const height = data.length / 4 / width;
  for (let p = 0; p < data.length / 4; p++) {
    const [own, other, third] = [0, 1, 2].map((c) => data[4 * p + ((channel + c) % 3)]);
    if (own < 20 || own <= other + 10 || own <= third + 10) continue;
    x += (p % width) / width;
    y += Math.floor(p / width) / height;
    count += 1;
  }
  return count > 0 ? [x / count, y / count] : undefined;
}

describe('a picture of surfaces', () => {
  const head = { mesh: maskSurface(ball(20, 20, 20, 12)), rgb: [200, 200, 200] as const };
  /** A bump at the patient's left, in front and above. */
  const bump = { mesh: maskSurface(ball(28, 12, 28, 6)), rgb: [0, 255, 0] as const };
  const from = (towards: Vec3) => placeOf(drawSurfaces([head, bump], towards, 120, 90), 1);

  it("has the patient's left on the right and the vertex up, seen from the front", () => {
    const [x, y] = from([0, -1, 0]) ?? [];
    expect(x).toBeGreaterThan(0.55);
    expect(y).toBeLessThan(0.45);
  });

  it('has it on the left, seen from behind above, as far as it is not hidden', () => {
    const [x] = from([0, 0.8, 0.6]) ?? [];
    expect(x).toBeLessThan(0.45);
  });

  it('has the face up, seen from above', () => {
    const [, y] = from([0, 0, 1]) ?? [];
    expect(y).toBeLessThan(0.45);
  });

  it('does not show what lies behind', () => {
    const behind = { mesh: maskSurface(ball(20, 33, 20, 3)), rgb: [0, 255, 0] as const };
    expect(placeOf(drawSurfaces([head, behind], [0, -1, 0], 120, 90), 1)).toBeUndefined();
  });

  it('takes the colour of each vertex where there is one', () => {
    const colours = new Uint8Array(bump.mesh.positions.length);
    for (let v = 2; v < colours.length; v += 3) colours[v] = 255;
    const picture = drawSurfaces([head, { ...bump, colours }], [0, -1, 0], 120, 90);
    expect(placeOf(picture, 1)).toBeUndefined();
    expect(placeOf(picture, 2)).toBeDefined();
  });

  it('is black without anything to draw', () => {
    const { data } = drawSurfaces([], [0, -1, 0], 8, 6);
    expect(data).toHaveLength(4 * 48);
    expect(Math.max(...data.filter((_, p) => p % 4 !== 3))).toBe(0);
  });
});

describe('a picture of a plane', () => {
  const shape = { mask: ball(30, 8, 32, 5), rgb: [0, 255, 0] as const, filled: true };
  const flat = (value: number) => new Int16Array(1600).fill(value);
  const draw = (axis: number, at: number) => drawPlane(flat(-500), grid, { axis, at }, [shape], 80);

  it("is axial with the patient's left on the right and the face up", () => {
    const plane = draw(2, 32);
    const [x, y] = placeOf(plane, 1) ?? [];
    expect(plane.name).toBe('axial');
    expect(x).toBeGreaterThan(0.6);
    expect(y).toBeLessThan(0.4);
  });

  it('is coronal with the vertex up, and sagittal with the face on the left', () => {
    const [coronal, sagittal] = [draw(1, 8), draw(0, 30)];
    expect([coronal.name, sagittal.name]).toEqual(['coronal', 'sagittal']);
    expect(placeOf(coronal, 1)?.[0]).toBeGreaterThan(0.6);
    expect(placeOf(coronal, 1)?.[1]).toBeLessThan(0.4);
    expect(placeOf(sagittal, 1)?.[0]).toBeLessThan(0.4);
    expect(placeOf(sagittal, 1)?.[1]).toBeLessThan(0.4);
  });

  it('hangs the same whichever way the axes of the grid run', () => {
    const turned: Grid = {
      size: [40, 40, 40],
      spacing: [1, 1, 2],
      origin: [39, 39, 0],
      // Left and posterior run backwards.
      axes: [
        [-1, 0, 0],
        [0, -1, 0],
        [0, 0, 1],
      ],
    };
    const mask = { ...ball(9, 31, 32, 5), grid: turned };
    const plane = drawPlane(flat(0), turned, { axis: 2, at: 32 }, [{ ...shape, mask }], 80);
    const [x, y] = placeOf(plane, 1) ?? [];
    expect(x).toBeGreaterThan(0.6);
    expect(y).toBeLessThan(0.4);
    // Thick slices keep their proportion.
    expect(drawPlane(flat(0), turned, { axis: 1, at: 8 }, [], 80).height).toBe(160);
  });

  it('shows a shape by its outline alone, so that another one shows inside it', () => {
    const outline = { mask: ball(30, 8, 32, 5), rgb: [0, 0, 255] as const, filled: false };
    const plane = drawPlane(flat(-500), grid, { axis: 2, at: 32 }, [shape, outline], 80);
    expect(placeOf(plane, 1)).toBeDefined();
    expect(placeOf(plane, 2)).toBeDefined();
  });

  it('shows bone white and air black', () => {
    expect(drawPlane(flat(1500), grid, { axis: 2, at: 0 }, [], 4).data[0]).toBe(255);
    expect(drawPlane(flat(-1000), grid, { axis: 2, at: 0 }, [], 4).data[0]).toBe(0);
  });
});
