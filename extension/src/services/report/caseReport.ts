import type { CaseIdentity } from '../../dicom/ct/caseIdentity.ts';
import { coarse, isCoarse } from '../../dicom/ct/ctSummary.ts';
import { product } from '../../dicom/product.ts';
import type { Comparison } from '../../engine/judge/comparison.ts';
import { meetsBone, type FitError } from '../../engine/judge/fitError.ts';
import type { MethodName } from '../../engine/reconstruction.ts';
import type { Rehearsal } from '../../engine/rehearsal.ts';
import type { ShapeMeasurements } from '../../engine/shape/measure.ts';
import { describeModel, termsOf, type ModelIdentity } from '../../models.ts';
import { isEdited, noBorder, type StudyResult, type StudyState } from '../../state/studyState.ts';
import type { Picture } from '../../viewer/ViewerPort.ts';
import type { DesignPicture } from './designPictures.ts';
import { describeDesign, designPage, type DesignDescription } from './designReport.ts';
import { sayInEnglish } from '../../words/say.ts';
import { metricFigures, shapeFigures, tell, type Figure } from '../figures.ts';
import { escapeHtml as escape } from './escapeHtml.ts';
import { section, type Line } from './reportSection.ts';
import { currentWarnings } from '../shapes/resultParts.ts';
import { dateAndTime } from '../../dateAndTime.ts';

