import { CranioplastyError } from '../space/errors.ts';
import type { ModelSource } from '../space/files.ts';
import { readJson, readVerified } from '../space/files.ts';
import type { Vec3 } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import { why } from '../words/errorSentences.ts';

/** Signed distance to a closed surface, mm, negative inside, in the canonical frame. */
export interface AtlasField {
  /** Voxels along x, y, z. */
  readonly size: Vec3;
  /** Position of voxel (0, 0, 0), canonical mm. */
  readonly origin: Vec3;
  /** mm */
  readonly spacing: number;
  /** mm, x fastest. */
  readonly distance: Float64Array;
}

/** The mean skull that every skull is aligned to (`models/atlas`; training: `pose/atlas.py`). */
export interface Atlas {
  /** The filled outer surface. */
  readonly outer: AtlasField;
  /** The brain cavity; its floor, the skull base, settles pitch and roll. */
  readonly inner: AtlasField;
  /** The bone itself, as sharp as a skull; nothing is aligned to it. */
  readonly bone: AtlasField;
  /** Left and right meatus, left and right supraorbital notch, canonical mm. */
  readonly landmarks: readonly Vec3[];
  /** Where rays meet, inside the vault, canonical mm. */
  readonly centre: Vec3;
}

interface AtlasGrid {
  readonly size: Vec3;
  readonly spacing: number;
  readonly origin: Vec3;
}

interface AtlasFile {
  readonly file: string;
  readonly sha256: string;
  /** Where it has a grid of its own. */
  readonly grid?: AtlasGrid;
}

interface AtlasManifest {
  readonly outer: AtlasFile;
  readonly inner: AtlasFile;
  readonly bone: AtlasFile;
  readonly scale: number;
  readonly grid: AtlasGrid;
  readonly center: Vec3;
  readonly landmarks: Readonly<Record<string, Vec3>>;
}

const landmarkNames = [
  'leftMeatus',
  'rightMeatus',
  'leftSupraorbitalNotch',
  'rightSupraorbitalNotch',
];

/** What a model says of the atlas that it was made with. */
export interface NamedAtlas {
  /** Name of the atlas's JSON file in its folder. */
  readonly file: string;
  readonly sha256: string;
  /** Name and hash of the mean bone's file. */
  readonly bone: { readonly file: string; readonly sha256: string };
}

/**
 * Reads the atlas and verifies its hashes.
 * @param source the folder of the atlas
 * @param named what it must be; any atlas that is whole if absent
 * @throws CranioplastyError `model-unavailable`, `model-tampered`, `model-invalid`
 */
export async function loadAtlas(source: ModelSource, named?: NamedAtlas): Promise<Atlas> {
  const manifest = await readJson<AtlasManifest>(
    source,
    named?.file ?? 'atlas.json',
    named?.sha256,
  );
  if (
    named &&
    (manifest.bone.file !== named.bone.file || manifest.bone.sha256 !== named.bone.sha256)
  ) {
    throw new CranioplastyError('model-invalid', why('error.mean-bone'));
  }
  const [outer, inner, bone] = await Promise.all(
    [manifest.outer, manifest.inner, manifest.bone].map((file) =>
      loadField(source, manifest, file),
    ),
  );
  return {
    outer,
    inner,
    bone,
    landmarks: landmarkNames.map((name) => manifest.landmarks[name]),
    centre: manifest.center,
  };
}

async function loadField(
  source: ModelSource,
  { grid: usual, scale }: AtlasManifest,
  { file, sha256, grid = usual }: AtlasFile,
): Promise<AtlasField> {
  const bytes = await readVerified(source, file, sha256);
  const [nx, ny, nz] = grid.size;
  if (bytes.byteLength !== 2 * nx * ny * nz) {
    throw new CranioplastyError('model-invalid', why('error.atlas'));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const distance = new Float64Array(nx * ny * nz);
  for (let i = 0; i < distance.length; i++) distance[i] = view.getInt16(2 * i, true) * scale;
  return { size: grid.size, origin: grid.origin, spacing: grid.spacing, distance };
}

/**
 * Trilinear distance at a canonical point, with its gradient; clamped at the edge.
 * @param out receives value, d/dx, d/dy, d/dz
 */
export function sampleField(
  field: AtlasField,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): void {
  const nx = field.size[0];
  const ny = field.size[1];
  const nz = field.size[2];
  const s = field.distance;
  const h = field.spacing;
  const u = Math.min(nx - 1.000001, Math.max(0, (x - field.origin[0]) / h));
  const v = Math.min(ny - 1.000001, Math.max(0, (y - field.origin[1]) / h));
  const w = Math.min(nz - 1.000001, Math.max(0, (z - field.origin[2]) / h));
  const i = Math.floor(u);
  const j = Math.floor(v);
  const k = Math.floor(w);
  const fx = u - i;
  const fy = v - j;
  const fz = w - k;
  const p = i + nx * (j + ny * k);
  const q = p + nx * ny;
  const d00 = s[p + 1] - s[p];
  const d10 = s[p + nx + 1] - s[p + nx];
  const d01 = s[q + 1] - s[q];
  const d11 = s[q + nx + 1] - s[q + nx];
  const c00 = s[p] + fx * d00;
  const c10 = s[p + nx] + fx * d10;
  const c01 = s[q] + fx * d01;
  const c11 = s[q + nx] + fx * d11;
  const c0 = c00 + fy * (c10 - c00);
  const c1 = c01 + fy * (c11 - c01);
  const gx0 = d00 + fy * (d10 - d00);
  const gx1 = d01 + fy * (d11 - d01);
  const gy0 = c10 - c00;
  const gy1 = c11 - c01;
  out[0] = c0 + fz * (c1 - c0);
  out[1] = (gx0 + fz * (gx1 - gx0)) / h;
  out[2] = (gy0 + fz * (gy1 - gy0)) / h;
  out[3] = (c1 - c0) / h;
}

/** Value (mm) of a field at a point, canonical mm; constant beyond its grid. */
export function fieldAt(field: AtlasField, x: number, y: number, z: number): number {
  const { origin, spacing, size, distance } = field;
  return interpolate(
    distance,
    size,
    (x - origin[0]) / spacing,
    (y - origin[1]) / spacing,
    (z - origin[2]) / spacing,
  );
}
