import type { LoadedModel } from './cascade/model.ts';
import type { Alignment } from './pose/align.ts';
import { align } from './pose/align.ts';
import type { Atlas } from './pose/atlas.ts';
import { assertVaultCovered } from './pose/coverage.ts';
import type { Continuation } from './prior/continuation.ts';
import { fitContinuation } from './prior/continuation.ts';
import { distanceOnLattice } from './prior/lattice.ts';
import type { Alternative, ExpectedSkull, ShapePrior } from './prior/shapePrior.ts';
import { continuedAs, expectSkull } from './prior/shapePrior.ts';
import type { RunControl } from './progress.ts';
import { StageClock } from './progress.ts';
import type { LowerEnd } from './shape/lowerEnd.ts';
import { findLowerEnd } from './shape/lowerEnd.ts';
import { canonicalGrid } from './space/canonical.ts';
import type { Box } from './space/crop.ts';
import { boundingBox, cropToContent, skullMargin } from './space/crop.ts';
import type { Grid } from './space/grid.ts';
import { assertGrid } from './space/grid.ts';
import type { PlacedSkull } from './space/resample.ts';
import { CanonicalSkull, skullSurfaceDistance } from './space/resample.ts';
import { signedDistance } from './space/signedDistance.ts';
import type { Mask, Volume } from './space/volume.ts';
import { makeVolume } from './space/volume.ts';
import type { Mesh } from './surface/mesh.ts';
import { skullSurface } from './surface/skullSurface.ts';

/** What is known of heads, and on which grid the work is done. */
export interface Preparation {
  readonly atlas: Atlas;
  readonly shapePrior?: ShapePrior;
  readonly canonical: Grid;
  /** How many of its voxels the coarse grid has in one, along each axis. */
  readonly coarser?: number;
}

/** What the networks of a model need. */
export function preparationFor({ manifest, atlas, shapePrior }: LoadedModel): Preparation {
  const { size, spacing } = manifest.canonicalGrid;
  const coarser = Math.round(manifest.networks.coarse.spacing / spacing);
  return { atlas, shapePrior, canonical: canonicalGrid(size, spacing), coarser };
}

/**
 * All of a reconstruction that depends on the skull alone and needs no network: pose, surface, and what continues
 * it. Each part is found when it is first asked for, so that a skull can be made ready before its
 * reconstruction, and reconstructed again without finding all of it again.
 */
export class PreparedSkull {
  /** Where on its grid the skull lies. */
  readonly content: Box | undefined;
  readonly alignment: Alignment;
  readonly atlas: Atlas;
  private readonly bone: Mask;
  private readonly preparation: Preparation;
  private readonly parts: Partial<Found> = {};

  /** @throws CranioplastyError `bad-geometry`, `empty-skull`, `alignment-failed`, `skull-incomplete` */
  constructor(skull: Mask, preparation: Preparation) {
    assertGrid(skull.grid);
    makeVolume(skull.grid, skull.data);
    this.preparation = preparation;
    this.atlas = preparation.atlas;
    // Most of a scan is air: what looks at the skull alone works on its bounding box.
    this.content = boundingBox([skull.data], skull.grid.size) ?? undefined;
    this.bone = cropToContent(skull, skullMargin, this.content);
    this.alignment = align(this.bone, this.atlas);
    assertVaultCovered(skull, this.alignment.toCanonical);
  }

  /** By its signed distance. */
  get placed(): PlacedSkull {
    const { toCanonical } = this.alignment;
    return (this.parts.placed ??= { field: signedDistance(this.bone), toCanonical });
  }

  get canonical(): CanonicalSkull {
    return (this.parts.canonical ??= new CanonicalSkull(this.placed, this.preparation.canonical));
  }

  /** Share of bone in each voxel of the coarse grid. */
  get occupancy(): Volume<Float32Array> {
    const { coarser = 1 } = this.preparation;
    return (this.parts.occupancy ??= this.canonical.blockMean(coarser));
  }

  /** Where bone ends below; null where nothing tells. */
  get lowerEnd(): LowerEnd | null {
    return (this.parts.lowerEnd ??= { found: findLowerEnd(this.canonical, this.atlas.centre) })
      .found;
  }

  /** Finds the display surface. */
  makeMesh(): void {
    this.parts.mesh ??= skullSurface(this.placed.field);
  }

  /** The display surface, patient LPS mm, which is then the caller's alone. */
  takeMesh(): Mesh {
    const mesh = this.parts.mesh ?? skullSurface(this.placed.field);
    this.parts.mesh = undefined;
    return mesh;
  }

  /** The mirror image, the mean skull and, where there is one, the shape prior, fitted to the skull. */
  continued(alternative: Alternative): Continuation {
    const { shapePrior } = this.preparation;
    this.parts.bent ??= fitContinuation(distanceOnLattice(this.placed), this.atlas);
    if (!shapePrior) return this.parts.bent;
    this.parts.expected ??= expectSkull(shapePrior, skullSurfaceDistance(this.placed));
    return { ...this.parts.bent, shape: continuedAs(this.parts.expected, alternative) };
  }
}

/**
 * Finds where a skull lies and its surface.
 * @throws CranioplastyError `bad-geometry`, `empty-skull`, `alignment-failed`, `skull-incomplete`, `cancelled`
 */
export function prepareSkull(
  skull: Mask,
  preparation: Preparation,
  clock: StageClock,
): PreparedSkull {
  clock.enter('align');
  const prepared = new PreparedSkull(skull, preparation);
  clock.enter('resample');
  void prepared.placed;
  return prepared;
}

/**
 * As `prepareSkull`, and finds all else that the networks of a model and their result will ask for.
 * @param before what was found for the same skull and model before
 */
export function prepareAhead(
  skull: Mask,
  model: LoadedModel,
  alternative: Alternative,
  control: RunControl,
  before?: PreparedSkull,
): PreparedSkull {
  const prepared = before ?? prepareSkull(skull, preparationFor(model), new StageClock(control));
  void prepared.continued(alternative);
  void prepared.occupancy;
  void prepared.lowerEnd;
  prepared.makeMesh();
  return prepared;
}

interface Found {
  placed: PlacedSkull;
  canonical: CanonicalSkull;
  occupancy: Volume<Float32Array>;
  lowerEnd: { readonly found: LowerEnd | null };
  mesh: Mesh;
  bent: Continuation;
  expected: ExpectedSkull;
}
