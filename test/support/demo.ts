import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const folder = fileURLToPath(new URL('../../viewer/demo/', import.meta.url));

/** The first slices of the demonstration CT, as files. */
export function demoSlices(count: number): Buffer[] {
  const names = readdirSync(join(folder, 'ct')).sort().slice(0, count);
  return names.map((name) => readFileSync(join(folder, 'ct', name)));
}

/** The demonstration segmentation: one bit a pixel, many frames. */
export function demoSegmentation(): Buffer {
  return readFileSync(join(folder, 'skull.dcm'));
}

/** Changes one value in place, keeping its length, in everything else the same file. */
export function altered(file: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(file);
  const at = copy.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error(`"${from}" cannot be replaced`);
  copy.write(to, at, 'latin1');
  return copy;
}