/** Everything the report says, without pictures: what is stored as JSON. Lengths in mm, times in ms. */
export interface CaseDescription {
  readonly product: { readonly name: string; readonly version: string; readonly use: string };
  /** ISO 8601. */
  readonly created: string;
  /** Absent where the person is left out. */
  readonly patient?: { readonly name?: string; readonly id?: string; readonly birthDate?: string };
  readonly reader?: string;
  readonly study: {
    readonly date?: string;
    readonly accession?: string;
    readonly series?: string;
    /** Distance of the slices and the thickness that they are said to have, mm. */
    readonly sliceDistance: number;
    readonly sliceThickness?: number;
    readonly studyInstanceUID: string;
    readonly seriesInstanceUID: string;
    readonly frameOfReferenceUID: string;
    readonly skull: string;
    readonly savedSopInstanceUID?: string;
  };
  readonly model: ModelIdentity;
  readonly method: MethodName;
  /** Absent without a network, and where a stored result does not say. */
  readonly ranOn?: { readonly provider: string; readonly description: string };
  readonly elapsed?: number;
  readonly alignment: {
    readonly residual: number;
    readonly scales: readonly number[];
    readonly rotation: readonly number[];
    readonly translation: readonly number[];
  };
  readonly shapes: Readonly<
    Record<'skullPatch' | 'implant', ShapeMeasurements & { readonly edited: boolean }>
  >;
  /** Of the implant, where it was designed; lengths in mm, volumes in ml, mass in g, the axis in patient LPS. */
  readonly design?: DesignDescription;
  /** Of the network and what continues the skull without it; lengths in mm. */
  readonly agreement?: { readonly dice: number; readonly mean: number; readonly p95: number };
  /** Standard deviation of the outer surface by the shape prior, mm. */
  readonly deviation?: { readonly mean: number; readonly p95: number };
  readonly unlikeness?: number;
  /** How the same method did on the intact side; volume in ml. */
  readonly rehearsal?: Rehearsal;
  readonly fit?: {
    readonly judgedBy: string;
    readonly border: FitError['border'];
    readonly metrics?: FitError['metrics'];
    readonly worst: FitError['worst'];
  };
  readonly comparison?: Pick<
    Comparison,
    'common' | 'dice' | 'meanDistance' | 'hd95' | 'hausdorff'
  > & {
    readonly first: ComparedDescription;
    readonly second: ComparedDescription;
  };
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/** One of two compared shapes; volumes in ml. */
interface ComparedDescription {
  readonly label: string;
  readonly alone: number;
  readonly measurements: ShapeMeasurements;
}

/** Whose case it is and who reads it. */
export interface WhoseCase {
  readonly identity: CaseIdentity;
  readonly reader?: string;
  readonly withoutPerson: boolean;
}

/** @param result whose shapes are measured as they are */
export function describeCase(
  result: StudyResult,
  { fit, compared }: Pick<StudyState, 'fit' | 'compared'>,
  created: Date,
  { identity, reader, withoutPerson }: WhoseCase,
): CaseDescription {
  const { reconstruction, shapes, rehearsal, series, skullSource, saved, provider, elapsed } =
    result;
  const { model, alignment, agreement, deviation, unlikeness } = reconstruction;
  const { patientName, patientId, birthDate, studyDate, accession, sliceThickness } = identity;
  const [, , sliceDistance] = series.grid.spacing;
  const thickness = Math.max(sliceDistance, sliceThickness ?? 0);
  const said = { thickness: Number(thickness.toFixed(2)), most: coarse };
  const warnings = [
    ...(isCoarse({ thickness })
      ? [{ code: 'thick-slices', message: sayInEnglish('case.thick', said) }]
      : []),
    ...currentWarnings(result),
  ];
  return {
    product: { name: product.name, version: product.version, use: product.researchUse },
    created: created.toISOString(),
    patient: withoutPerson ? undefined : { name: patientName, id: patientId, birthDate },
    reader: withoutPerson ? undefined : reader,
    study: {
      date: studyDate,
      accession: withoutPerson ? undefined : accession,
      series: identity.series,
      sliceDistance,
      sliceThickness,
      studyInstanceUID: series.studyInstanceUID,
      seriesInstanceUID: series.seriesInstanceUID,
      frameOfReferenceUID: series.frameOfReferenceUID,
      skull: skullSource.label,
      savedSopInstanceUID: saved?.sopInstanceUID,
    },
    model,
    method: reconstruction.method,
    ranOn: provider && { provider: provider.provider, description: provider.description },
    elapsed,
    alignment: {
      residual: alignment.residual,
      scales: alignment.scales,
      rotation: alignment.toCanonical.rotation,
      translation: alignment.toCanonical.translation,
    },
    shapes: {
      skullPatch: { ...shapes.patch.measurements, edited: isEdited(result, 'patch') },
      implant: { ...shapes.implant.measurements, edited: isEdited(result, 'implant') },
    },
    design: describeDesign(result),
    agreement: agreement && { dice: agreement.dice, mean: agreement.mean, p95: agreement.p95 },
    deviation: deviation && { mean: deviation.mean, p95: deviation.p95 },
    unlikeness,
    fit: fit && {
      judgedBy: fit.reference,
      border: fit.error.border,
      metrics: fit.error.metrics,
      worst: fit.error.worst,
    },
    comparison: compared && describeComparison(compared),
    rehearsal,
    warnings: rehearsal?.warning ? [...warnings, rehearsal.warning] : warnings,
  };
}

function describeComparison({
  comparison,
  labels,
}: NonNullable<StudyState['compared']>): CaseDescription['comparison'] {
  const { common, dice, meanDistance, hd95, hausdorff } = comparison;
  const [first, second] = [comparison.first, comparison.second].map(
    ({ alone, measurements }, side) => ({ label: labels[side], alone, measurements }),
  );
  return { first, second, common, dice, meanDistance, hd95, hausdorff };
}

function placeOf({ method, ranOn }: Pick<CaseDescription, 'method' | 'ranOn'>): string {
  if (ranOn) return [ranOn.provider, ranOn.description].filter(Boolean).join(', ');
  return method === 'network' ? 'not known' : 'no network';
}

const style = `
@page { size: A4; margin: 12mm; }
body { font: 11px/1.35 system-ui, sans-serif; color: #222; max-width: 186mm; margin: 1rem auto; }
h1 { font-size: 17px; margin: 0; } h2 { font-size: 12px; margin: .7rem 0 .2rem; }
.use { color: #b00020; font-weight: 600; }
.warning { border: 1px solid #b45309; color: #7c2d12; padding: .2rem .4rem; margin: .2rem 0; }
.pictures { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 4px; }
.pictures figure { margin: 0; } .pictures figcaption { color: #555; }
.pictures img { width: 100%; height: 46mm; object-fit: contain; background: #000; display: block; }
.page { break-before: page; margin-top: 1rem; font-size: 10px; }
.small img { height: 32mm; }
.scale { display: block; white-space: nowrap; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.scale span { display: inline-block; width: 15mm; height: 2mm; border-radius: 1mm; }
.columns { columns: 2; column-gap: 1.2rem; }
section { break-inside: avoid; }
table { border-collapse: collapse; width: 100%; }
td { padding: .08rem .3rem; border-bottom: 1px solid #e5e5e5; vertical-align: top; }
td + td { text-align: right; overflow-wrap: anywhere; }
.words td + td { overflow-wrap: normal; white-space: nowrap; }
.text td + td { text-align: left; overflow-wrap: normal; } .text td:first-child { white-space: nowrap; }
.sign { margin-top: 1rem; border-top: 1px solid #999; padding-top: .3rem; }
`;

const mm = (value: number, digits = 2): string =>
  Number.isFinite(value) ? `${value.toFixed(digits)} mm` : '–';

function caseLines({ patient, reader, study, created }: CaseDescription): Line[] {
  const { sliceDistance, sliceThickness } = study;
  const slices = `${mm(sliceDistance)} apart${sliceThickness ? `, ${mm(sliceThickness)} thick` : ''}`;
  return [
    ...(patient
      ? [
          [
            'Patient',
            `${patient.name ?? '–'}, ID ${patient.id ?? '–'}, born ${patient.birthDate ?? '–'}`,
          ] as const,
        ]
      : [['Patient', 'left out'] as const]),
    ['Study', `${study.date ?? '–'}${study.accession ? `, accession ${study.accession}` : ''}`],
    ['Series', `${study.series ?? '–'}, slices ${slices}`],
    ['Report made', dateAndTime(new Date(created))],
    ...(reader ? [['Reader', reader] as const] : []),
  ];
}

function shapeLines(shape: CaseDescription['shapes']['skullPatch']): Line[] {
  return [
    ...figureLines(shapeFigures, shape),
    ...(shape.edited ? [['Edited by hand, and measured after', 'yes'] as const] : []),
  ];
}

function figureLines<Of>(figures: readonly Figure<Of>[], measured: Of): Line[] {
  return figures.map((figure) => [sayInEnglish(figure.key), tell(figure, measured)]);
}

/** What the figures above mean, each once. */
function definitionLines({ rehearsal, fit }: CaseDescription): Line[] {
  const figures = [...shapeFigures, ...(rehearsal || fit?.metrics ? metricFigures : [])];
  return figures.map(({ key, help }) => [sayInEnglish(key), sayInEnglish(help)]);
}

function fitLines({ judgedBy, border, metrics, worst }: NonNullable<CaseDescription['fit']>) {
  const lines: Line[] = [
    ['Judged by', judgedBy],
    ...(meetsBone(border)
      ? [
          [
            sayInEnglish('fit.border'),
            `${border.distance.toFixed(2)} (${mm(border.distance95)})`,
          ] as const,
          [sayInEnglish('fit.curvature'), `${border.curvature.toExponential(2)} 1/mm⁴`] as const,
        ]
      : [['Border', noBorder] as const]),
  ];
  if (metrics) {
    lines.push(...figureLines(metricFigures, metrics));
  }
  worst.forEach(({ distance, extent, position }, rank) =>
    lines.push([
      `${rank + 1}. ${distance > 0 ? 'bump' : 'dent'}, about ${(2 * extent).toFixed(0)} mm wide, at LPS ${position.map((v) => v.toFixed(0)).join(', ')}`,
      mm(Math.abs(distance), 1),
    ]),
  );
  return lines;
}

function rehearsalLines({ volume, metrics }: Rehearsal): Line[] {
  return [['Known bone', `${volume.toFixed(1)} ml`], ...figureLines(metricFigures, metrics)];
}

function comparisonLines({
  first,
  second,
  common,
  dice,
  meanDistance,
  hd95,
  hausdorff,
}: NonNullable<CaseDescription['comparison']>): Line[] {
  return [
    ['First', first.label],
    ['Second', second.label],
    ...shapeFigures.map((figure): Line => {
      const [one, other] = [first, second].map((shape) => tell(figure, shape.measurements));
      return [`${sayInEnglish(figure.key)}, of each`, `${one}, ${other}`];
    }),
    ['Not in the other, of each', `${first.alone.toFixed(1)} ml, ${second.alone.toFixed(1)} ml`],
    [sayInEnglish('compare.common'), `${common.toFixed(1)} ml`],
    [sayInEnglish('figure.dice'), dice.toFixed(2)],
    [sayInEnglish('compare.mean'), mm(meanDistance, 1)],
    [sayInEnglish('figure.hd95'), mm(hd95, 1)],
    [sayInEnglish('compare.largest'), mm(hausdorff, 1)],
  ];
}

/** Prints to A4 and needs nothing else; a designed implant has a page of its own. */
export function caseReportHtml(
  about: CaseDescription,
  pictures: readonly Picture[],
  ofDesign: readonly DesignPicture[],
): string {
  const { study, model, alignment, agreement, deviation, rehearsal, fit, comparison } = about;
  const terms = termsOf(model);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Cranial reconstruction</title><style>${style}</style></head><body>
<h1>Cranial reconstruction</h1>
<p class="use">${escape(about.product.use)}.${terms ? ` Model ${escape(describeModel(model))}.` : ''}</p>
${section('Case', caseLines(about))}
${about.warnings.map(({ message }) => `<div class="warning">${escape(message)}</div>`).join('')}
<div class="pictures">${pictures
    .map(
      ({ name, dataUrl }) =>
        `<figure><img alt="${escape(name)}" src="${escape(dataUrl)}"><figcaption>${escape(name)}</figcaption></figure>`,
    )
    .join('')}</div>
<div class="columns">
${section('Skull patch', shapeLines(about.shapes.skullPatch))}
${section('Implant', shapeLines(about.shapes.implant))}
${fit ? section('Fit', fitLines(fit)) : section('Fit', [['Not judged', '–']])}
${rehearsal ? section('Rehearsal on the intact side', rehearsalLines(rehearsal)) : ''}
${comparison ? section('Comparison', comparisonLines(comparison)) : ''}
${section('How it was made', [
  ['Software', `${about.product.name} ${about.product.version}`],
  ['Model', `${model.name} ${model.version}`],
  ...(terms ? [['Licence of the model', terms] as const] : []),
  ...(model.hash ? [['Hash of the model', model.hash] as const] : []),
  ['Ran on', placeOf(about)],
  ...(about.elapsed === undefined
    ? []
    : [['Time', `${(about.elapsed / 1000).toFixed(1)} s`] as const]),
  ['Skull', study.skull],
  [sayInEnglish('made.alignment'), mm(alignment.residual)],
  ['Scales of the atlas fit', alignment.scales.map((s) => s.toFixed(3)).join(', ')],
  ...(deviation
    ? [
        [
          sayInEnglish('confidence.deviation'),
          `${deviation.mean.toFixed(2)} (${mm(deviation.p95)})`,
        ] as const,
      ]
    : []),
  ...(agreement
    ? [
        [
          `${sayInEnglish('confidence.agreement')}${about.shapes.skullPatch.edited ? ', before the edits' : ''}`,
          `${agreement.mean.toFixed(2)} (${mm(agreement.p95)})`,
        ] as const,
      ]
    : []),
  ['Study UID', study.studyInstanceUID],
  ['CT series UID', study.seriesInstanceUID],
  ...(study.savedSopInstanceUID ? [['Stored as', study.savedSopInstanceUID] as const] : []),
])}
</div>
${section('What the figures mean', definitionLines(about), 'text')}
<p class="sign">Looked at by, date:</p>
${about.design ? designPage(about.design, ofDesign, about.product.use) : ''}
</body></html>
`;
}
