/**
 * A data set whose attributes go by their keywords (`ImagePositionPatient`), as dcmjs and OHIF give
 * it. Nothing is promised of the values: numbers come as strings from some archives, sequences of
 * one item as that item.
 */
export type NaturalDataset = Readonly<Record<string, unknown>>;

function isDataset(value: unknown): value is NaturalDataset {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The single values of an attribute; a backslash in a string separates values (PS3.5, 6.4). */
function values(dataset: NaturalDataset, name: string): unknown[] {
  const value = dataset[name];
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return value.split('\\');
  if (Array.isArray(value)) return value as unknown[];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return [...(value as Uint8Array)];
  return [value];
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '') return Number(value);
  return NaN;
}

/** All values as numbers; undefined unless there are exactly `count` and each is finite. */
export function numbers(
  dataset: NaturalDataset,
  name: string,
  count: number,
): number[] | undefined {
  const found = values(dataset, name).map(toNumber);
  return found.length === count && found.every(Number.isFinite) ? found : undefined;
}

/** The first value as a number; undefined if absent or not a number. */
export function number(dataset: NaturalDataset, name: string): number | undefined {
  const found = toNumber(values(dataset, name)[0]);
  return Number.isFinite(found) ? found : undefined;
}

/** The first value as a trimmed string; undefined if absent or empty. */
export function text(dataset: NaturalDataset, name: string): string | undefined {
  const value = values(dataset, name)[0];
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  // Some writers pad UIDs with NUL as the standard says, and some readers keep the NUL.
  const trimmed = String(value).replaceAll('\0', '').trim();
  return trimmed === '' ? undefined : trimmed;
}

/** All values as trimmed strings. */
export function texts(dataset: NaturalDataset, name: string): string[] {
  return values(dataset, name)
    .filter((v) => typeof v === 'string' || typeof v === 'number')
    .map((v) => String(v).trim());
}

/** The items of a sequence; empty if absent. */
export function items(dataset: NaturalDataset, name: string): NaturalDataset[] {
  const value = dataset[name];
  if (Array.isArray(value)) return (value as unknown[]).filter(isDataset);
  return isDataset(value) ? [value] : [];
}

/** The first item of a sequence. */
export function item(dataset: NaturalDataset, name: string): NaturalDataset | undefined {
  return items(dataset, name)[0];
}
