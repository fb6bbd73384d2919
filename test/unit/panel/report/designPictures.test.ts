import { describe, expect, it } from 'vitest';
import { maskSurface } from '../../../../extension/src/engine/surface/skullSurface.ts';
import { identityAxes, type Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';
import {
  designPictures,
  type DesignPicture,
} from '../../../../extension/src/services/report/designPictures.ts';
import {
  describeDesign,
  designPage,
} from '../../../../extension/src/services/report/designReport.ts';
import {
  drawPictures,
  type PictureToDraw,
} from '../../../../extension/src/pictures/drawPictures.ts';
import type { Raster } from '../../../../extension/src/pictures/raster.ts';
import type { StudyResult } from '../../../../extension/src/state/studyState.ts';
import { designedResult, result } from '../storing/results.ts';

/** A ball of 8 mm as implant, as thick as its vertices are numbered. */
function ballAlong(axis: Vec3): StudyResult {
  const mask = emptyMask({
    size: [24, 24, 24],
    spacing: [1, 1, 1],
    origin: [0, 0, 0],
    axes: identityAxes,
  });
  for (let p = 0; p < mask.data.length; p++) {
    const [i, j, k] = [p % 24, Math.floor(p / 24) % 24, Math.floor(p / 576)];
    if (Math.hypot(i - 12, j - 12, k - 12) < 8) mask.data[p] = 1;
  }
  const mesh = maskSurface(mask);
  const known = designedResult();
  if (!known.design) throw new Error('nothing was designed');
  const count = mesh.positions.length / 3;
  const thickness = new Float32Array(count).fill(4);
  const maps = { thickness, gap: new Float32Array(count).fill(NaN) };
  const { implant, shape } = known.design;
  const shown = { ...shape, mesh, measurements: { ...shape.measurements, extent: 32 } };
  const design = { implant: { ...implant, axis, meshes: [mesh], maps }, shape: shown };
  return {
    ...known,
    design,
    computed: { ...known.computed, implant: shown },
    shapes: { ...known.shapes, implant: shown },
  };
}

async function picturesOf(
  shown: StudyResult,
): Promise<{ pictures: DesignPicture[]; rasters: Raster[] }> {
  const rasters: Raster[] = [];
  const encodePicture = (raster: Raster) => `data:image/jpeg;base64,${rasters.push(raster)}`;
  const draw = async (pictures: readonly PictureToDraw[]) => drawPictures(pictures);
  return { pictures: await designPictures(shown, { encodePicture }, { draw }), rasters };
}

describe('the pictures of a designed implant', async () => {
  const { pictures, rasters } = await picturesOf(ballAlong([-1, 0, 0]));

  it('are from six sides, in its place and of both maps', () => {
    expect(pictures.map(({ name }) => name)).toEqual([
      'From outside, along the insertion axis',
      'From inside',
      'From its cranial side',
      'From its caudal side',
      // What looks at the patient's right has the face on its right.
      'From its anterior side',
      'From its posterior side',
      'In its place, along the insertion axis',
      'Thickness, from outside',
      'Gap to bone, from outside',
    ]);
    expect(pictures.map(({ most }) => most)).toEqual([
      ...Array.from({ length: 7 }, () => undefined),
      4,
      3,
    ]);
  });

  it('have one scale: half as wide as the extent is half a picture', () => {
    for (const { width, height, data } of rasters.slice(0, 6)) {
      const columns = new Set<number>();
      for (let p = 0; p < data.length / 4; p++)
        // Blue is the implant, the bar is white.
        if (data[4 * p + 2] > data[4 * p] + 20) columns.add(p % width);
      expect(columns.size / height).toBeGreaterThan(0.42);
      expect(columns.size / height).toBeLessThan(0.5);
    }
  });

  it('are coloured by what is measured, grey where nothing is', () => {
    const middle = ({ width, height, data }: Raster) => {
      const at = 4 * (width / 2 + width * (height / 2));
      return [...data.slice(at, at + 3)];
    };
    const [thickness, gap] = rasters.slice(-2).map(middle);
    expect(thickness[0]).toBeGreaterThan(2 * thickness[1]);
    expect(gap[0]).toBe(gap[1]);
  });

  it('name the sides of an implant at the vertex and on the left', async () => {
    const names = async (axis: Vec3) =>
      (await picturesOf(ballAlong(axis))).pictures
        .slice(2, 6)
        .map(({ name }) => /its (\w+) side/.exec(name)?.[1]);
    expect(await names([0, 0, 1])).toEqual(['anterior', 'posterior', 'right', 'left']);
    expect(await names([1, 0, 0])).toEqual(['cranial', 'caudal', 'posterior', 'anterior']);
    expect(await names([0, -1, 0])).toEqual(['cranial', 'caudal', 'left', 'right']);
  });

  it('have no maps where those are of another surface, and are none of a predicted implant', async () => {
    const shown = ballAlong([0, 0, 1]);
    const { implant } = shown.shapes;
    const edited = { ...shown, shapes: { ...shown.shapes, implant: { ...implant } } };
    expect((await picturesOf(edited)).pictures).toHaveLength(7);
    expect((await picturesOf(result())).pictures).toEqual([]);
  });
});

describe("the designer's page", () => {
  it('says where the axis passes, what the implant measures, and what the printer holds', async () => {
    const shown = ballAlong([-1, 0, 0]);
    const design = describeDesign(shown);
    if (!design) throw new Error('nothing was designed');
    const details = { short: 5.04, middle: 60, long: 80.96 };
    const sized = {
      ...design,
      checks: [
        { name: 'size', result: 'pass', value: 81, unit: 'mm', message: 'Long.', details } as const,
      ],
    };
    const html = designPage(sized, (await picturesOf(shown)).pictures, 'Research use only');
    expect(html).toMatch(/It passes through<\/td><td>LPS [\d.]+, [\d.]+, [\d.]+ mm/);
    for (const text of [
      'Research use only',
      'right (LPS -1.00, 0.00, 0.00)',
      '5.0 × 60.0 × 81.0 mm',
      '250 × 250 × 250 mm',
      'Thickness, from outside<span class="scale">0 ',
      '4.0 mm or more',
      'Mass',
      'the white bar is 10 mm',
    ])
      expect(html).toContain(text);
    expect(html.match(/<img /g)).toHaveLength(9);
  });
});
