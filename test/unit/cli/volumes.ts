import { gunzipSync } from 'node:zlib';
import type { Grid } from '../../../extension/src/engine/space/grid.ts';
import { phantomCases } from '../../conformance/phantom.ts';

/** Every geometry of the phantom, and a half turn about each axis, which has no simple quaternion. */
export const grids: readonly (readonly [string, Grid])[] = [
  ...phantomCases.map(({ name, grid }) => [name, grid] as const),
  ...[
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
    [-1, 1, 1],
  ].map(
    (signs) =>
      [
        `signs ${signs.join(' ')}`,
        {
          ...phantomCases[0].grid,
          axes: [
            [signs[0], 0, 0],
            [0, signs[1], 0],
            [0, 0, signs[2]],
          ],
        } as Grid,
      ] as const,
  ),
];

/** A header field of the NIfTI file is changed. */
export function withHeader(file: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(gunzipSync(file));
  change(new DataView(bytes.buffer));
  return bytes;
}
