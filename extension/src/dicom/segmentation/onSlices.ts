import type { Mask } from '../../engine/space/volume.ts';
import type { CtSeries } from '../ct/ctSeries.ts';
import { straighten } from '../ct/straighten.ts';
import { samePose, type Plane } from '../frames/planes.ts';

/** Largest distance of a frame from the slice that it is taken for, in pixels. */
const tolerance = 0.1;
/** Inside a segment, in whole numbers fine enough to be interpolated. */
const inside = 1000;

/** A CT whose slices may be irregular. */
type Onto = Pick<CtSeries, 'grid'> & Partial<Pick<CtSeries, 'slices' | 'irregular'>>;

/**
 * Which slices of an irregular CT the frames lie on: a segmentation may have been drawn on them as they were scanned.
 * @returns the number of each frame's slice; undefined if a frame lies on none, or the CT is regular
 */
export function slicesOfFrames(
  { slices = [], irregular }: Onto,
  planes: readonly Plane[],
  columns: number,
  rows: number,
): number[] | undefined {
  if (columns !== irregular?.columns || rows !== irregular.rows) return undefined;
  const found = planes.map((plane) =>
    slices.findIndex(
      (slice) =>
        samePose(slice.plane, plane) &&
        Math.hypot(...plane.position.map((v, c) => v - slice.plane.position[c])) <
          tolerance * Math.min(...plane.spacing),
    ),
  );
  return found.includes(-1) ? undefined : found;
}

/**
 * A segment drawn on the slices of an irregular CT, on the grid to which that is straightened.
 * @param drawn frames with their slices; 0 or 1, read while they are given
 */
export function straightenSegment(
  { grid, slices = [], irregular }: Onto,
  drawn: Iterable<readonly [slice: number, frame: Uint8Array]>,
): Mask {
  if (!irregular) throw new Error('the CT is regular');
  const pixels = irregular.columns * irregular.rows;
  const planes = slices.map(() => new Int16Array(pixels));
  for (const [slice, frame] of drawn) {
    const plane = planes[slice];
    for (let p = 0; p < pixels; p++) if (frame[p] !== 0) plane[p] = inside;
  }
  const values = straighten(planes, irregular, grid, 0);
  const data = new Uint8Array(values.length);
  for (let p = 0; p < data.length; p++) data[p] = 2 * values[p] >= inside ? 1 : 0;
  return { grid, data };
}
