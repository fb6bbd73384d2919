import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readNrrd, writeNrrd } from '../../../cli/src/io/nrrd.ts';
import { ctOf, maskOf } from '../../../cli/src/io/volumeFile.ts';
import { gridDistance } from '../../../extension/src/engine/space/grid.ts';
import { asymmetricMask } from '../../conformance/phantom.ts';
import { grids } from './volumes.ts';

describe('NRRD', () => {
  const header = (fields: readonly string[]) =>
    new TextEncoder().encode(['NRRD0004', ...fields, '', ''].join('\n'));
  const usual = [
    'type: short',
    'dimension: 3',
    'sizes: 2 1 2',
    'endian: little',
    'encoding: raw',
    'space origin: (1,2,3)',
  ];
  const data = new Uint8Array(Int16Array.of(1, -2, 300, -400).buffer);

  it.each(grids)('keeps voxels and geometry, %s', (_, grid) => {
    const mask = asymmetricMask(grid);
    const read = readNrrd(writeNrrd(mask));
    expect(gridDistance(read.grid, grid)).toBeLessThan(1e-9);
    expect(maskOf(read).data).toEqual(mask.data);
  });

  it('turns right-anterior-superior into left-posterior-superior', () => {
    const fields = [
      ...usual,
      '# comment',
      'key:=value',
      'space: right-anterior-superior',
      'space directions: (0.5,0,0) (0,2,0) (0,0,3)',
    ];
    const read = readNrrd(Buffer.concat([header(fields), data]));
    expect([...read.values]).toEqual([1, -2, 300, -400]);
    expect(read.grid).toMatchObject({
      size: [2, 1, 2],
      spacing: [0.5, 2, 3],
      origin: [-1, -2, 3],
    });
    expect(read.grid.axes.map((axis) => axis.map((v) => v + 0))).toEqual([
      [-1, 0, 0],
      [0, -1, 0],
      [0, 0, 1],
    ]);
  });

  it('reads big-endian gzip data', () => {
    const fields = usual
      .map((f) => (f.startsWith('endian') ? 'endian: big' : f.replace('raw', 'gzip')))
      .concat('space: lps', 'space directions: (1,0,0) (0,1,0) (0,0,1)');
    const swapped = data.map((_, i) => data[i ^ 1]);
    const read = readNrrd(Buffer.concat([header(fields), gzipSync(swapped)]));
    expect([...read.values]).toEqual([1, -2, 300, -400]);
  });

  it('leaves out the lines and bytes that the header says', () => {
    const fields = [...usual, 'space: lps', 'space directions: (1,0,0) (0,1,0) (0,0,1)'];
    const expected = [1, -2, 300, -400];
    const line = Buffer.from('made up\n\n');
    const bytes = Buffer.alloc(12, 7);
    const read = (skips: string[], ...pieces: Uint8Array[]) => [
      ...readNrrd(Buffer.concat([header([...fields, ...skips]), ...pieces])).values,
    ];
    expect(read(['byte skip: 12'], bytes, data)).toEqual(expected);
    expect(read(['byte skip: -1'], bytes, data)).toEqual(expected);
    expect(read(['line skip: 2'], line, data)).toEqual(expected);
    expect(read(['lineskip: 2', 'byteskip: 12'], line, bytes, data)).toEqual(expected);
    const zipped = fields.map((f) => f.replace('raw', 'gzip'));
    const skipped = Buffer.concat([
      header([...zipped, 'line skip: 2', 'byte skip: 12']),
      line,
      gzipSync(Buffer.concat([bytes, data])),
    ]);
    expect([...readNrrd(skipped).values]).toEqual(expected);
    expect(() => read(['byte skip: 12'], data)).toThrow(/cut short/);
    expect(() => read(['byte skip: -1'], data.subarray(2))).toThrow(/cut short/);
    expect(() => read(['line skip: 9'], data)).toThrow(/cut short/);
    expect(() => read(['byte skip: many'], data)).toThrow(/byte skip/);
    expect(() => readNrrd(Buffer.concat([header([...zipped, 'byte skip: -1']), data]))).toThrow(
      /cannot have/,
    );
  });

  it('turns the lengths into mm', () => {
    const fields = [...usual, 'space: lps', 'space directions: (1,0,0) (0,1,0) (0,0,1)'];
    const read = (unit: string) =>
      readNrrd(Buffer.concat([header([...fields, `space units: ${unit}`]), data])).grid;
    expect(read('"cm" "cm" "cm"')).toMatchObject({ spacing: [10, 10, 10], origin: [10, 20, 30] });
    expect(read('"mm" "mm" "mm"')).toMatchObject({ spacing: [1, 1, 1], origin: [1, 2, 3] });
    expect(() => read('"furlong" "furlong" "furlong"')).toThrow(/furlong/);
  });

  it('reads segments that overlap, layer by layer', () => {
    const layers = [
      'NRRD0005',
      'type: uint8',
      'dimension: 4',
      'space: lps',
      'sizes: 2 2 1 2',
      'space directions: none (1,0,0) (0,1,0) (0,0,1)',
      'kinds: list domain domain domain',
      'encoding: raw',
      'space origin: (0,0,0)',
    ];
    const pairs = ['Skull', 'Plate', 'Screw'].flatMap((name, n) => [
      `Segment${n}_Name:=${name}`,
      `Segment${n}_Layer:=${n === 0 ? 0 : 1}`,
      `Segment${n}_LabelValue:=${n === 2 ? 4 : 1}`,
    ]);
    const voxels = Uint8Array.of(1, 0, 1, 1, 0, 1, 0, 4);
    const file = (lines: string[]) =>
      readNrrd(Buffer.concat([Buffer.from([...lines, '', ''].join('\n')), voxels]));
    const segments = file([...layers, ...pairs]);
    expect([...maskOf(segments, 1).data]).toEqual([1, 1, 0, 0]);
    expect([...maskOf(segments, 2).data]).toEqual([0, 1, 1, 0]);
    expect([...maskOf(segments, 3).data]).toEqual([0, 0, 0, 1]);
    expect(() => maskOf(segments)).toThrow(
      /holds the segments 1 \(Skull\), 2 \(Plate\), 3 \(Screw\): choose one with --segment/,
    );
    expect(() => maskOf(segments, 4)).toThrow(/has no segment 4: choose one of 1 \(Skull\)/);
    expect(() => ctOf(segments)).toThrow(/holds segments, not CT numbers/);
    expect([...maskOf(file(layers), 2).data]).toEqual([0, 1, 1, 0]);
    const one = layers.map((f) => f.replace('sizes: 2 2 1 2', 'sizes: 1 4 1 2'));
    expect([...maskOf(file(one), 1).data]).toEqual([1, 0, 1, 1, 0, 1, 0, 0]);
    const wrong = pairs.map((p) => p.replace('Segment2_Layer:=1', 'Segment2_Layer:=2'));
    expect(() => file([...layers, ...wrong])).toThrow(/segments that it does not hold/);
  });

  const oriented = [...usual, 'space: lps', 'space directions: (1,0,0) (0,1,0) (0,0,1)'];
  const refused: [string, readonly string[], RegExp][] = [
    ['a file without orientation', usual, /how it lies in the patient/],
    ['an unknown encoding', oriented.map((f) => f.replace('raw', 'bzip2')), /encoded as "bzip2"/],
    ['detached data', [...oriented, 'data file: other.raw'], /another file/],
    ['an unknown type', oriented.map((f) => f.replace('short', 'block')), /type "block"/],
    ['two voxel sizes', [...oriented, 'spacings: 1 1 2'], /two sizes \(1 × 1 × 2 by its spacings/],
    ['missing voxels', oriented.map((f) => f.replace('2 1 2', '2 9 2')), /cut short/],
    ['two dimensions', oriented.map((f) => f.replace('dimension: 3', 'dimension: 2')), /three-/],
  ];
  it.each(refused)('refuses %s', (_, fields, message) => {
    expect(() => readNrrd(Buffer.concat([header(fields), data]))).toThrow(message);
  });
});
