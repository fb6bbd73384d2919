import type { Dataset } from './part10.ts';
import { Tag } from './tags.ts';

/** An element of the DICOM JSON model (PS3.18 annex F). */
export interface JsonElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}
export type JsonDataset = Record<string, JsonElement>;

const NUMERIC = new Set(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);

function isBinary(value: unknown): value is ArrayBuffer | Uint8Array {
  return value instanceof ArrayBuffer || value instanceof Uint8Array;
}

function toBase64(values: readonly (ArrayBuffer | Uint8Array)[]): string {
  return Buffer.concat(values.map((value) => Buffer.from(value as Uint8Array))).toString('base64');
}

function toValue(vr: string, value: unknown): unknown {
  if (value == null || value === '') return null;
  if (vr === 'SQ') return toDicomJson(value as Dataset);
  if (vr === 'PN') {
    return typeof value === 'object' ? { ...value } : { Alphabetic: String(value) };
  }
  if (vr === 'AT') {
    return typeof value === 'number'
      ? value.toString(16).padStart(8, '0').toUpperCase()
      : String(value);
  }
  if (NUMERIC.has(vr)) {
    if (typeof value === 'bigint') return Number(value);
    const number = Number(value);
    return Number.isFinite(number) ? number : null;
  }
  return String(value);
}

function toElement(element: Dataset[string]): JsonElement {
  const vr = element.vr;
  const values = Array.isArray(element.Value) ? element.Value : [];
  if (values.some(isBinary)) return { vr, InlineBinary: toBase64(values.filter(isBinary)) };
  const converted = values.map((value) => toValue(vr, value));
  return converted.some((value) => value !== null) ? { vr, Value: converted } : { vr };
}

/** Rewrites a data set to the standard's JSON model, without its pixel data. */
export function toDicomJson(dataset: Dataset): JsonDataset {
  const json: JsonDataset = {};
  for (const tag of Object.keys(dataset).sort()) {
    const element = dataset[tag];
    if (!element || !/^[0-9A-F]{8}$/i.test(tag) || tag === Tag.PixelData) continue;
    json[tag] = toElement(element);
  }
  return json;
}
