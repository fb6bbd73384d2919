import { Enums, getRenderingEngines, type Types } from '@cornerstonejs/core';
import type { ShapeName } from '../state/shapes.ts';
import { createMeshActor } from './meshActor.ts';
import type { SurfaceToShow } from './ViewerPort.ts';

type MeshActor = ReturnType<typeof createMeshActor>;

const uidOf = (name: ShapeName) => `cranioplasty-${name}`;

/** Surfaces in all 3D viewports. The viewer drops foreign actors when it sets volumes: `attach` again. */
export class SurfaceScene {
  private surfaces: readonly SurfaceToShow[] = [];
  /** Actors by viewport and shape: a viewport keeps its own, since each has its own renderer. */
  private readonly actors = new Map<string, { surface: SurfaceToShow; actor: MeshActor }>();

  show(surfaces: readonly SurfaceToShow[]): void {
    this.surfaces = surfaces;
    this.attach();
  }

  /** Brings every 3D viewport in line with what is to be shown. */
  attach(): void {
    for (const viewport of viewports3d()) {
      const before = viewport.getActors().map(({ uid }) => uid);
      const wanted = new Set(this.surfaces.map(({ name }) => uidOf(name)));
      const stale = before.filter((uid) => uid.startsWith('cranioplasty-') && !wanted.has(uid));
      if (stale.length > 0) viewport.removeActors(stale);
      for (const surface of this.surfaces) this.place(viewport, surface);
      if (stale.length > 0 || this.surfaces.length > 0) viewport.render();
    }
  }

  private place(viewport: Types.IViewport, surface: SurfaceToShow): void {
    const uid = uidOf(surface.name);
    const key = `${viewport.id}/${uid}`;
    let entry = this.actors.get(key);
    if (entry?.surface.mesh !== surface.mesh) {
      if (viewport.getActor(uid)) viewport.removeActors([uid]);
      entry = { surface, actor: createMeshActor(surface.mesh) };
      this.actors.set(key, entry);
    }
    const { actor } = entry;
    const { appearance, rgb } = surface;
    const property = actor.getProperty();
    property.setColor(rgb[0] / 255, rgb[1] / 255, rgb[2] / 255);
    property.setOpacity(appearance.opacity);
    actor.setVisibility(appearance.visible);
    if (viewport.getActor(uid)?.actor !== (actor as unknown)) {
      if (viewport.getActor(uid)) viewport.removeActors([uid]);
      viewport.addActor({ uid, actor: actor as unknown as Types.ActorEntry['actor'] });
    }
  }
}

function viewports3d(): Types.IViewport[] {
  return (getRenderingEngines() ?? [])
    .flatMap((engine) => engine.getViewports())
    .filter((viewport) => viewport.type === Enums.ViewportType.VOLUME_3D);
}
