import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readMetaImage } from '../../../cli/src/io/metaImage.ts';
import { readCtInput, readSkullInput } from '../../../cli/src/io/skullInput.ts';
import { ctOf, maskOf } from '../../../cli/src/io/volumeFile.ts';
import { allBytes } from '../../../cli/src/io/volumeFormats.ts';
import { gridDistance } from '../../../extension/src/engine/space/grid.ts';
import { asymmetricMask } from '../../conformance/phantom.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { grids } from './volumes.ts';

const values = [1, -2, 300, -400];
const data = new Uint8Array(Int16Array.from(values).buffer);

/** As the MetaIO specification lists them; what is undefined is left out. */
const usual = {
  ObjectType: 'Image',
  NDims: '3',
  BinaryData: 'True',
  BinaryDataByteOrderMSB: 'False',
  CompressedData: 'False',
  TransformMatrix: '1 0 0 0 1 0 0 0 1',
  Offset: '1 2 3',
  CenterOfRotation: '0 0 0',
  AnatomicalOrientation: 'RAI',
  ElementSpacing: '0.5 2 3',
  DimSize: '2 1 2',
  ElementType: 'MET_SHORT',
  ElementDataFile: 'LOCAL',
} as const;
type Fields = Partial<Record<keyof typeof usual, string | undefined>> & Record<string, unknown>;

function header({ ElementDataFile = usual.ElementDataFile, ...changes }: Fields = {}): Buffer {
  const { ElementDataFile: _, ...rest } = usual;
  const fields = { ...rest, ...changes, ElementDataFile };
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Buffer.from(lines.map(([name, value]) => `${name} = ${String(value)}\n`).join(''));
}

const alone = (name: string): never => {
  throw new Error(`${name} was asked for`);
};
const local = (fields: Fields = {}, bytes: Uint8Array = data) =>
  readMetaImage(Buffer.concat([header(fields), bytes]), alone);

