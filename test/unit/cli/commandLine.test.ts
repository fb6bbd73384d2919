import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNifti, writeNifti } from '../../../cli/src/io/nifti.ts';
import { assertWritable, writeComplete } from '../../../cli/src/io/completeFiles.ts';
import { readSkullInput } from '../../../cli/src/io/skullInput.ts';
import { readCtFolder } from '../../../cli/src/io/dicomFolder.ts';
import { maskOf } from '../../../cli/src/io/volumeFile.ts';
import { encodePart10, parsePart10 } from '../../../extension/src/dicom/part10/part10.ts';
import { readSegmentation } from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { gridDistance, patientToIndex } from '../../../extension/src/engine/space/grid.ts';
import { emptyMask } from '../../../extension/src/engine/space/volume.ts';
import { phantomCases } from '../../conformance/phantom.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const demo = join(root, 'viewer/demo');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cranioplasty-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cranioplasty(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'cli/bin/cranioplasty.mjs'), ...words],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr: stderr.trim() };
}

/** The test runner's own comparison takes minutes on millions of voxels. */
const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

describe('cranioplasty segment', () => {
  it('writes the skull of the demonstration CT in its geometry', async () => {
    const out = join(folder, 'skull.nii.gz');
    const { status, stdout } = cranioplasty('segment', join(demo, 'ct'), '--out', out, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ event: 'done', file: out });
    const written = readNifti(readFileSync(out));
    const shipped = readSegmentation(readFileSync(join(demo, 'skull.dcm')), {
      onto: { ...(await readCtFolder(join(demo, 'ct'))).series },
    });
    expect(gridDistance(written.grid, shipped.grid)).toBeLessThan(1e-3);
    expect(sameBytes(maskOf(written).data, shipped.segments[0].mask().data)).toBe(true);
    expect(readdirSync(folder)).toEqual(['skull.nii.gz']);
  });

  const wrong: [string, string[], string][] = [
    [
      'a path that does not exist',
      ['segment', '/no/such/folder', '--out', 'x.dcm'],
      '/no/such/folder does not exist: check the path.',
    ],
    [
      'an unknown ending',
      ['segment', demo, '--out', 'skull.stl'],
      'The skull cannot be written as skull.stl: give --out a name that ends in .dcm, .nii.gz, .nii or .nrrd.',
    ],
    ['no output', ['segment', demo], "error: required option '--out <skull>' not specified"],
    [
      'a threshold that is no number',
      ['segment', demo, '--out', 'x.dcm', '--threshold', 'high'],
      "error: option '--threshold <hu>' argument 'high' is invalid. it must be a number.",
    ],
    ...['-500', '1200'].map((threshold): [string, string[], string] => [
      `a threshold of ${threshold} HU, which no bone has`,
      ['segment', join(demo, 'ct'), '--out', 'x.dcm', '--threshold', threshold],
      'The threshold of bone must be a number from 100 to 1000 HU: 200 to 300 is usual in an adult.',
    ]),
    [
      'an empty threshold',
      ['segment', demo, '--out', 'x.dcm', '--threshold', ''],
      "error: option '--threshold <hu>' argument '' is invalid. it must be a number.",
    ],
    [
      'a folder without CT',
      ['segment', join(root, 'cli'), '--out', 'x.dcm'],
      `${join(root, 'cli')} holds no CT: give the folder of a head CT.`,
    ],
    [
      'an unknown provider',
      ['reconstruct', 'skull.dcm', '--out', 'x', '--provider', 'tpu'],
      "error: option '--provider <name>' argument 'tpu' is invalid. Allowed choices are auto, webgpu, cpu, wasm.",
    ],
    [
      'a skull of unknown format',
      ['reconstruct', join(root, 'package.json'), '--out', 'x'],
      `${join(root, 'package.json')} is no skull that can be read: give a DICOM segmentation (.dcm), .nii, .nii.gz, .nrrd, .mha or .mhd.`,
    ],
    [
      'a CT slice in place of the segmentation',
      ['reconstruct', join(demo, 'ct/001.dcm'), '--out', 'x'],
      '001.dcm: The file is no DICOM segmentation (SOP class 1.2.840.10008.5.1.4.1.1.2): choose a segmentation of the skull.',
    ],
    [
      'a file in place of the folder for results',
      ['reconstruct', join(demo, 'skull.dcm'), '--out', join(root, 'package.json')],
      `${join(root, 'package.json')} is a file: give a folder with --out.`,
    ],
    [
      'a segment that does not exist',
      ['reconstruct', join(demo, 'skull.dcm'), '--out', 'x', '--segment', '3'],
      'skull.dcm: The segmentation has no segment 3: choose one of 1 (Skull).',
    ],
  ];
  it.each(wrong)('exits with 2 and one line for %s', (_, words, line) => {
    expect(cranioplasty(...words)).toEqual({ status: 2, stdout: '', stderr: line });
  });

  it('reports errors as JSON when asked to', () => {
    const { status, stdout, stderr } = cranioplasty(
      'reconstruct',
      join(demo, 'skull.dcm'),
      '--segment',
      '3',
      '--out',
      join(folder, 'never'),
      '--json',
    );
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ event: 'error', code: 'bad-usage' });
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});

