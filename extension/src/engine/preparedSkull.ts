import type { LoadedModel } from './cascade/model.ts';
import type { Handed } from './crew/Crew.ts';
import { allDone, Crew, slabs } from './crew/Crew.ts';
import type { Alignment } from './pose/align.ts';
import { align } from './pose/align.ts';
import type { Atlas } from './pose/atlas.ts';
import { assertVaultCovered } from './pose/coverage.ts';
import type { Continuation } from './prior/continuation.ts';
import type { Alternative, ExpectedSkull, ShapePrior } from './prior/shapePrior.ts';
import { continuedAs, expectSurface, seeBone } from './prior/shapePrior.ts';
import type { RunControl } from './progress.ts';
import { StageClock } from './progress.ts';
import type { LowerEnd } from './shape/lowerEnd.ts';
import { findLowerEnd } from './shape/lowerEnd.ts';
import { canonicalGrid } from './space/canonical.ts';
import type { Box } from './space/crop.ts';
import { boundingBox, cropToContent, skullMargin } from './space/crop.ts';
import type { Grid } from './space/grid.ts';
import { assertGrid, voxelCount } from './space/grid.ts';
import type { PlacedSkull } from './space/resample.ts';
import { CanonicalSkull, coarserGrid, skullSurfaceDistance } from './space/resample.ts';
import { distanceTask, filledDistance } from './space/signedDistance.ts';
import type { Mask, Volume } from './space/volume.ts';
import { makeVolume } from './space/volume.ts';
import type { Mesh } from './surface/mesh.ts';

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
  readonly canonical: CanonicalSkull;
  private lowest: { readonly found: LowerEnd | null } | undefined;
  private expected: ExpectedSkull | undefined;
  /** What threads beside do, once it is handed out. */
  private bends: Handed<Continuation> | undefined;
  private coarse: HandedVolume | undefined;
  private surface: Handed<Mesh> | undefined;

  constructor(
    /** Where on its grid the skull lies. */
    readonly content: Box | undefined,
    readonly alignment: Alignment,
    /** By its signed distance. */
    readonly placed: PlacedSkull,
    private readonly preparation: Preparation,
    private readonly crew: Crew,
  ) {
    this.canonical = new CanonicalSkull(placed, preparation.canonical);
  }

  get atlas(): Atlas {
    return this.preparation.atlas;
  }

  /** Where bone ends below; null where nothing tells. */
  get lowerEnd(): LowerEnd | null {
    return (this.lowest ??= { found: findLowerEnd(this.canonical, this.atlas.centre) }).found;
  }

  /** Has threads beside begin what a method will ask for. */
  handOut(...parts: readonly ('bends' | 'occupancy' | 'surface')[]): void {
    if (parts.includes('bends')) this.handBends();
    if (parts.includes('occupancy')) this.handOccupancy();
    if (parts.includes('surface')) this.handSurface();
  }

  /** The mirror image, the mean skull and, where there is one, the shape prior, fitted to the skull. */
  async continued(alternative: Alternative): Promise<Continuation> {
    const { shapePrior } = this.preparation;
    const bends = this.handBends();
    if (!shapePrior) return bends.done();
    this.expected ??= await this.expect(shapePrior);
    return { ...(await bends.done()), shape: continuedAs(this.expected, alternative) };
  }

  /** As `expectSkull`. */
  private async expect(prior: ShapePrior): Promise<ExpectedSkull> {
    const { crew, placed: skull } = this;
    const seen = seeBone(prior, skullSurfaceDistance(skull));
    const { grid, directions, everywhere, anywhere } = prior;
    const depth = crew.hand('depth', {
      ...{ skull, seen, prior: { grid, directions, everywhere, anywhere } },
      thickness: prior.thickness.process,
    });
    const surface = expectSurface(prior, seen);
    return { prior, ...surface, depth: await depth.done() };
  }

  /** Share of bone in each voxel of the coarse grid. */
  async occupancy(): Promise<Volume<Float32Array>> {
    const { layers, volume } = this.handOccupancy();
    await allDone(layers);
    return volume;
  }

  /** Finds the display surface. */
  async makeMesh(): Promise<void> {
    await this.handSurface().done();
  }

  /** The display surface, patient LPS mm, which is then the caller's alone. */
  async takeMesh(): Promise<Mesh> {
    const mesh = await this.handSurface().done();
    this.surface = undefined;
    return mesh;
  }

  private handBends(): Handed<Continuation> {
    const { crew, placed: skull, atlas } = this;
    const make = (): Handed<Continuation> => {
      const bone = { ...atlas.bone, distance: crew.share(atlas.bone.distance) };
      return crew.hand('bends', { skull, bone });
    };
    return (this.bends ??= make());
  }

  private handOccupancy(): HandedVolume {
    const { crew, placed: skull, preparation } = this;
    const { canonical, coarser: factor = 1 } = preparation;
    const grid = coarserGrid(canonical, factor);
    const make = (): HandedVolume => {
      const out = new Float32Array(crew.room(voxelCount(grid) * Float32Array.BYTES_PER_ELEMENT));
      const layers = slabs(grid.size[2], crew.size).map((part) =>
        crew.hand('occupancy', { ...part, skull, canonical, factor, out }),
      );
      return { layers, volume: { grid, data: out } };
    };
    return (this.coarse ??= make());
  }

  private handSurface(): Handed<Mesh> {
    return (this.surface ??= this.crew.hand('surface', { field: this.placed.field }));
  }
}

