import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from '../../../extension/src/dicom/part10/attributes.ts';
import { readCtFiles, type LoadedCt } from '../../../extension/src/dicom/ct/ctPixels.ts';
import { parsePart10 } from '../../../extension/src/dicom/part10/part10.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';

/** Whether a file starts like a DICOM file (PS3.10, 7.1). */
export function isDicom(bytes: Uint8Array): boolean {
  return bytes.length > 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM';
}

/** @throws CranioplastyError `bad-usage` if there is nothing at the path */
function filesUnder(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new CranioplastyError('bad-usage', `${path} does not exist: check the path.`);
  if (found.isFile()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Reads the CT series in a folder and its subfolders; a single multi-frame file will do. Files that
 * are not DICOM and objects that are no images of a CT are passed over.
 *
 * @throws CranioplastyError `no-ct` if there is no CT, `bad-usage` if there is more than one series,
 *   else as `readCtFiles`
 */
export function readCtFolder(path: string): LoadedCt {
  const series = new Map<string, { modality: string; description: string; files: Uint8Array[] }>();
  for (const name of filesUnder(path)) {
    const bytes = readFileSync(name);
    if (!isDicom(bytes)) continue;
    const { dataset, pixelData } = parsePart10(bytes, 'bad-ct-geometry');
    const modality = text(dataset, 'Modality') ?? '';
    if (pixelData.length === 0 || modality === 'SEG') continue;
    const uid = text(dataset, 'SeriesInstanceUID') ?? '';
    const entry = series.get(uid) ?? {
      modality,
      description: text(dataset, 'SeriesDescription') ?? 'no description',
      files: [],
    };
    entry.files.push(bytes);
    series.set(uid, entry);
  }
  const all = [...series.values()];
  const cts = all.filter(({ modality }) => modality === 'CT');
  // Without any CT, reading what is there says what it is instead.
  const candidates = cts.length > 0 ? cts : all.slice(0, 1);
  if (candidates.length === 0) {
    throw new CranioplastyError('no-ct', `${path} holds no CT: give the folder of a head CT.`);
  }
  if (candidates.length > 1) {
    const list = candidates.map(({ description, files }) => `${description} (${files.length})`);
    throw new CranioplastyError(
      'bad-usage',
      `${path} holds ${candidates.length} CT series: give the folder of one of ${list.join(', ')}.`,
    );
  }
  return readCtFiles(candidates[0].files);
}
