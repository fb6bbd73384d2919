import { readdirSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { frameCount } from '../../../extension/src/dicom/frames/functionalGroups.ts';
import { text } from '../../../extension/src/dicom/part10/attributes.ts';
import { loadCt, type LoadedCt } from '../../../extension/src/dicom/ct/ctPixels.ts';
import { isVolumeImage } from '../../../extension/src/dicom/ct/volumeImages.ts';
import { startsLikeDicom } from '../../../extension/src/dicom/part10/parseFile.ts';
import { parsePart10, type Part10 } from '../../../extension/src/dicom/part10/part10.ts';
import { aboutFile, CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { frameDecoderFor } from './frameDecoder.ts';

/** The files in a folder, and the links in it that lead to nothing or in a circle. */
interface Found {
  readonly files: string[];
  readonly dead: string[];
}

/** What is at a path, links followed; undefined if they lead to nothing or in a circle. */
function lookUp(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Looks through a folder and its subfolders, links followed, each folder once. Hidden files are left out: systems keep
 * their own notes in them, under the names of the files that they are about.
 */
function lookThrough(folder: string, found: Found, seen: Set<string>): void {
  const real = realpathSync(folder);
  if (seen.has(real)) return;
  seen.add(real);
  for (const name of readdirSync(folder).sort()) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    const stats = lookUp(path);
    if (!stats) found.dead.push(path);
    else if (stats.isDirectory()) lookThrough(path, found, seen);
    else if (stats.isFile()) found.files.push(path);
  }
}

/** @throws CranioplastyError `bad-usage` if there is nothing at the path */
function filesUnder(path: string): Found {
  const stats = lookUp(path);
  if (!stats) throw new CranioplastyError('bad-usage', `${path} does not exist: check the path.`);
  const found: Found = { files: [], dead: [] };
  if (stats.isFile()) found.files.push(path);
  else lookThrough(path, found, new Set());
  return found;
}

/** @throws CranioplastyError `bad-usage`: what a dead link stood for may be a slice */
function refuseDead([first]: readonly string[]): void {
  if (first === undefined) return;
  throw new CranioplastyError(
    'bad-usage',
    `${first} is a link to a file that is not there: fetch it, or remove the link.`,
  );
}

/** A series of images in a folder. */
interface Series {
  readonly uid: string;
  readonly modality: string;
  /** Number of the series; empty if it has none. */
  readonly number: string;
  readonly description: string;
  readonly files: Part10[];
}

/** @throws CranioplastyError `bad-ct-geometry` for a file that is named like DICOM and is none */
function parseFile(path: string, name: string): Part10 | undefined {
  const bytes = readFileSync(path);
  if (startsLikeDicom(bytes)) return parsePart10(bytes, 'bad-ct-geometry', name);
  if (!name.toLowerCase().endsWith('.dcm')) return undefined;
  throw new CranioplastyError(
    'bad-ct-geometry',
    `${name} ${bytes.length === 0 ? 'is empty' : 'is not DICOM or is damaged'}: fetch or export it again.`,
  );
}

function seriesOf(path: string, files: readonly string[]): Series[] {
  const series = new Map<string, Series>();
  for (const file of files) {
    const parsed = parseFile(file, relative(path, file) || basename(file));
    if (!parsed) continue;
    const { dataset, pixelData } = parsed;
    const modality = text(dataset, 'Modality') ?? '';
    if (pixelData.length === 0 || modality === 'SEG') continue;
    const uid = text(dataset, 'SeriesInstanceUID') ?? '';
    const entry = series.get(uid) ?? {
      uid,
      modality,
      number: text(dataset, 'SeriesNumber') ?? '',
      description: text(dataset, 'SeriesDescription') ?? 'no description',
      files: [],
    };
    entry.files.push(parsed);
    series.set(uid, entry);
  }
  return [...series.values()];
}

/** How many slices of a volume a series has, at most; copies count. */
function sliceCount({ files }: Series): number {
  return files
    .filter(({ dataset }) => isVolumeImage(dataset))
    .reduce((n, { dataset }) => n + frameCount(dataset), 0);
}

/** The series of that number or UID, else the only one, else the only one that is a volume. */
function chooseSeries(path: string, all: readonly Series[], wanted?: string): Series {
  const cts = all.filter(({ modality }) => modality === 'CT');
  const volumes = cts.filter((series) => sliceCount(series) > 1);
  const list = cts
    .map((s) => `${s.number || s.uid} (${s.description}, ${s.files.length})`)
    .join(', ');
  const found =
    wanted !== undefined
      ? all.filter((series) => series.number === wanted || series.uid === wanted)
      : cts.length === 0
        ? // Without any CT, reading what is there says what it is instead.
          all.slice(0, 1)
        : volumes.length === 0
          ? cts.slice(0, 1)
          : volumes;
  if (found.length === 1) return found[0];
  if (wanted === undefined && found.length === 0) {
    throw new CranioplastyError('no-ct', `${path} holds no CT: give the folder of a head CT.`);
  }
  throw new CranioplastyError(
    'bad-usage',
    wanted === undefined
      ? `${path} holds ${found.length} CT series: choose one with --series, by its number or UID: ${list}.`
      : found.length > 1
        ? `${path} holds ${found.length} series ${wanted}: give --series as a UID: ${found.map(({ uid }) => uid).join(', ')}.`
        : `${path} holds no series ${wanted}: choose one of ${list || 'none'}.`,
  );
}

/**
 * Reads the CT series in a folder and its subfolders; a single multi-frame file will do. Files that
 * are not DICOM, objects that are no images of a CT, scouts and dose sheets are passed over, links are
 * followed.
 *
 * @param series number or UID of the series, where there is more than one
 * @throws CranioplastyError `no-ct` if there is no CT, `bad-usage` if there is more than one series,
 *   else as `loadCt`
 */
export async function readCtFolder(path: string, series?: string): Promise<LoadedCt> {
  const found = filesUnder(path);
  if (found.files.length === 0) refuseDead(found.dead);
  const { files } = chooseSeries(path, seriesOf(path, found.files), series);
  refuseDead(found.dead);
  const decode = await frameDecoderFor(...files);
  return aboutFile(path, () => loadCt(files, decode));
}
