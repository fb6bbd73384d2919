import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedCt } from '../../extension/src/dicom/ct/ctPixels.ts';
import type { CtSeries } from '../../extension/src/dicom/ct/ctSeries.ts';
import { straightenedSeries } from '../../extension/src/dicom/ct/straightenedSeries.ts';
import { text } from '../../extension/src/dicom/part10/attributes.ts';
import { parsePart10 } from '../../extension/src/dicom/part10/part10.ts';
import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import { assertWritable, writeComplete } from './io/completeFiles.ts';
import { readFile } from './io/volumeFormats.ts';

/** Names the folder on the command line. */
const option = '--straightened-ct';

/** A CT as it was straightened, to be written beside the results, which refer to it. */
export interface StraightenedCt {
  readonly series: CtSeries;
  /** Writes its slices; nothing is there before. */
  readonly write: () => void;
}

/**
 * Prepares what `--straightened-ct` asks for: the CT as it was straightened, which the results refer to then.
 *
 * @param folder of the option
 * @param ct that was given; undefined for none, or one that is no DICOM
 * @returns undefined if it was not asked for, or the CT is regular, of which the user is told
 * @throws CranioplastyError `bad-usage` without a DICOM CT, and for a folder that holds something else
 */
export async function straightenedCt(
  folder: string | undefined,
  ct: LoadedCt | undefined,
  warn: (message: string) => void,
): Promise<StraightenedCt | undefined> {
  if (folder === undefined) return undefined;
  if (!ct) {
    throw new CranioplastyError(
      'bad-usage',
      `Only a DICOM CT can be written as it was straightened: give its folder, or leave ${option} out.`,
    );
  }
  assertWritable(folder, [], option);
  const straightened = await straightenedSeries(ct);
  if (!straightened) {
    warn('The CT is regular as it is: there is nothing to straighten, and no other CT is written.');
    return undefined;
  }
  const { series, file } = straightened;
  const digits = String(series.slices.length).length;
  const names = series.slices.map((_, k) => `${String(k + 1).padStart(digits, '0')}.dcm`);
  assertOwn(folder, names, series);
  const write = () =>
    writeComplete(
      folder,
      names.map((name, k) => [name, new Uint8Array(file(k))]),
      option,
    );
  return { series, write };
}

/** Checks that a folder holds nothing but the same series: another one would be mixed up with it. */
function assertOwn(folder: string, names: readonly string[], series: CtSeries): void {
  if (!existsSync(folder)) return;
  const isOwn = (name: string): boolean =>
    names.includes(name) && seriesOf(join(folder, name)) === series.seriesInstanceUID;
  const foreign = readdirSync(folder).find((name) => !name.startsWith('.') && !isOwn(name));
  if (foreign === undefined) return;
  throw new CranioplastyError(
    'bad-usage',
    `${folder} holds something else (${foreign}): give ${option} a folder of its own.`,
  );
}

/** The series of a DICOM file; undefined if it is none. */
function seriesOf(path: string): string | undefined {
  try {
    return text(parsePart10(readFile(path)).dataset, 'SeriesInstanceUID');
  } catch (error) {
    if (error instanceof CranioplastyError) return undefined;
    throw error;
  }
}
