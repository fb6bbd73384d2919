import { describe, expect, it } from 'vitest';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import {
  asymmetricCt,
  phantomCases,
  phantomCt,
  phantomSegments,
  uidSource,
} from '../../../conformance/phantom.ts';

const now = new Date('2026-01-02T03:04:05Z');

describe.each(phantomCases)('segmentation round trip, $name', ({ grid }) => {
  const { series, volume } = phantomCt(grid);
  const segments = phantomSegments(series.grid);
  const file = writeSegmentation(
    segments,
    { ct: series },
    { seriesDescription: 'Cranioplasty', newUid: uidSource(7), now },
  );

  it('keeps the CT numbers', () => {
    const original = asymmetricCt(grid);
    const sameOrder = grid.axes[2].every((v, c) => Math.abs(v - series.grid.axes[2][c]) < 1e-9);
    const pixels = grid.size[0] * grid.size[1];
    for (let k = 0; k < grid.size[2]; k++) {
      const source = sameOrder ? k : grid.size[2] - 1 - k;
      expect(volume.data.subarray(k * pixels, (k + 1) * pixels)).toEqual(
        original.data.subarray(source * pixels, (source + 1) * pixels),
      );
    }
  });

  it('keeps every voxel of overlapping segments on the CT', () => {
    const read = readSegmentation(file, { onto: series });
    expect(read.segments.map((s) => s.label)).toEqual(['Skull patch', 'Implant']);
    read.segments.forEach((segment, s) => {
      expect(segment.mask().data).toEqual(segments[s].mask.data);
    });
  });

  it('does not depend on the order of the source files', () => {
    const shuffled = phantomCt(grid, (files) => [...files].reverse()).series;
    const again = writeSegmentation(
      phantomSegments(shuffled.grid),
      { ct: shuffled },
      { seriesDescription: 'Cranioplasty', newUid: uidSource(7), now },
    );
    expect(Buffer.from(again).equals(Buffer.from(file))).toBe(true);
  });
});