describe('cranioplasty with files that do not say how they lie', () => {
  /** A litre of bone in voxels of 10 mm, as NIfTI of 16-bit values. */
  function blockFile(name: string, oriented: boolean): string {
    const size = [20, 20, 20] as const;
    const { grid } = phantomCases[0];
    const header = writeNifti(emptyMask({ ...grid, size, spacing: [10, 10, 10] }), false).slice(
      0,
      352,
    );
    const view = new DataView(header.buffer);
    view.setInt16(70, 4, true);
    view.setInt16(72, 16, true);
    if (!oriented) view.setUint32(252, 0);
    const values = new Int16Array(20 ** 3);
    for (let k = 5; k < 15; k++)
      for (let j = 5; j < 15; j++) values.fill(1000, 5 + 20 * (j + 20 * k), 15 + 20 * (j + 20 * k));
    const path = join(folder, name);
    writeFileSync(path, Buffer.concat([header, new Uint8Array(values.buffer)]));
    return path;
  }

  it('segments them as they are said to lie', () => {
    const ct = blockFile('unsaid.nii', false);
    const out = join(folder, 'said.nii');
    const refused = cranioplasty('segment', ct, '--out', out);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^unsaid.nii: The NIfTI file does not say .* like --orientation LPS\.$/,
    );
    expect(cranioplasty('segment', ct, '--out', out, '--orientation', 'ras').stderr).toBe('');
    expect(readNifti(readFileSync(out)).grid.axes[0].map(Math.round)).toEqual([-1, 0, 0]);
  });

  it('warns where a file says something else, and goes on', () => {
    const path = blockFile('oriented.nii', true);
    const warning =
      'Warning: oriented.nii says itself that its axes point to LPS: --orientation LIA is not used for it.';
    const out = join(folder, 'oriented-skull.nii');
    expect(cranioplasty('segment', path, '--out', out, '--orientation', 'LIA')).toMatchObject({
      status: 0,
      stderr: warning,
    });
    expect(readNifti(readFileSync(out)).grid.axes[0].map(Math.round)).toEqual([1, 0, 0]);
    // A block is no skull.
    const words = ['reconstruct', path, '--out', join(folder, 'never'), '--provider', 'cpu'];
    const { status, stderr } = cranioplasty(...words, '--orientation', 'LIA');
    expect(status).toBe(2);
    const lines = stderr.split('\n');
    expect(lines[0]).toBe(warning);
    expect(lines.at(-1)).toMatch(/^oriented\.nii: The /);
  });

  it.each(['reconstruct', 'segment', 'evaluate'])(
    '%s refuses what is no orientation',
    (command) => {
      const words = [command, folder, '--out', join(folder, 'never'), '--orientation', 'LRS'];
      expect(cranioplasty(...words)).toMatchObject({
        status: 2,
        stderr:
          "error: option '--orientation <axes>' argument 'LRS' is invalid. it must be three letters, one each of L or R, P or A, S or I, like LPS.",
      });
    },
  );
});

