import type { CaseRecord } from '../../extension/src/dicom/report/caseRecord.ts';
import type { PatchMetrics } from '../../extension/src/engine/judge/metrics.ts';
import type { ShapeMeasurements } from '../../extension/src/engine/shape/measure.ts';
import { defaultParameters } from '../../extension/src/engine/implant/parameters.ts';
import { identityTransform } from '../../extension/src/engine/space/transform.ts';

const metrics: PatchMetrics = {
  dice: 0.91,
  borderDice: 0.93,
  hd95: 1.6,
  outerSurfaceError: 0.42,
  outerSurfaceErrorBothWays: 0.44,
  borderDistance: NaN,
  borderCurvatureError: 1.7e-5,
  openShare: 0,
};

const measurements: ShapeMeasurements = {
  volume: 28.2,
  outerArea: 60.4,
  meanThickness: 5,
  maxThickness: 8.8,
  extent: 97.1,
};

/** A record with all that one can hold, numbers that no decimal string holds among it. */
export const fullRecord: CaseRecord = {
  format: 1,
  reconstruction: {
    method: 'network',
    alternative: 'expected',
    model: {
      name: 'ct-lite',
      version: '2.0.0',
      hash: 'ab'.repeat(32),
      licence: 'CC-BY-NC-SA-4.0',
      use: 'non-commercial research use',
    },
    modelFolder: 'ct-lite',
    skull: { label: 'Skull', sopInstanceUID: '2.25.8', segment: 1 },
    alignment: {
      toCanonical: { ...identityTransform, translation: [0.1 + 0.2, 1 / 3, -7] },
      residual: 0.83,
      scales: [1.01, 0.99, 1],
    },
    pieces: [{ volume: 31.4, middle: [1, 2, 3] }],
    agreement: { dice: 0.95, mean: 0.4, p95: 1.1 },
    deviation: { mean: 1.2, p95: 2.1 },
    unlikeness: 0.7,
    warnings: [{ code: 'several-defects', message: 'The patch consists of 2 separate pieces.' }],
    provider: { provider: 'wasm', description: '2 threads' },
    elapsed: 51234,
  },
  shapes: {
    patch: {
      measurements: {
        volume: 31.41592653589793,
        outerArea: 66.2,
        meanThickness: 5.1,
        maxThickness: 8.9,
        extent: 97.3,
      },
      edited: true,
    },
    implant: {
      measurements: {
        volume: 24.1,
        outerArea: 61.7,
        meanThickness: 3.9,
        maxThickness: 4.2,
        extent: 95.8,
      },
      edited: false,
    },
  },
  design: {
    parameters: { ...defaultParameters, thickness: 3.7, axis: [-0.7, 1 / 3, 0.7] },
    axis: [-0.6717, 0.3198, 0.6682],
    tilt: 12.5,
    volume: 24.3,
    mass: 24.3 * 1.3,
    undercut: { volume: 0.21, place: [10.1, -3.2, 55] },
    pieces: 1,
    patchPiece: 1,
    checks: [
      { name: 'manifold', result: 'pass', value: 0, unit: '', message: 'Watertight.' },
      {
        name: 'gap',
        result: 'warn',
        value: NaN,
        unit: 'mm',
        message: 'No bone\\slot lies along the border: “look”.',
        place: [1.5, 2.25, 3.1],
        details: { mean: 0.7, p95: 1.1, max: 1.9 },
      },
      {
        name: 'thickness',
        result: 'fail',
        value: 0.8,
        unit: 'mm',
        message: 'Too thin.',
        details: { least: 0.8, p5: 3.4, p50: 3.7, p95: 3.8 },
      },
    ],
  },
  rehearsal: {
    volume: 28.8,
    metrics,
    warning: { code: 'poor-rehearsal', message: 'Expect no better.' },
  },
  judgement: {
    judgedBy: 'Opposite side',
    reference: 'mirrored',
    border: { distance: 0.51, distance95: 1.4, curvature: 2.3e-5 },
    metrics,
    worst: [{ position: [5, 6, 7], distance: -1.5, curvature: NaN, extent: 4 }],
  },
  comparison: {
    first: { label: 'Skull patch of this result', alone: 1.2, measurements },
    second: { label: 'Skull patch – of an expert', alone: 0.4, measurements },
    common: 27.1,
    dice: 0.97,
    meanDistance: 0.21,
    hd95: 0.8,
    hausdorff: 2.1,
  },
};
