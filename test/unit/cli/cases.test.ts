import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCases, hashCase, readCase } from '../../../cli/src/evaluate/cases.ts';
import { writeNifti } from '../../../cli/src/io/nifti.ts';
import { writeNrrd } from '../../../cli/src/io/nrrd.ts';
import { parseOrientation } from '../../../cli/src/io/orientation.ts';
import { boxGrid, cropData } from '../../../extension/src/engine/space/crop.ts';
import type { Grid } from '../../../extension/src/engine/space/grid.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { emptyMask } from '../../../extension/src/engine/space/volume.ts';
import { phantomCases } from '../../conformance/phantom.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cranioplasty-cases-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A tilted grid, as of a gantry-tilted CT. */
const { grid } = phantomCases[2];
const crop = { low: [3, 2, 4], high: [9, 8, 8] } as const;

/** A block of bone, and the part of it that is missing. */
const complete = block([2, 1, 1], [10, 9, 8]);
const missing = block([4, 3, 5], [8, 7, 8]);
const defective: Mask = { grid, data: complete.data.map((v, p) => (missing.data[p] ? 0 : v)) };

function block(low: readonly number[], high: readonly number[]): Mask {
  const mask = emptyMask(grid);
  const [nx, ny] = grid.size;
  for (let k = low[2]; k < high[2]; k++)
    for (let j = low[1]; j < high[1]; j++)
      mask.data.fill(1, low[0] + nx * (j + ny * k), high[0] + nx * (j + ny * k));
  return mask;
}

const cropped = (mask: Mask): Mask => ({
  grid: boxGrid(grid, crop),
  data: cropData(mask.data, grid.size, crop).data,
});

function write(name: string, mask: Mask): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, name.endsWith('.nrrd') ? writeNrrd(mask) : writeNifti(mask));
}

function expectRead(found: ReturnType<typeof findCases>[number]): void {
  const { defective: skull, truth } = readCase(found);
  expect([...skull.data]).toEqual([...defective.data]);
  expect([...truth().patch.data]).toEqual([...missing.data]);
  expect(truth().patch.grid.size).toEqual(grid.size);
}

describe('cases of an evaluation', () => {
  it('may be links to folders that lie elsewhere', () => {
    write('elsewhere/07_frontal/defective.nii.gz', defective);
    write('elsewhere/07_frontal/patch.nii.gz', missing);
    mkdirSync(join(folder, 'chosen'));
    symlinkSync(join(folder, 'elsewhere/07_frontal'), join(folder, 'chosen/07_frontal'));
    symlinkSync(join(folder, 'gone'), join(folder, 'chosen/08_frontal'));
    symlinkSync(join(folder, 'chosen/turning'), join(folder, 'chosen/turning'));
    const found = findCases([join(folder, 'chosen')]);
    expect(found.map(({ name }) => name)).toEqual(['07_frontal']);
    expectRead(found[0]);
  });

  it('are folders with a defective skull and its truth', () => {
    write('07_frontal/defective.nii.gz', defective);
    write('07_frontal/patch.nii.gz', missing);
    write('07_frontal/implant.nii.gz', missing);
    write('08_frontal/defective.nii.gz', defective);
    const found = findCases([folder]);
    expect(found.map(({ name, region }) => [name, region])).toEqual([['07_frontal', 'frontal']]);
    expectRead(found[0]);
    expect(readCase(found[0]).truth().implant?.data).toEqual(missing.data);
  });

  it('are complete skulls of SkullFix with the removed piece on its own crop', () => {
    for (const subject of ['060', '061', '062']) {
      write(`skull_${subject}.nii.gz`, complete);
      write(`implant_${subject}.nii.gz`, cropped(missing));
    }
    write('skull_063.nii.gz', complete);
    const found = findCases([folder]);
    expect(found.map(({ name }) => name)).toEqual(['060', '061', '062']);
    expectRead(found[0]);
    expect(readCase(found[0]).truth().implant).toBeNull();
    expect(findCases([folder], ['062', '060']).map(({ name }) => name)).toEqual(['060', '062']);
    expect(() => findCases([folder], ['060', '63'])).toThrow(/of subject 63: .* like 060/);
    // Another piece is another case.
    const before = hashCase(found[0]);
    write('implant_060.nii.gz', cropped(complete));
    expect(hashCase(found[0])).not.toBe(before);
  });

  it('are the folders of the AutoImplant challenge, with and without regions', () => {
    for (const name of ['000', 'bilateral/001']) {
      write(`defective_skull/${name}.nrrd`, defective);
      write(`implant/${name}.nrrd`, missing);
    }
    write('complete_skull/000.nrrd', complete);
    // Without the defective skull it is made.
    write('complete_skull/002.nrrd', complete);
    write('implant/002.nrrd', missing);
    const found = findCases([folder]);
    expect(found.map(({ name }) => name)).toEqual(['000', '001_bilateral', '002']);
    expect(found.map(({ skullIs }) => skullIs)).toEqual(['defective', 'defective', 'complete']);
    expect(found[1].region).toBe('bilateral');
    found.forEach(expectRead);
    expect(findCases([folder], ['001']).map(({ name }) => name)).toEqual(['001_bilateral']);
  });

  it('lie as they are said to where their files do not say it', () => {
    const lps = parseOrientation('LPS');
    // A header without sform and qform.
    const unsaid = (mask: Mask): Uint8Array => {
      const bytes = writeNifti(mask, false);
      new DataView(bytes.buffer).setUint32(252, 0);
      return bytes;
    };
    mkdirSync(join(folder, '07_x'));
    writeFileSync(join(folder, '07_x/defective.nii'), unsaid(defective));
    writeFileSync(join(folder, '07_x/patch.nii'), unsaid(missing));
    const [found] = findCases([folder]);
    expect(() => readCase(found)).toThrow('--orientation');
    const warnings: string[] = [];
    const { truth } = readCase(found, lps, (message) => warnings.push(message));
    expect(truth().patch.data).toEqual(missing.data);
    expect(warnings).toEqual([]);
    expect(hashCase(found, lps)).not.toBe(hashCase(found));
    // A file that says it itself holds, and the user is told.
    write('skull_060.nii.gz', complete);
    write('implant_060.nii.gz', cropped(missing));
    const other = parseOrientation('RAS');
    readCase(findCases([folder], ['060'])[0], other, (message) => warnings.push(message));
    expect(warnings[0]).toMatch(/^skull_060.nii.gz says itself .* LPS: --orientation RAS/);
  });

  it('are refused when the piece does not lie on the voxels of the skull', () => {
    const between: Grid = { ...boxGrid(grid, { low: [3.4, 2, 4], high: [9.4, 8, 8] }) };
    write('skull_060.nii.gz', complete);
    write('implant_060.nii.gz', { grid: between, data: cropped(missing).data });
    expect(() => readCase(findCases([folder])[0])).toThrow(
      'The voxels of implant_060.nii.gz are not voxels of its skull',
    );
    // Beside the skull's volume.
    const beside = boxGrid(grid, { low: [9, 2, 4], high: [15, 8, 8] });
    write('implant_060.nii.gz', { grid: beside, data: cropped(missing).data });
    expect(() => readCase(findCases([folder])[0])).toThrow('are not voxels of its skull');
  });
});
