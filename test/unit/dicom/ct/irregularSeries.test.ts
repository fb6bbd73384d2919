import { beforeAll, describe, expect, it } from 'vitest';
import { readCtFiles } from '../../../../extension/src/dicom/ct/ctPixels.ts';
import { readCtSeries } from '../../../../extension/src/dicom/ct/ctSeries.ts';
import { summariseCt } from '../../../../extension/src/dicom/ct/ctSummary.ts';
import { assertRegular } from '../../../../extension/src/dicom/ct/irregularSlices.ts';
import { parsePart10 } from '../../../../extension/src/dicom/part10/part10.ts';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { segmentBone } from '../../../../extension/src/engine/bone/segmentBone.ts';
import type { Atlas } from '../../../../extension/src/engine/pose/atlas.ts';
import { reconstruct } from '../../../../extension/src/engine/reconstruct.ts';
import { indexToPatient, type Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { countSet, dice } from '../../../../extension/src/engine/space/voxels.ts';
import { shippedAtlas } from '../../../support/atlasFiles.ts';
import { alongNormals } from '../../../support/meshDistance.ts';
import { drawn, drawnOnSlices } from '../../../support/drawnOnSlices.ts';
import { headHu, scan, tableSteps, type Scan } from '../../../support/scannedHead.ts';

/** CT numbers that grow evenly along each axis of the patient: interpolated linearly, they come out exact. */
const ramp = ([x, y, z]: Vec3): number => 2 * x + 3 * y + 5 * z + 1000;
/** A small scan of it. */
const rampScan = (how: Scan) => scan(ramp, { pixels: 24, pixel: 2, ...how });

describe('irregular slices', () => {
  const two = [...tableSteps(-20, 0, 2.5), ...tableSteps(5, 20, 5)];
  const cases: [string, Scan, RegExp[]][] = [
    ['a gantry tilted by 12°', { tilt: 12, table: tableSteps(-20, 20, 2) }, [/tilted by 12\.0°/]],
    ['a gantry tilted by −25°', { tilt: -25, table: tableSteps(-20, 20, 2) }, [/tilted by 25\.0°/]],
    ['two slice distances', { table: two }, [/2\.50 to 5\.00 mm apart.* interpolated to 2\.50 mm/]],
    ['both', { tilt: 20, table: two }, [/tilted by 20\.0°/, /2\.35 to 4\.70 mm apart/]],
    [
      'thin slices at the base, thick ones above',
      { table: [...tableSteps(0, 28, 4), ...tableSteps(35, 56, 7)] },
      [/4\.00 to 7\.00 mm apart/],
    ],
    [
      'a missing slice in a gap that is no wider than usual slices',
      { table: [0, 0.5, 1, 1.5, 2.5, 3, 3.5, 4] },
      [/0\.50 to 1\.00 mm apart/, /lacks images after image 4: the gap of 1\.00 mm/],
    ],
  ];

  it.each(cases)('are brought to a regular grid: %s', (_, how, notes) => {
    const { series, volume } = readCtFiles(rampScan(how));
    expect(series.irregular?.notes).toHaveLength(notes.length);
    notes.forEach((note, n) => expect(series.irregular?.notes[n]).toMatch(note));
    const { grid, irregular } = series;
    let found = 0;
    for (let k = 0, p = 0; k < grid.size[2]; k++) {
      // Between the slices beside it, and a pixel away from their edges, where there is air.
      const beside = irregular?.places.filter((place) => Math.abs(place[2] - k) < 2) ?? [];
      const first = [0, 1].map((a) => Math.max(...beside.map((place) => place[a])));
      const last = [0, 1].map((a) => Math.min(...beside.map((place) => place[a])) + 23);
      for (let j = 0; j < grid.size[1]; j++)
        for (let i = 0; i < grid.size[0]; i++, p++) {
          if (i < first[0] || i > last[0] || j < first[1] || j > last[1]) continue;
          found++;
          const expected = ramp(indexToPatient(grid, [i, j, k]));
          expect(Math.abs(volume.data[p] - expected)).toBeLessThan(1.5);
        }
    }
    expect(found).toBeGreaterThan(0.7 * 24 * 24 * grid.size[2]);
  });

  it('of two distances keep those of the finer ones as they are', () => {
    const { series, volume } = readCtFiles(rampScan({ table: two }));
    const straight = readCtFiles(rampScan({ table: tableSteps(-20, 20, 2.5) }));
    expect(series.grid).toEqual(straight.series.grid);
    expect(volume.data).toEqual(straight.volume.data);
    expect(straight.series.irregular).toBeUndefined();
  });

  const refused: [string, Scan, RegExp][] = [
    [
      'missing slices',
      { table: [0, 2, 4, 6, 12, 14, 16, 18] },
      /^The CT lacks 2 slices \(after image 4, .*: send the whole series again\.$/,
    ],
    [
      'slices missing in a gap that is no multiple of their distance',
      { table: [0, 2, 4, 6, 17, 19, 21, 23] },
      /^The CT lacks 5 slices \(after image 4/,
    ],
    [
      'slices shifted in another way than by a tilt',
      { table: tableSteps(0, 20, 2), shifts: [0, 0, 0, 0, 3, 3, 3, 3, 3, 3, 3] },
      /^The CT slices are shifted sideways against each other, .*\(most at image 5\): choose/,
    ],
    [
      'more tilt than a gantry has',
      { tilt: 60, table: tableSteps(0, 20, 2) },
      /^The CT slices drift sideways by 60°, more than any gantry tilts: choose/,
    ],
  ];
  it.each(refused)('refuses %s', (_, how, message) => {
    expect(() => readCtFiles(rampScan(how))).toThrow(message);
  });

  it('are refused for the viewer, which would show them distorted', () => {
    const instances = (how: Scan) => rampScan(how).map((file) => parsePart10(file).dataset);
    const tilted = instances({ tilt: 12, table: two });
    const sentence =
      /tilted by 12\.0° and has unevenly spaced slices \(2\.45 to 4\.89 mm apart\), so the viewer would show it distorted: .* command line, .* with --straightened-ct\.$/;
    expect(() => assertRegular(readCtSeries(tilted))).toThrow(sentence);
    expect(summariseCt(tilted).problem).toMatch(sentence);
    assertRegular(readCtSeries(instances({ table: tableSteps(0, 20, 2) })));
  });
});

describe('a segmentation of irregular slices', () => {
  const tilted = rampScan({ tilt: 12, table: tableSteps(-20, 20, 2) });
  const { series } = readCtFiles(tilted);
  const mask = drawn(series.grid);
  const algorithm = { type: 'AUTOMATIC', name: 'ball', version: '1' } as const;
  const segment = { kind: 'skull', label: 'Ball', mask, algorithm } as const;

  it('is written on the straightened grid, names the series, and no slice as its source', () => {
    const file = writeSegmentation([segment], { ct: series }, { seriesDescription: 'Ball' });
    const read = readSegmentation(file, { onto: series });
    expect(read.segments[0].mask().data).toEqual(mask.data);
    expect(read.segments[0].description).toMatch(/straightened grid/);
    expect(read.referencedSeriesInstanceUID).toBe(series.seriesInstanceUID);
    const frames = read.dataset['PerFrameFunctionalGroupsSequence'] as Record<string, unknown>[];
    expect(frames.some((frame) => 'DerivationImageSequence' in frame)).toBe(false);
    // And it makes a regular grid by itself.
    expect(countSet(readSegmentation(file).segments[0].mask().data)).toBe(countSet(mask.data));
  });

  it('that was drawn on the slices as they were scanned is straightened with them', () => {
    const file = drawnOnSlices(series, segment);
    const read = readSegmentation(file, { onto: series }).segments[0].mask();
    expect(read.grid).toEqual(series.grid);
    expect(dice(read.data, mask.data)).toBeGreaterThan(0.95);
    // Without the CT nothing says that it is to be straightened.
    expect(() => readSegmentation(file)).toThrow(/shifted against each other/);
  });
});

describe('the patch of a head on irregular slices', () => {
  let atlas: Atlas;
  let straight: Awaited<ReturnType<typeof patchOf>>;

  async function patchOf(how: Scan) {
    const files = scan(headHu(atlas), { pixels: 240, pixel: 1, ...how });
    const skull = segmentBone(readCtFiles(files).volume, { threshold: 250 });
    return (await reconstruct({ skull, atlas, method: 'continuation' })).patch;
  }
  /** Mean and 95th percentile of how far its surface lies from that of the straight one, mm. */
  async function apart(how: Scan): Promise<{ mean: number; p95: number }> {
    const found = alongNormals((await patchOf(how)).mesh, straight.mesh);
    const mean = found.reduce((sum, d) => sum + d, 0) / found.length;
    return { mean, p95: found[Math.floor(0.95 * found.length)] };
  }

  beforeAll(async () => {
    atlas = await shippedAtlas();
    straight = await patchOf({ table: tableSteps(-110, 110, 1.5) });
  }, 60_000);

  it.each([12, 25])(
    'lies within 0.3 mm of that on straight ones, tilt %s°',
    async (tilt) => {
      const { mean, p95 } = await apart({ tilt, table: tableSteps(-160, 160, 1.5) });
      expect(mean).toBeLessThan(0.15);
      expect(p95).toBeLessThan(0.3);
    },
    60_000,
  );

  it('is as good as the thin slices where those go around the defect', async () => {
    const { mean, p95 } = await apart({
      table: [...tableSteps(-110, 50, 2.5), ...tableSteps(55, 110, 5)],
    });
    expect(mean).toBeLessThan(0.2);
    expect(p95).toBeLessThan(0.6);
  }, 60_000);

  it('is coarser, and no more, where thick slices cross it', async () => {
    const { mean } = await apart({
      table: [...tableSteps(-110, 20, 2.5), ...tableSteps(25, 110, 5)],
    });
    expect(mean).toBeLessThan(0.4);
  }, 60_000);
});
