import type { DesignedImplant } from '../engine/implant/design.ts';
import { quantile } from '../engine/space/quantile.ts';
import type { ImplantMap } from '../state/implantChoices.ts';
import { coolColoursOf } from '../viewer/drawing/colourScale.ts';

/** What the surface of a designed implant can show. */
export interface ColouredImplant {
  /** Red, green, blue of each vertex; grey where there is nothing to measure. */
  readonly colours: Uint8Array;
  /** Value from which on the colour no longer changes, mm. */
  readonly most: number;
}

/** The gap from which on its colour no longer changes, mm: the usual clearance at the temple. */
const widestShown = 3;

/** A surface is drawn anew when its colours are another array: the same design keeps its own. */
const held = new WeakMap<DesignedImplant, Partial<Record<ImplantMap, ColouredImplant>>>();

/** A designed implant coloured by a map; undefined where its maps are not known, as yet of one that was stored. */
export function colouredImplant(
  design: DesignedImplant,
  map: ImplantMap,
): ColouredImplant | undefined {
  const values = design.maps?.[map];
  if (!values) return undefined;
  const known = held.get(design) ?? {};
  held.set(design, known);
  const { thickness } = design.parameters;
  const most = map === 'gap' ? widestShown : thickness === 'bone' ? thickestOf(values) : thickness;
  return (known[map] ??= { colours: coolColoursOf(values, most), most });
}

/** Of one as thick as bone: the 95th percentile, rounded up to half a millimetre: single places do not stretch the scale. */
function thickestOf(values: Float32Array): number {
  const known = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  return known.length > 0 ? Math.ceil(2 * quantile(known, 0.95)) / 2 : 1;
}