describe('what costs nothing to refuse', () => {
  /** The demonstration segmentation with its segment 40 times, under numbers of their own. */
  function manySegments(): string {
    const { dataset, pixelData } = parsePart10(readFileSync(join(demo, 'skull.dcm')));
    const [segment] = dataset['SegmentSequence'] as Record<string, unknown>[];
    const path = join(folder, 'many.dcm');
    const file = encodePart10({
      ...dataset,
      SegmentSequence: Array.from({ length: 40 }, (_, n) => ({
        ...segment,
        SegmentNumber: n + 1,
        SegmentLabel: `Part ${n + 1}`,
      })),
      PixelData: new Uint8Array(pixelData[0]).buffer,
      _vrMap: { PixelData: 'OB' },
    });
    writeFileSync(path, new Uint8Array(file));
    return path;
  }

  it('is refused before the CT is looked at', () => {
    const nowhere = ['--ct', join(folder, 'no-such-ct')];
    const to = ['--out', join(folder, 'never')];
    const many = manySegments();
    const wrong = cranioplasty('reconstruct', many, '--segment', '41', ...nowhere, ...to);
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
    expect(wrong.stderr).toMatch(
      /^many\.dcm: The segmentation has no segment 41: choose one of 1 \(Part 1\), .*40 \(Part 40\)\.$/,
    );
    const none = cranioplasty('reconstruct', join(folder, 'none.dcm'), ...nowhere, ...to);
    expect(none.stderr).toMatch(/none\.dcm cannot be read: check the path\.$/);
    const implant = cranioplasty('implant', many, many, '--segment', '41', ...nowhere, ...to);
    expect(implant.stderr).toMatch(/^many\.dcm: The segmentation has no segment 41/);
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  const file = () => {
    const path = join(folder, 'a-file');
    writeFileSync(path, 'x');
    return path;
  };

  it('is proven by writing: a folder that cannot be made, or whose files are folders', () => {
    expect(() => assertWritable(join(file(), 'out'))).toThrow(
      /^Nothing can be written to .*out \(.+\): give another path with --out\.$/,
    );
    expect(() => assertWritable(join(file(), 'deep/out'))).toThrow(/Nothing can be written to/);
    const out = join(folder, 'taken');
    mkdirSync(join(out, 'report.json'), { recursive: true });
    assertWritable(out);
    expect(() => assertWritable(out, ['implant.stl', 'report.json'])).toThrow(
      /taken\/report\.json is a folder, and a result is called the same: remove it/,
    );
    expect(readdirSync(out)).toEqual(['report.json']);
    const skull = join(demo, 'skull.dcm');
    expect(cranioplasty('reconstruct', skull, '--out', out)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('report.json is a folder') as string,
    });
    const fresh = join(folder, 'not', 'yet');
    assertWritable(fresh);
    expect(existsSync(fresh)).toBe(false);
    expect(readdirSync(join(folder, 'not'))).toEqual([]);
  });
});

describe('reading the skull', () => {
  it('continues the grid of a segmentation without CT, voxels where they were', async () => {
    const ct = await readCtFolder(join(demo, 'ct'));
    const alone = await readSkullInput(join(demo, 'skull.dcm'));
    const onCt = await readSkullInput(join(demo, 'skull.dcm'), undefined, ct);
    expect(alone.mask.grid.size[2]).toBe(104 + 2 * 20);
    const offset = Math.round(patientToIndex(alone.mask.grid, ct.series.grid.origin)[2]);
    const pixels = 256 * 256;
    const shared = alone.mask.data.subarray(offset * pixels, (offset + 108) * pixels);
    expect(sameBytes(shared, onCt.mask.data)).toBe(true);
  });

  it('refuses a volume that does not lie on the CT', async () => {
    const { grid } = phantomCases[0];
    const mask = emptyMask(grid);
    mask.data.fill(1, 0, 9);
    const path = join(folder, 'elsewhere.nii.gz');
    writeFileSync(path, writeNifti(mask));
    const ct = await readCtFolder(join(demo, 'ct'));
    await expect(readSkullInput(path, undefined, ct)).rejects.toThrow(
      /another voxel size|voxels beside/,
    );
  });
});

describe('writeComplete', () => {
  it('leaves nothing behind when a file cannot be written', () => {
    const target = join(folder, 'results');
    const bad = [
      ['good.bin', new Uint8Array(3)],
      ['no/such/folder.bin', new Uint8Array(3)],
    ] as const;
    expect(() => writeComplete(target, bad)).toThrow();
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  const elsewhere = '/dev/shm';
  it.skipIf(!existsSync(elsewhere))('writes into a folder on another disk than its parent', () => {
    const disk = mkdtempSync(join(elsewhere, 'cranioplasty-'));
    try {
      const target = join(folder, 'mounted');
      symlinkSync(disk, target);
      assertWritable(target);
      writeComplete(target, [['a', Uint8Array.of(1)]]);
      expect(readdirSync(target)).toEqual(['a']);
    } finally {
      rmSync(disk, { recursive: true });
    }
  });

  it('keeps other files of the folder', () => {
    const target = join(folder, 'kept');
    writeComplete(target, [['a', Uint8Array.of(1)]]);
    writeComplete(target, [['b', Uint8Array.of(2)]]);
    expect(readdirSync(target)).toEqual(['a', 'b']);
  });
});
