import { readSolid } from './readSolid.ts';

const identities = [
  'sopInstanceUID',
  'seriesInstanceUID',
  'studyInstanceUID',
  'frameOfReferenceUID',
  'modelGroupUID',
  'instanceNumber',
] as const;

/**
 * What differs between an encapsulated STL and the one that came back, in one sentence; undefined if it is the same
 * object with the same STL, byte by byte.
 * @throws CranioplastyError as `readSolid` for either file
 */
export function differenceOfSolids(
  expected: ArrayBuffer | Uint8Array,
  actual: ArrayBuffer | Uint8Array,
): string | undefined {
  const [a, b] = [readSolid(expected), readSolid(actual)];
  const changed = identities.find((name) => a[name] !== b[name]);
  if (changed) return `It has another ${changed}.`;
  if (a.stl.length !== b.stl.length) return 'Its STL has another length.';
  for (let i = 0; i < a.stl.length; i++)
    if (a.stl[i] !== b.stl[i]) return `Its STL differs from byte ${i} on.`;
  return undefined;
}
