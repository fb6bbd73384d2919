import { voxelCount, type Grid } from '../../engine/space/grid.ts';
import { emptyMask, type Mask } from '../../engine/space/volume.ts';

/**
 * An empty mask that workers read where it lies, without a copy, where the page is isolated and so may share memory.
 * Whoever fills it does so before it is handed on.
 */
export function sharedMask(grid: Grid): Mask {
  if (globalThis.crossOriginIsolated !== true || typeof SharedArrayBuffer === 'undefined')
    return emptyMask(grid);
  return { grid, data: new Uint8Array(new SharedArrayBuffer(voxelCount(grid))) };
}
