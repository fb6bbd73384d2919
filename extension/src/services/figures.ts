import type { PatchMetrics } from '../engine/judge/metrics.ts';
import type { ShapeMeasurements } from '../engine/shape/measure.ts';
import type { TextKey } from '../words/say.ts';

/** A figure that panel and report show: one name, one definition, one number of digits for both. */
export interface Figure<Of> {
  /** Name in the catalogue, with its definition under `….help`. */
  readonly key: TextKey & `figure.${string}`;
  readonly help: TextKey & `figure.${string}.help`;
  readonly unit: 'ml' | 'cm²' | 'mm' | '';
  readonly digits: number;
  readonly of: (measured: Of) => number;
}

/** What is told of a shape. */
export const shapeFigures: readonly Figure<ShapeMeasurements>[] = [
  {
    key: 'figure.volume',
    help: 'figure.volume.help',
    unit: 'ml',
    digits: 1,
    of: ({ volume }) => volume,
  },
  {
    key: 'figure.outerArea',
    help: 'figure.outerArea.help',
    unit: 'cm²',
    digits: 1,
    of: ({ outerArea }) => outerArea,
  },
  {
    key: 'figure.meanThickness',
    help: 'figure.meanThickness.help',
    unit: 'mm',
    digits: 1,
    of: ({ meanThickness }) => meanThickness,
  },
  {
    key: 'figure.maxThickness',
    help: 'figure.maxThickness.help',
    unit: 'mm',
    digits: 1,
    of: ({ maxThickness }) => maxThickness,
  },
  {
    key: 'figure.extent',
    help: 'figure.extent.help',
    unit: 'mm',
    digits: 0,
    of: ({ extent }) => extent,
  },
];

/** What is told of a patch against one that is known. */
export const metricFigures: readonly Figure<PatchMetrics>[] = [
  { key: 'figure.dice', help: 'figure.dice.help', unit: '', digits: 2, of: ({ dice }) => dice },
  {
    key: 'figure.borderDice',
    help: 'figure.borderDice.help',
    unit: '',
    digits: 2,
    of: ({ borderDice }) => borderDice,
  },
  {
    key: 'figure.outerSurfaceError',
    help: 'figure.outerSurfaceError.help',
    unit: 'mm',
    digits: 1,
    of: ({ outerSurfaceError }) => outerSurfaceError,
  },
  { key: 'figure.hd95', help: 'figure.hd95.help', unit: 'mm', digits: 1, of: ({ hd95 }) => hd95 },
];

/** The value of a figure with its unit; a dash where there is none. */
export function tell<Of>({ of, digits, unit }: Figure<Of>, measured: Of): string {
  const value = of(measured);
  const text = Number.isFinite(value) ? value.toFixed(digits) : '–';
  return unit ? `${text} ${unit}` : text;
}