interface HandedVolume {
  readonly layers: readonly Handed<void>[];
  readonly volume: Volume<Float32Array>;
}

/** So many slabs of a signed distance each thread does, about: they take unequal time. */
const slabsEach = 2;

/**
 * Finds where a skull lies and its signed distance.
 * @throws CranioplastyError `bad-geometry`, `empty-skull`, `alignment-failed`, `skull-incomplete`, `cancelled`
 */
export async function prepareSkull(
  skull: Mask,
  preparation: Preparation,
  clock: StageClock,
  crew = new Crew(),
): Promise<PreparedSkull> {
  clock.enter('align');
  assertGrid(skull.grid);
  makeVolume(skull.grid, skull.data);
  const room = (bytes: number) => crew.room(bytes);
  // Most of a scan is air: what looks at the skull alone works on its bounding box.
  const content = boundingBox([skull.data], skull.grid.size) ?? undefined;
  const bone = cropToContent(skull, skullMargin, content, room);
  const task = distanceTask(bone, new Int8Array(room(bone.data.length)));
  const parts = crew.size > 1 ? slabsEach * crew.size : 1;
  // Both need the bone alone: threads beside begin with the distance.
  const slices = slabs(bone.grid.size[2], content ? parts : 0).map((part) =>
    crew.hand('distance', { ...part, task }),
  );
  let alignment: Alignment;
  try {
    alignment = align(bone, preparation.atlas);
    assertVaultCovered(skull, alignment.toCanonical);
    clock.enter('resample');
  } catch (refusal) {
    for (const part of slices) part.drop();
    throw refusal;
  }
  await allDone(slices);
  const { blocks, apart, ...rest } = filledDistance(task);
  const field = {
    ...rest,
    blocks: { ...blocks, side: crew.share(blocks.side) },
    apart: crew.share(apart),
  };
  const placed = { field, toCanonical: alignment.toCanonical };
  return new PreparedSkull(content, alignment, placed, preparation, crew);
}

/**
 * As `prepareSkull`, and finds all else that the networks of a model and their result will ask for.
 * @param before what was found for the same skull and model before
 */
export async function prepareAhead(
  skull: Mask,
  model: LoadedModel,
  alternative: Alternative,
  control: RunControl,
  crew?: Crew,
  before?: PreparedSkull,
): Promise<PreparedSkull> {
  const prepared =
    before ?? (await prepareSkull(skull, preparationFor(model), new StageClock(control), crew));
  prepared.handOut('bends', 'occupancy', 'surface');
  await prepared.continued(alternative);
  await prepared.occupancy();
  void prepared.lowerEnd;
  await prepared.makeMesh();
  return prepared;
}
