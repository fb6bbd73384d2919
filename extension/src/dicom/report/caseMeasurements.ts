import type { ImplantCheck } from '../../engine/implant/checks.ts';
import type { PatchMetrics } from '../../engine/judge/metrics.ts';
import type { Vec3 } from '../../engine/space/grid.ts';
import type { Code } from '../part10/codedConcept.ts';
import type {
  CaseRecord,
  DesignRecord,
  JudgementRecord,
  ReconstructionRecord,
  ShapeRecord,
} from './caseRecord.ts';
import { checkConcepts, checkResults, concepts, derivations, units } from './codes.ts';
import type { Evaluation, Measurement, Note, SegmentMeasurements } from './measurements.ts';

type Maybe = Omit<Measurement, 'value'> & { readonly value: number | undefined };

const of = (concept: Code, value: number | undefined, unit: Code, derivation?: Code): Maybe => ({
  concept,
  value,
  unit,
  ...(derivation ? { derivation } : {}),
});

/** Those that are numbers: of a patch that touches no bone, say, there is no border to measure. */
const known = (all: readonly Maybe[]): Measurement[] =>
  all.filter((one): one is Measurement => one.value !== undefined && Number.isFinite(one.value));

/** What a case says of its skull patch. */
export function patchMeasurements(record: CaseRecord): SegmentMeasurements {
  const { shapes, reconstruction, rehearsal, judgement } = record;
  return {
    measurements: known([
      ...shapeFigures(shapes.patch),
      ...judgementFigures(judgement),
      ...metricFigures(rehearsal?.metrics, rehearsed),
      of(concepts.rehearsedVolume, rehearsal?.volume, units.cm3),
      ...confidenceFigures(reconstruction),
    ]),
    evaluations: [],
    notes: [
      ...editedNote(shapes.patch),
      ...(judgement ? [{ concept: concepts.judgedBy, text: judgement.judgedBy }] : []),
      ...(reconstruction?.warnings ?? []).map(({ message }) => commentOf(message)),
      ...(rehearsal?.warning ? [commentOf(rehearsal.warning.message)] : []),
    ],
  };
}

/** What a case says of its implant. */
export function implantMeasurements({ shapes, design }: CaseRecord): SegmentMeasurements {
  return {
    measurements: known([
      ...(shapes.implant
        ? shapeFigures(shapes.implant)
        : [of(concepts.volume, design?.volume, units.cm3)]),
      ...designFigures(design),
    ]),
    evaluations: (design?.checks ?? []).map(evaluationOf),
    notes: [
      ...editedNote(shapes.implant),
      ...(design ? [{ concept: concepts.axis, text: axisText(design.axis) }] : []),
      ...(design?.problem ? [commentOf(design.problem)] : []),
    ],
  };
}

const commentOf = (text: string): Note => ({ concept: concepts.remark, text });

const axisText = (axis: Vec3): string => axis.map((value) => value.toFixed(4)).join(', ');

function editedNote(shape: ShapeRecord | undefined): Note[] {
  return shape?.edited ? [{ concept: concepts.edited, text: 'yes' }] : [];
}

function shapeFigures(shape: ShapeRecord | undefined): Maybe[] {
  if (!shape) return [];
  const { volume, outerArea, meanThickness, maxThickness, extent } = shape.measurements;
  return [
    of(concepts.volume, volume, units.cm3),
    of(concepts.outerArea, outerArea, units.cm2),
    of(concepts.thickness, meanThickness, units.mm, derivations.mean),
    of(concepts.thickness, maxThickness, units.mm, derivations.maximum),
    of(concepts.extent, extent, units.mm),
  ];
}

interface MetricConcepts {
  readonly dice: Code;
  readonly borderDice: Code;
  readonly hd95: Code;
  readonly outerSurfaceError: Code;
}

const judged: MetricConcepts = {
  dice: concepts.overlap,
  borderDice: concepts.borderOverlap,
  hd95: concepts.hausdorff,
  outerSurfaceError: concepts.outerError,
};

const rehearsed: MetricConcepts = {
  dice: concepts.rehearsedOverlap,
  borderDice: concepts.rehearsedBorder,
  hd95: concepts.rehearsedHausdorff,
  outerSurfaceError: concepts.rehearsedError,
};

function metricFigures(metrics: PatchMetrics | undefined, names: MetricConcepts): Maybe[] {
  return [
    of(names.dice, metrics?.dice, units.ratio),
    of(names.borderDice, metrics?.borderDice, units.ratio),
    of(names.hd95, metrics?.hd95, units.mm, derivations.p95),
    of(names.outerSurfaceError, metrics?.outerSurfaceError, units.mm, derivations.mean),
  ];
}

function judgementFigures(judgement: JudgementRecord | undefined): Maybe[] {
  return [
    of(concepts.borderDistance, judgement?.border.distance, units.mm, derivations.mean),
    of(concepts.borderDistance, judgement?.border.distance95, units.mm, derivations.p95),
    of(
      concepts.borderCurvature,
      judgement?.border.curvature,
      units.curvatureSquared,
      derivations.mean,
    ),
    ...metricFigures(judgement?.metrics, judged),
  ];
}

function confidenceFigures(made: ReconstructionRecord | undefined): Maybe[] {
  return [
    of(concepts.residual, made?.alignment.residual, units.mm),
    of(concepts.agreement, made?.agreement?.dice, units.ratio),
    of(concepts.disagreement, made?.agreement?.mean, units.mm, derivations.mean),
    of(concepts.disagreement, made?.agreement?.p95, units.mm, derivations.p95),
    of(concepts.deviation, made?.deviation?.mean, units.mm, derivations.mean),
    of(concepts.deviation, made?.deviation?.p95, units.mm, derivations.p95),
  ];
}

function designFigures(design: DesignRecord | undefined): Maybe[] {
  const details = (name: ImplantCheck['name']) =>
    design?.checks.find((check) => check.name === name)?.details;
  const [gap, wall] = [details('gap'), details('thickness')];
  return [
    of(concepts.mass, design?.mass, units.g),
    of(concepts.tilt, design?.tilt, units.degree),
    of(concepts.undercut, design?.undercut.volume, units.cm3),
    of(concepts.gap, gap?.['mean'], units.mm, derivations.mean),
    of(concepts.gap, gap?.['p95'], units.mm, derivations.p95),
    of(concepts.gap, gap?.['max'], units.mm, derivations.maximum),
    of(concepts.thickness, wall?.['least'], units.mm, derivations.minimum),
    of(concepts.thickness, wall?.['p5'], units.mm, derivations.p5),
    of(concepts.thickness, wall?.['p50'], units.mm, derivations.median),
    of(concepts.thickness, wall?.['p95'], units.mm, derivations.p95),
  ];
}

const checkUnits = { mm: units.mm, ml: units.cm3, g: units.g, '': units.none } as const;

function evaluationOf({ name, result, value, unit, message, place }: ImplantCheck): Evaluation {
  return {
    concept: checkConcepts[name],
    value: checkResults[result],
    ...(Number.isFinite(value) ? { judged: { value, unit: checkUnits[unit] } } : {}),
    comment: message,
    ...(place ? { place } : {}),
  };
}
