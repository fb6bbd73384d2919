import type { Grid, Vec3 } from '../engine/space/grid.ts';
import type { Mask } from '../engine/space/volume.ts';
import { blankRaster, type Raster } from './raster.ts';

/** A shape that is drawn over a plane. */
export interface ShapeOnPlane {
  readonly mask: Mask;
  readonly rgb: readonly [number, number, number];
  /** Filled, or only its outline, so that of two shapes in one place both are to be seen. */
  readonly filled: boolean;
}

/** Opacity of a filled shape: the bone shows through. */
const fill = 0.5;
/** Bone window, HU: black below, and how much from black to white. */
const black = -500;
const range = 2000;

const patientAxes = ['sagittal', 'coronal', 'axial'] as const;
export type PlaneName = (typeof patientAxes)[number];

/** How a plane of a grid lies in the picture. */
interface Layout {
  readonly name: PlaneName;
  /** Axis of the grid to the right and whether it runs to the left instead. */
  readonly across: { readonly axis: number; readonly turned: boolean };
  /** Axis of the grid downward and whether it runs upward instead. */
  readonly down: { readonly axis: number; readonly turned: boolean };
}

/** Which axis of the patient a direction runs along most: 0 left, 1 posterior, 2 superior. */
const mostly = (direction: Vec3): number => {
  const sizes = direction.map(Math.abs);
  return sizes.indexOf(Math.max(...sizes));
};

/** As radiologists hang them: the patient's right on the left, the face to the left, the vertex or the face up. */
function layoutOf(grid: Grid, normal: number): Layout {
  const [a, b] = [0, 1, 2].filter((axis) => axis !== normal);
  const [upright, across] =
    mostly(grid.axes[a]) === 2 || (mostly(grid.axes[b]) !== 2 && mostly(grid.axes[a]) === 1)
      ? [a, b]
      : [b, a];
  const runs = (axis: number): number => grid.axes[axis][mostly(grid.axes[axis])];
  const downward = mostly(grid.axes[upright]) === 2 ? runs(upright) < 0 : runs(upright) > 0;
  return {
    name: patientAxes[mostly(grid.axes[normal])],
    across: { axis: across, turned: runs(across) < 0 },
    down: { axis: upright, turned: !downward },
  };
}

/**
 * Draws a plane of a CT in the bone window with the outlines of shapes, without the viewer.
 *
 * @param hu values of the plane in HU, the lower of its two axes fastest
 * @param normal the axis of the grid that the plane is across, and its place along it
 * @param width of the picture; its height follows from the plane
 */
export function drawPlane(
  hu: Int16Array,
  grid: Grid,
  normal: { readonly axis: number; readonly at: number },
  shapes: readonly ShapeOnPlane[],
  width: number,
): Raster & { readonly name: PlaneName } {
  const layout = layoutOf(grid, normal.axis);
  const { across, down } = layout;
  const { size, spacing } = grid;
  const mm = (size[across.axis] * spacing[across.axis]) / width;
  const height = Math.max(1, Math.round((size[down.axis] * spacing[down.axis]) / mm));
  const raster = blankRaster(width, height);
  const columns = indices(width, size[across.axis], across.turned);
  const rows = indices(height, size[down.axis], down.turned);
  const strides = [1, size[0], size[0] * size[1]];
  const planeStride = (axis: number) =>
    axis === Math.min(across.axis, down.axis) ? 1 : size[Math.min(across.axis, down.axis)];
  const [sx, sy] = [planeStride(across.axis), planeStride(down.axis)];
  for (let y = 0, p = 0; y < height; y++)
    for (let x = 0; x < width; x++, p += 4) {
      const value = ((hu[columns[x] * sx + rows[y] * sy] - black) / range) * 255;
      raster.data[p] = raster.data[p + 1] = raster.data[p + 2] = value;
    }
  for (const { mask, rgb, filled } of shapes) {
    const set = new Uint8Array(width * height);
    for (let y = 0, p = 0; y < height; y++)
      for (let x = 0; x < width; x++, p++)
        set[p] =
          mask.data[
            normal.at * strides[normal.axis] +
              columns[x] * strides[across.axis] +
              rows[y] * strides[down.axis]
          ];
    paint(raster, set, rgb, filled);
  }
  return { ...raster, name: layout.name };
}

/** Index along an axis for each pixel. */
function indices(pixels: number, size: number, turned: boolean): Uint32Array {
  const found = new Uint32Array(pixels);
  for (let p = 0; p < pixels; p++) {
    const at = Math.min(size - 1, Math.floor(((p + 0.5) / pixels) * size));
    found[p] = turned ? size - 1 - at : at;
  }
  return found;
}

/** Colours what is set, or its outline. */
function paint(
  { width, height, data }: Raster,
  set: Uint8Array,
  rgb: readonly [number, number, number],
  filled: boolean,
): void {
  for (let y = 0, p = 0; y < height; y++)
    for (let x = 0; x < width; x++, p++) {
      if (!set[p]) continue;
      const inside =
        x > 0 &&
        x < width - 1 &&
        y > 0 &&
        y < height - 1 &&
        set[p - 1] &&
        set[p + 1] &&
        set[p - width] &&
        set[p + width];
      if (inside && !filled) continue;
      const opacity = filled ? fill : 1;
      for (let channel = 0; channel < 3; channel++)
        data[4 * p + channel] = (1 - opacity) * data[4 * p + channel] + opacity * rgb[channel];
    }
}
