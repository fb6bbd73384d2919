import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const here = fileURLToPath(new URL('./', import.meta.url));

/** Debian's Python, which has pydicom as a package of the system. */
export function python<T>(script: string, ...words: string[]): T {
  const output = execFileSync('/usr/bin/python3', [join(here, 'python', script), ...words], {
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output.toString()) as T;
}

/**
 * What dciodvfy finds wrong. Left out are
 * - its objection to SpacingBetweenSlices in a segmentation, which dcmqi and 3D Slicer want and PS3.3, C.7.6.16.2.1
 *   allows;
 * - that Model Group UID and a recommended colour do not belong to an Encapsulated STL: PS3.3, C.35.1 has them now, and
 *   PS3.17, RRRR.3 shows their use; its edition is older.
 * - that it does not know the coding scheme of this project's own concepts, which the object declares.
 */
export function dciodvfy(path: string): string[] {
  const { stderr } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
  expect(stderr).toMatch(/^(Segmentation|CTImage|EncapsulatedSTL|Comprehensive3DSR)$/m);
  const later = /not present in standard DICOM IOD - \((0x0062,0x000d|0x0068,0x7004)\)/;
  const lines = stderr.split('\n').filter((line) => /^(Error|Warning)/.test(line));
  const allowed = /SpacingBetweenSlices|Unrecognized defined term <99CRANIOPLASTY>/;
  const found = lines.filter((line) => !allowed.test(line) && !later.test(line));
  // It sums up what it named one by one.
  const left = lines.some((line) => later.test(line));
  return found.filter((line) => !left || !line.includes('this is a Standard Extended SOP Class'));
}
