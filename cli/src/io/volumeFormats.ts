import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { aboutFile, CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { metaImageDataFile, readMetaImage } from './metaImage.ts';
import { readNifti } from './nifti.ts';
import { readNrrd } from './nrrd.ts';
import type { Orientation } from './orientation.ts';
import type { VolumeFile } from './volumeFile.ts';

/** Endings of the volume files that are read, the longest first. */
export const volumeEndings = ['.nii.gz', '.nii', '.nrrd', '.mha', '.mhd'] as const;

/** The same for messages. */
export const volumeEndingsInWords = '.nii, .nii.gz, .nrrd, .mha or .mhd';

/** The ending of a volume file's name; undefined if it is named as none. */
export function volumeEnding(path: string): (typeof volumeEndings)[number] | undefined {
  const name = basename(path).toLowerCase();
  return volumeEndings.find((ending) => name.endsWith(ending));
}

/** @throws CranioplastyError `bad-usage` if it cannot be read */
export function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CranioplastyError('bad-usage', `${path} cannot be read: check the path.`, { cause });
  }
}

/** Reads what lies beside a file, by the path that it gives. */
const besideOf = (path: string) => (name: string) => readFile(resolve(dirname(path), name));

/**
 * Everything that a volume is read from, one file after the other: a header may name another one (.mhd).
 * @param bytes of the file itself
 * @throws CranioplastyError `bad-usage` if one is damaged or cannot be read
 */
export function allBytes(path: string, bytes = readFile(path)): Uint8Array {
  if (volumeEnding(path) !== '.mhd') return bytes;
  const data = aboutFile(basename(path), () => metaImageDataFile(bytes));
  return data === undefined ? bytes : Buffer.concat([bytes, besideOf(path)(data)]);
}

/**
 * Reads a volume by the ending of its name.
 *
 * @param orientation of a file that has none itself
 * @returns undefined for other endings
 */
export function readVolumeFile(
  path: string,
  orientation?: Orientation,
  bytes = readFile(path),
): VolumeFile | undefined {
  return aboutFile(basename(path), () => {
    switch (volumeEnding(path)) {
      case '.nii':
      case '.nii.gz':
        return readNifti(bytes, orientation);
      case '.nrrd':
        return readNrrd(bytes, orientation);
      case '.mha':
      case '.mhd':
        return readMetaImage(bytes, besideOf(path), orientation);
      case undefined:
        return undefined;
    }
  });
}
