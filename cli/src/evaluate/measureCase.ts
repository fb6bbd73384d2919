import { basename } from 'node:path';
import {
  comparePatches,
  compareShapes,
  type PatchMetrics,
} from '../../../extension/src/engine/judge/metrics.ts';
import { patchThicknessError } from '../../../extension/src/engine/judge/wallThickness.ts';
import type { Atlas } from '../../../extension/src/engine/pose/atlas.ts';
import type { LoadedModel, LoadedPrior } from '../../../extension/src/engine/cascade/model.ts';
import { loadModel, loadPrior } from '../../../extension/src/engine/cascade/model.ts';
import { reconstruct } from '../../../extension/src/engine/reconstruct.ts';
import { applyRigid, invertRigid } from '../../../extension/src/engine/space/transform.ts';
import type { InferenceBackend } from '../../../extension/src/engine/cascade/backend.ts';
import type { Crew } from '../../../extension/src/engine/crew/Crew.ts';
import type { Reconstruction } from '../../../extension/src/engine/reconstruction.ts';
import { termsOf } from '../../../extension/src/models.ts';
import { modelSource } from '../modelFolder.ts';
import { rehearseIfPossible } from '../rehearseIfPossible.ts';
import { openBackend, type ProviderChoice } from '../openBackend.ts';
import { openCrew } from '../openCrew.ts';
import type { EvaluationCase } from './cases.ts';

/** A figure of a case: how it is called, in which unit, with how many digits, and which way is better. */
export interface Column {
  readonly title: string;
  readonly unit: '' | 'mm' | 's' | '1/mm⁴';
  readonly digits: number;
  /** Absent where neither is. */
  readonly better?: 'higher' | 'lower';
}

/** What is measured of every reconstruction; shares are 0 to 1. */
export const columns = {
  dice: { title: 'Dice', unit: '', digits: 3, better: 'higher' },
  borderDice: { title: 'border Dice', unit: '', digits: 3, better: 'higher' },
  hd95: { title: 'HD95, pooled', unit: 'mm', digits: 2, better: 'lower' },
  outer: { title: 'outer-surface error', unit: 'mm', digits: 2, better: 'lower' },
  outerBothWays: { title: 'outer error, both ways', unit: 'mm', digits: 2, better: 'lower' },
  borderDistance: { title: 'border distance', unit: 'mm', digits: 2, better: 'lower' },
  curvatureError: { title: 'border curvature error', unit: '1/mm⁴', digits: 6, better: 'lower' },
  thickness: { title: 'thickness error, RMS', unit: 'mm', digits: 2, better: 'lower' },
  closed: { title: 'closed', unit: '', digits: 3, better: 'higher' },
  implantDice: { title: 'implant Dice', unit: '', digits: 3, better: 'higher' },
  implantError: { title: 'implant surface error', unit: 'mm', digits: 2, better: 'lower' },
  agreement: { title: 'network and prior agree', unit: '', digits: 3 },
  apart: { title: 'apart', unit: 'mm', digits: 2 },
  apart95: { title: 'apart, 95 %', unit: 'mm', digits: 2 },
  deviation: { title: 'deviation of the prior', unit: 'mm', digits: 2 },
  unlikeness: { title: 'unlike the training heads', unit: '', digits: 2 },
  rehearsedDice: { title: 'rehearsed Dice', unit: '', digits: 3 },
  rehearsedHd95: { title: 'rehearsed HD95', unit: 'mm', digits: 2 },
  rehearsedOuter: { title: 'rehearsed outer-surface error', unit: 'mm', digits: 2 },
  seconds: { title: 'time', unit: 's', digits: 1 },
} as const satisfies Readonly<Record<string, Column>>;
export type ColumnName = keyof typeof columns;
export const columnNames = Object.keys(columns) as ColumnName[];

/** Title and unit of a column. */
export function headingOf(name: ColumnName): string {
  const { title, unit }: Column = columns[name];
  return unit ? `${title}, ${unit}` : title;
}

/** Figures of one reconstruction; one that does not apply is absent. */
export type Figures = Readonly<Partial<Record<ColumnName, number>>>;

/** Ways that need no model: the mirrored skull, and what the networks are given, without them. */
const withoutModel = ['mirror', 'continuation'] as const;
type WithoutModel = (typeof withoutModel)[number];

