import { completeParameters, type ImplantParameters } from '../../engine/implant/parameters.ts';
import type { DesignedImplant } from '../../engine/implant/design.ts';
import type { ComparedShape, Comparison } from '../../engine/judge/comparison.ts';
import type { FitError } from '../../engine/judge/fitError.ts';
import type { Alignment } from '../../engine/pose/align.ts';
import type { Reconstruction } from '../../engine/reconstruction.ts';
import type { Rehearsal } from '../../engine/rehearsal.ts';
import type { ShapeMeasurements } from '../../engine/shape/measure.ts';
import type { PatchPiece } from '../../engine/shape/pieces.ts';
import { CranioplastyError } from '../../engine/space/errors.ts';
import type { ReconstructionWarning } from '../../engine/warnings.ts';
import type { Sentence } from '../../engine/words/sentence.ts';
import { fromExactJson, toExactJson } from './exactJson.ts';
import { why } from '../errorSentences.ts';

/** How the patch came about. */
export interface ReconstructionRecord extends Pick<
  Reconstruction,
  'method' | 'alternative' | 'model'
> {
  /** Folder name of the model. */
  readonly modelFolder?: string;
  /** The segment that was reconstructed; the object, where it was stored. */
  readonly skull: {
    readonly label: string;
    readonly sopInstanceUID?: string;
    readonly segment?: number;
  };
  readonly alignment: Alignment;
  readonly pieces: readonly PatchPiece[];
  readonly agreement?: { readonly dice: number; readonly mean: number; readonly p95: number };
  readonly deviation?: { readonly mean: number; readonly p95: number };
  readonly unlikeness?: number;
  readonly warnings: readonly ReconstructionWarning[];
  /** What ran the networks, in words. */
  readonly provider?: { readonly provider: string; readonly description?: string };
  /** Milliseconds. */
  readonly elapsed?: number;
}

/** A designed implant without its shape, which is stored beside. */
export interface DesignRecord extends Pick<
  DesignedImplant,
  'parameters' | 'axis' | 'tilt' | 'volume' | 'mass' | 'undercut' | 'checks'
> {
  /** Number of its bodies. */
  readonly pieces: number;
  /** Which piece of the patch it is for, from 1, where that was chosen. */
  readonly patchPiece?: number;
  /** Why it is not of the patch and the parameters as they are, in English. */
  readonly problem?: string;
  /** The same for other languages. */
  readonly problemSentence?: Sentence;
}

/** How the patch was judged. */
export interface JudgementRecord extends Pick<
  FitError,
  'reference' | 'border' | 'metrics' | 'worst'
> {
  /** In words. */
  readonly judgedBy: string;
}

/** How two shapes of the case differ. */
export interface ComparisonRecord extends Pick<
  Comparison,
  'common' | 'dice' | 'meanDistance' | 'hd95' | 'hausdorff'
> {
  readonly first: ComparedRecord;
  readonly second: ComparedRecord;
}

interface ComparedRecord extends Pick<ComparedShape, 'alone' | 'measurements'> {
  /** In words. */
  readonly label: string;
}

export interface ShapeRecord {
  readonly measurements: ShapeMeasurements;
  /** Edited by hand. */
  readonly edited: boolean;
}

/** What is known of a case beside its shapes: enough to open it again without computing anything. */
export interface CaseRecord {
  /** Version of this record. */
  readonly format: 1;
  readonly reconstruction?: ReconstructionRecord;
  readonly shapes: { readonly patch?: ShapeRecord; readonly implant?: ShapeRecord };
  readonly design?: DesignRecord;
  readonly rehearsal?: Rehearsal;
  readonly judgement?: JudgementRecord;
  readonly comparison?: ComparisonRecord;
}

/** The record as JSON from which `parseRecord` reads exactly the same. */
export function writeRecord(record: CaseRecord): string {
  return toExactJson(record);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a record; the parameters of the design are checked as those of a form are.
 * @throws CranioplastyError `bad-object` if it is no record or one of a newer version; `bad-parameter`, `bad-axis`
 */
export function parseRecord(json: string): CaseRecord {
  const damaged = (cause?: unknown) =>
    new CranioplastyError('bad-object', why('error.report.damaged'), { cause });
  const newer = () => new CranioplastyError('bad-object', why('error.report.newer'));
  let value: unknown;
  try {
    value = fromExactJson(json);
  } catch (cause) {
    throw damaged(cause);
  }
  if (!isRecord(value) || !isRecord(value['shapes']))
    throw new CranioplastyError('bad-object', why('error.report.no-case'));
  if (value['format'] !== 1) throw newer();
  const { design, reconstruction } = value;
  if (reconstruction !== undefined && !isReconstruction(reconstruction)) throw damaged();
  if (design === undefined) return value as unknown as CaseRecord;
  if (!isRecord(design) || !isRecord(design['parameters']) || !Array.isArray(design['checks'])) {
    throw damaged();
  }
  const parameters: ImplantParameters = completeParameters(design['parameters']);
  return { ...value, design: { ...design, parameters } } as unknown as CaseRecord;
}

function isReconstruction(value: unknown): boolean {
  return (
    isRecord(value) &&
    isRecord(value['model']) &&
    typeof value['model']['name'] === 'string' &&
    isRecord(value['alignment']) &&
    isRecord(value['alignment']['toCanonical']) &&
    Array.isArray(value['pieces']) &&
    Array.isArray(value['warnings'])
  );
}
