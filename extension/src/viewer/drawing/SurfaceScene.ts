import { Enums, getRenderingEngines, type Types } from '@cornerstonejs/core';
import { viewport3dIds } from '../layout/hangingProtocol.ts';
import { createMeshActor } from './meshActor.ts';
import type { SurfaceToShow } from '../ViewerPort.ts';

interface Placed {
  readonly surface: SurfaceToShow;
  readonly actor: ReturnType<typeof createMeshActor>;
}

const inPlace = [0, 0, 0] as const;
const prefix = 'cranioplasty-';
const uidOf = (surface: SurfaceToShow) => `${prefix}${surface.id}`;

/**
 * Surfaces in all 3D viewports. The viewer drops foreign actors when it sets volumes: `attach`
 * again. A frame is drawn only when something changed, because frames are what costs.
 */
export class SurfaceScene {
  private surfaces: readonly SurfaceToShow[] = [];
  /** By viewport and actor: each viewport has its own renderer, and so its own actors. */
  private readonly placed = new Map<string, Placed>();

  show(surfaces: readonly SurfaceToShow[]): void {
    this.surfaces = surfaces;
    this.attach();
  }

  /** Brings every 3D viewport in line with what is to be shown. */
  attach(): void {
    for (const viewport of viewports3d()) {
      const surfaces = this.surfaces.filter(
        ({ side }) => !side || viewport.id === viewport3dIds[side],
      );
      const wanted = new Set(surfaces.map(uidOf));
      const stale = viewport
        .getActors()
        .map(({ uid }) => uid)
        .filter((uid) => uid.startsWith(prefix) && !wanted.has(uid));
      if (stale.length > 0) viewport.removeActors(stale);
      for (const uid of stale) this.placed.delete(`${viewport.id}/${uid}`);
      const changed = surfaces.filter((surface) => this.place(viewport, surface));
      if (stale.length + changed.length > 0) viewport.render();
    }
  }

  /** Returns whether the viewport has to be drawn again. */
  private place(viewport: Types.IViewport, surface: SurfaceToShow): boolean {
    const uid = uidOf(surface);
    const key = `${viewport.id}/${uid}`;
    const before = this.placed.get(key);
    const attached = viewport.getActor(uid)?.actor;
    if (before && attached === (before.actor as unknown) && sameLook(before.surface, surface)) {
      return false;
    }
    const actor =
      before && before.surface.mesh === surface.mesh && before.surface.colours === surface.colours
        ? before.actor
        : createMeshActor(surface.mesh, surface.colours);
    this.placed.set(key, { surface, actor });
    const { appearance, rgb } = surface;
    const property = actor.getProperty();
    property.setColor(rgb[0] / 255, rgb[1] / 255, rgb[2] / 255);
    property.setOpacity(appearance.opacity);
    actor.setVisibility(appearance.visible);
    const [x, y, z] = surface.shift ?? inPlace;
    actor.setPosition(x, y, z);
    if (attached !== (actor as unknown)) {
      if (attached) viewport.removeActors([uid]);
      viewport.addActor({ uid, actor: actor as unknown as Types.ActorEntry['actor'] });
    }
    return true;
  }
}

function sameLook(a: SurfaceToShow, b: SurfaceToShow): boolean {
  return (
    a.mesh === b.mesh &&
    a.colours === b.colours &&
    a.appearance.visible === b.appearance.visible &&
    a.appearance.opacity === b.appearance.opacity &&
    a.rgb.every((value, i) => value === b.rgb[i]) &&
    (a.shift ?? inPlace).every((value, i) => value === (b.shift ?? inPlace)[i])
  );
}

function viewports3d(): Types.IViewport[] {
  return (getRenderingEngines() ?? [])
    .flatMap((engine) => engine.getViewports())
    .filter((viewport) => viewport.type === Enums.ViewportType.VOLUME_3D);
}
