import { expect, it } from 'vitest';
import { fileName } from '../../../../extension/src/services/report/fileNames.ts';

const at = new Date(2026, 10, 27, 9, 5);

it.each([
  ['4711', false, '4711_20261127-0905_seg.dcm'],
  ['4711', true, 'cranioplasty_20261127-0905_seg.dcm'],
  ['../a b/ü:7', false, 'a-b-ü-7_20261127-0905_seg.dcm'],
  ['///', false, 'cranioplasty_20261127-0905_seg.dcm'],
  [undefined, false, 'cranioplasty_20261127-0905_seg.dcm'],
])('a file of patient %s (left out: %s) is called %s', (patientId, without, name) => {
  expect(fileName('seg.dcm', { patientId }, at, without)).toBe(name);
});
