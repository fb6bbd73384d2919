import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeThreeMf } from '../../extension/src/engine/surface/threeMf.ts';
import { tetrahedron } from '../support/tetrahedron.ts';
import { python } from './tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a 3MF file is a package that Python unpacks and parses', () => {
  const path = join(folder, 'implant.3mf');
  const file = writeThreeMf([tetrahedron(), tetrahedron(20)], {
    title: 'Designed cranial implant',
    description: 'Research use only, not a medical device',
    application: 'test 1',
  });
  writeFileSync(path, file);
  expect(python('documents.py', '3mf', path)).toEqual({
    damaged: null,
    first: '[Content_Types].xml',
    model: '/3D/3dmodel.model',
    unit: 'millimeter',
    title: 'Designed cranial implant',
    objects: [
      [4, 4],
      [4, 4],
    ],
    built: ['1', '2'],
  });
});