/** A way to reconstruct: a model, or one without. */
export interface Method {
  readonly label: string;
  /** Identifies the model's files; empty without. */
  readonly hash: string;
  readonly model: LoadedModel | null;
  /** What the licence of its weights or of its prior wants to be said. */
  readonly terms?: string;
  /** Without a model: what continues the skull instead of the mean skull. */
  readonly prior?: LoadedPrior;
}

/** `prior:NAME` is the shape prior of a model, without its networks. */
const priorOf = 'prior:';

/** @throws CranioplastyError `model-unavailable`, `model-tampered`, `model-invalid` */
export async function openMethod(name: string): Promise<Method> {
  if (withoutModel.some((n) => n === name)) return { label: name, hash: '', model: null };
  if (name.startsWith(priorOf)) {
    const folder = name.slice(priorOf.length);
    const prior = await loadPrior(modelSource(folder));
    const terms = termsOf(prior.manifest);
    return { label: `prior ${basename(folder)}`, hash: prior.hash, model: null, prior, terms };
  }
  const model = await loadModel(modelSource(name));
  return { label: basename(name), hash: model.hash, model, terms: termsOf(model.manifest) };
}

/** Backends stay open as long as one model is asked for. */
export class Reconstructor {
  private open: { readonly hash: string; readonly backend: InferenceBackend } | null = null;
  private readonly crew: Crew;

  constructor(
    /** Of methods without a model. */
    private readonly freeAtlas: Atlas,
    private readonly provider: ProviderChoice,
    private readonly threads: number,
  ) {
    this.crew = openCrew(threads);
  }

  /**
   * @param rehearsed whether to rehearse on the opposite side too
   * @throws CranioplastyError as `reconstruct` and the comparison do
   */
  async measure(c: EvaluationCase, method: Method, rehearsed: boolean): Promise<Figures> {
    const request = await this.request(method);
    const began = performance.now();
    const result = await reconstruct({ skull: c.defective, ...request });
    const seconds = (performance.now() - began) / 1000;
    const cavity = applyRigid(invertRigid(result.alignment.toCanonical), request.atlas.centre);
    const truth = c.truth();
    const patch = comparePatches(c.defective, result.patch.mask, truth.patch, cavity);
    const implant = truth.implant && compareShapes(result.implant.mask, truth.implant);
    const rehearsal = rehearsed ? await this.rehearse(c, result, request) : undefined;
    const figures: Record<ColumnName, number | undefined> = {
      dice: patch.dice,
      borderDice: patch.borderDice,
      hd95: patch.hd95,
      outer: patch.outerSurfaceError,
      outerBothWays: patch.outerSurfaceErrorBothWays,
      borderDistance: patch.borderDistance,
      curvatureError: patch.borderCurvatureError,
      thickness: patchThicknessError(c.defective, result.patch.mask, truth.patch, cavity),
      closed: 1 - patch.openShare,
      implantDice: implant?.dice,
      implantError: implant?.surfaceError,
      agreement: result.agreement?.dice,
      apart: result.agreement?.mean,
      apart95: result.agreement?.p95,
      deviation: result.deviation?.mean,
      unlikeness: result.unlikeness,
      rehearsedDice: rehearsal?.dice,
      rehearsedHd95: rehearsal?.hd95,
      rehearsedOuter: rehearsal?.outerSurfaceError,
      seconds,
    };
    return Object.fromEntries(Object.entries(figures).filter(([, v]) => Number.isFinite(v)));
  }

  /** The figures of the rehearsal; undefined where the opposite side is missing too. */
  private async rehearse(
    { defective: skull }: EvaluationCase,
    { patch, alignment: { toCanonical } }: Reconstruction,
    how: Awaited<ReturnType<Reconstructor['request']>>,
  ): Promise<PatchMetrics | undefined> {
    const request = { ...how, skull, patch: patch.mask, toCanonical };
    return (await rehearseIfPossible(request))?.metrics;
  }

  async close(): Promise<void> {
    this.crew.close();
    await this.release();
  }

  private async release(): Promise<void> {
    await this.open?.backend.release();
    this.open = null;
  }

  private async request({ label, model, hash, prior }: Method) {
    const { crew } = this;
    if (prior) return { method: 'continuation', prior, atlas: prior.atlas, crew } as const;
    if (!model) return { method: label as WithoutModel, atlas: this.freeAtlas, crew };
    if (this.open?.hash !== hash) {
      await this.release();
      const backend = await openBackend(this.provider, model, () => undefined, this.threads);
      this.open = { hash, backend };
    }
    const { backend } = this.open;
    return { model, atlas: model.atlas, backend, modelChecked: true, crew } as const;
  }
}