describe('MetaImage', () => {
  it('reads voxels and geometry', () => {
    const { grid, values: read } = local();
    expect([...read]).toEqual(values);
    expect(grid).toEqual({
      size: [2, 1, 2],
      spacing: [0.5, 2, 3],
      origin: [1, 2, 3],
      axes: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    });
  });

  it.each(grids)('takes the rows of the matrix for the directions of the axes, %s', (_, grid) => {
    const mask = asymmetricMask(grid);
    const read = local(
      {
        TransformMatrix: grid.axes.flat().join(' '),
        Offset: grid.origin.join(' '),
        ElementSpacing: grid.spacing.join(' '),
        DimSize: grid.size.join(' '),
        ElementType: 'MET_UCHAR',
      },
      mask.data,
    );
    expect(gridDistance(read.grid, grid)).toBeLessThan(1e-9);
    expect(maskOf(read).data).toEqual(mask.data);
  });

  it('reads other names of the fields, colons, carriage returns, and a fourth axis of one', () => {
    const lines = [
      'ObjectType : Image',
      'Comment = made = up',
      'NDims = 4',
      'ElementByteOrderMSB = T',
      'Orientation = 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1',
      'Position = 1 2 3 0',
      'ElementSize = 0.5 2 3 1',
      'DimSize = 2 1 2 1',
      'ElementType = MET_SHORT',
      'ElementDataFile = LOCAL',
      '',
    ].join('\r\n');
    const swapped = data.map((_, i) => data[i ^ 1]);
    const read = readMetaImage(Buffer.concat([Buffer.from(lines), swapped]), alone);
    expect([...read.values]).toEqual(values);
    expect(read.grid).toMatchObject({ spacing: [0.5, 2, 3], origin: [1, 2, 3] });
  });

  it.each([
    ['zlib', deflateSync(data)],
    ['gzip', gzipSync(data)],
  ])('reads compressed voxels, %s', (_, bytes) => {
    const fields = { CompressedData: 'True', CompressedDataSize: String(bytes.length) };
    expect([...local(fields, bytes).values]).toEqual(values);
  });

  it('leaves out the bytes that the header says', () => {
    const before = Buffer.alloc(12, 7);
    const beside = (fields: Fields, bytes: Uint8Array) =>
      readMetaImage(header({ ...fields, ElementDataFile: 'v.raw' }), (name) => {
        expect(name).toBe('v.raw');
        return bytes;
      });
    const file = Buffer.concat([before, data]);
    expect([...beside({}, data).values]).toEqual(values);
    expect([...beside({ HeaderSize: '12' }, file).values]).toEqual(values);
    expect([...beside({ HeaderSize: '-1' }, file).values]).toEqual(values);
    expect([...local({ HeaderSize: '-1' }, file).values]).toEqual(values);
    expect(() => beside({ HeaderSize: '12' }, data)).toThrow(/cut short/);
    expect(() => beside({ HeaderSize: '-1' }, data.subarray(2))).toThrow(/cut short/);
    expect(() => beside({ HeaderSize: '-2' }, file)).toThrow(/HeaderSize/);
    expect(() => beside({ HeaderSize: '-1', CompressedData: 'True' }, file)).toThrow(/cannot have/);
  });

  it.each([
    ['MET_UCHAR', Uint8Array.of(1, 2, 3, 200)],
    ['MET_CHAR', Int8Array.of(1, -2, 3, -4)],
    ['MET_USHORT', Uint16Array.of(1, 2, 3, 60000)],
    ['MET_INT', Int32Array.of(1, -2, 3, -70000)],
    ['MET_LONG', Int32Array.of(1, -2, 3, -70000)],
    ['MET_ULONG_LONG', BigUint64Array.of(1n, 2n, 3n, 4n)],
    ['MET_FLOAT', Float32Array.of(1, -2, 0.5, 4)],
    ['MET_DOUBLE', Float64Array.of(1, -2, 0.1, 4)],
  ])('reads voxels of type %s', (ElementType, array) => {
    const bytes = new Uint8Array(array.buffer);
    expect([...local({ ElementType }, bytes).values]).toEqual([...array].map(Number));
  });

  it('lies as --orientation says where it does not say it itself', () => {
    const bytes = Buffer.concat([header({ TransformMatrix: undefined }), data]);
    const axes = [
      [-1, 0, 0],
      [0, -1, 0],
      [0, 0, 1],
    ] as const;
    const { grid } = readMetaImage(bytes, alone, { name: 'RAS', axes });
    expect(grid).toMatchObject({ spacing: [0.5, 2, 3], origin: [0, 0, 0], axes });
  });

  const refused: [string, Fields, RegExp][] = [
    ['a file without orientation', { TransformMatrix: undefined }, /how it lies in the patient/],
    ['a file without a place', { Offset: undefined }, /how it lies in the patient/],
    ['a file without voxel size', { ElementSpacing: undefined }, /how large its voxels are/],
    ['a sheared file', { TransformMatrix: '1 0 0 0.3 1 0 0 0 1' }, /orthogonal voxel grid/],
    ['a damaged matrix', { TransformMatrix: '1 0 0 0 x 0 0 0 1' }, /damaged TransformMatrix/],
    [
      'a turn about another point',
      { TransformMatrix: '0 1 0 -1 0 0 0 0 1', CenterOfRotation: '9 0 0' },
      /centre of rotation/,
    ],
    ['two dimensions', { NDims: '2', DimSize: '2 2' }, /damaged DimSize|three-dimensional/],
    ['several volumes', { NDims: '4', DimSize: '2 1 1 2' }, /three-dimensional/],
    ['several values a voxel', { ElementNumberOfChannels: '3' }, /several values/],
    ['an unknown type', { ElementType: 'MET_STRING' }, /type "MET_STRING"/],
    ['text', { BinaryData: 'False' }, /as text/],
    ['scaled values', { ElementToIntensityFunctionSlope: '2' }, /scales its values/],
    ['a mesh', { ObjectType: 'Mesh' }, /holds no image/],
    ['a list of files', { ElementDataFile: 'LIST' }, /a file each/],
    ['a pattern of files', { ElementDataFile: 'slice%03d.raw 1 9 1' }, /a file each/],
    ['missing voxels', { DimSize: '2 9 2' }, /cut short/],
    ['damaged compression', { CompressedData: 'True' }, /cannot be decompressed/],
  ];
  it.each(refused)('refuses %s', (_, fields, message) => {
    expect(() => local(fields)).toThrow(message);
  });

  it.each([
    ['an empty file', ''],
    ['something else', 'NRRD0004\n'],
    ['a header without end', 'ObjectType = Image\n'],
  ])('refuses %s', (_, text) => {
    expect(() => readMetaImage(Buffer.from(text), alone)).toThrow(/damaged header/);
  });

  it('is found beside its header, as skull and as CT, and counts as a whole', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'skull.MHD');
    const fields = { ElementDataFile: 'skull.zraw', CompressedData: 'True' };
    writeFileSync(path, header(fields));
    await expect(readSkullInput(path)).rejects.toThrow(/skull\.zraw cannot be read/);
    const packed = deflateSync(Uint8Array.of(1, 0, 0, 0, 0, 0, 1, 0));
    writeFileSync(join(folder, 'skull.zraw'), packed);
    const { mask, bytes } = await readSkullInput(path);
    expect([...mask.data]).toEqual([1, 0, 0, 1]);
    expect(bytes).toEqual(Buffer.concat([header(fields), packed]));
    expect(allBytes(path)).toEqual(bytes);
    const { volume, ct } = await readCtInput(path);
    expect(ct).toBeUndefined();
    expect([...volume.data]).toEqual([1, 0, 0, 1]);
    writeFileSync(path, 'damaged');
    await expect(readSkullInput(path)).rejects.toThrow(
      /^skull\.MHD: The MetaImage file has a damaged header/,
    );
    expect([...ctOf(local()).data]).toEqual(values);
  });
});
