import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { phantomIdentity } from '../../conformance/phantom.ts';
import { multipartOf } from '../../support/multipart.ts';
import { scan, tableSteps } from '../../support/scannedHead.ts';

const demo = fileURLToPath(new URL('../../../viewer/demo/', import.meta.url));

interface MutableElement {
  vr: string;
  Value: unknown[];
}
interface MutableFile {
  readonly meta: Record<string, MutableElement>;
  readonly dict: Record<string, MutableElement>;
  write(): ArrayBuffer;
}
const dcmjs = createRequire(import.meta.url)('dcmjs') as {
  data: { DicomMessage: { readFile(buffer: ArrayBuffer): MutableFile } };
};

const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';

/** A UID of our own making for what another UID names. */
function derivedUid(uid: string): string {
  const digits = createHash('sha256').update(`test ${uid}`).digest('hex').slice(0, 24);
  return `2.25.${BigInt(`0x${digits}`)}`;
}

export interface TestStudy {
  readonly patient: string;
  readonly uid: string;
  readonly files: readonly Uint8Array[];
}

function read(path: string): MutableFile {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return dcmjs.data.DicomMessage.readFile(
    buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer,
  );
}

/** Gives a file another patient and other UIDs throughout; `part` tells series of one study apart. */
function relabel(file: MutableFile, patient: string, part = ''): void {
  const { dict, meta } = file;
  const change = (tag: string, more: string) => {
    if (dict[tag]) dict[tag].Value = [derivedUid(`${String(dict[tag].Value[0])}${more}`)];
  };
  for (const tag of ['0020000D', '00200052']) change(tag, part && ` ${patient}`);
  for (const tag of ['0020000E', '00080018']) change(tag, part);
  dict['00100010'].Value = [{ Alphabetic: patient }];
  meta['00020003'].Value = dict['00080018'].Value;
}

/** A short series of MR slices in a study of its own. */
export function mrStudy(): TestStudy {
  const patient = 'Resonance^Magnetic';
  const names = readdirSync(join(demo, 'ct')).sort().slice(40, 52);
  const files = names.map((name) => {
    const file = read(join(demo, 'ct', name));
    relabel(file, patient);
    file.dict['00080060'].Value = ['MR'];
    file.dict['00080016'].Value = [MR_IMAGE_STORAGE];
    file.meta['00020002'].Value = [MR_IMAGE_STORAGE];
    return file;
  });
  return {
    patient: 'Resonance, Magnetic',
    uid: String(files[0].dict['0020000D'].Value[0]),
    files: files.map((file) => new Uint8Array(file.write())),
  };
}

/** The demonstration's CT and skull in a study of their own; the SEG does not say which series it refers to. */
export function unreferencedStudy(): TestStudy {
  const ct = readdirSync(join(demo, 'ct')).sort().map((name) => join('ct', name)); // prettier-ignore
  const files = [...ct, 'skull.dcm'].map((name) => {
    const file = read(join(demo, name));
    relabel(file, 'Unreferenced^Skull');
    delete file.dict['00081115'];
    return file;
  });
  return {
    patient: 'Unreferenced, Skull',
    uid: String(files[0].dict['0020000D'].Value[0]),
    files: files.map((file) => new Uint8Array(file.write())),
  };
}

/** A study of two CT series of the same head: the first one with slices 7.5 mm apart, the second 1.5 mm. */
export function thickAndThinStudy(): TestStudy {
  const patient = 'Thick^Thin';
  const names = readdirSync(join(demo, 'ct')).sort();
  const series = (every: number, number: string, description: string): MutableFile[] =>
    names
      .filter((_, k) => k % every === 0)
      .map((name) => {
        const file = read(join(demo, 'ct', name));
        relabel(file, patient, ` ${number}`);
        file.dict['00200011'] = { vr: 'IS', Value: [number] };
        file.dict['0008103E'] = { vr: 'LO', Value: [description] };
        return file;
      });
  const files = [...series(5, '1', 'Overview'), ...series(1, '2', 'Fine')];
  return {
    patient: 'Thick, Thin',
    uid: String(files[0].dict['0020000D'].Value[0]),
    files: files.map((file) => new Uint8Array(file.write())),
  };
}

/** A small CT that was taken with a gantry tilted by 12°. */
export function tiltedStudy(): TestStudy {
  const table = tableSteps(-40, 40, 4);
  const files = scan(([x, y, z]) => x + y + z, { tilt: 12, table, pixels: 48, pixel: 4 });
  return {
    patient: 'Phantom, Test',
    uid: phantomIdentity.studyInstanceUID,
    files: files.map((file) => new Uint8Array(file)),
  };
}

/** A study that holds a segmentation and nothing else. */
export function segmentationOnlyStudy(): TestStudy {
  const file = read(join(demo, 'skull.dcm'));
  relabel(file, 'Only^Segmentation');
  return {
    patient: 'Only, Segmentation',
    uid: String(file.dict['0020000D'].Value[0]),
    files: [new Uint8Array(file.write())],
  };
}

/** Sends a study to a DICOMweb service. */
export async function send(dicomweb: string, { files }: TestStudy): Promise<void> {
  const { contentType, body } = multipartOf(files);
  const response = await fetch(`${dicomweb}/studies`, {
    method: 'POST',
    headers: { 'Content-Type': contentType },
    body: new Uint8Array(body),
  });
  if (!response.ok) throw new Error(`STOW-RS answered ${response.status}`);
}
