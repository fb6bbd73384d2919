import { Enums, getRenderingEngines, type Types } from '@cornerstonejs/core';
import type { Vec3 } from '../../engine/space/grid.ts';
import { viewport3dIds } from '../layout/hangingProtocol.ts';
import type { Mark, Place3d, Scene } from '../ViewerPort.ts';

/** A mark is seen on planes that are at most this far away, mm. */
const planeReach = 2;
/** In 3D it is seen while its side of the head is turned to the eye by more than this (cosine). */
const facing = 0.1;

type Notes = NonNullable<Scene['notes']>;

/** What lies over one viewport. */
interface Overlay {
  readonly element: HTMLDivElement;
  readonly root: HTMLDivElement;
  readonly place: () => void;
}

/** Whether a mark is in sight of a camera, and so drawn. */
export function isInSight(
  position: Vec3,
  { focalPoint, viewPlaneNormal }: Pick<Types.ICamera, 'focalPoint' | 'viewPlaneNormal'>,
  in3d: boolean,
): boolean {
  if (!focalPoint || !viewPlaneNormal) return false;
  const offset = position.map((v, a) => v - focalPoint[a]);
  const along = offset.reduce((sum, v, a) => sum + v * viewPlaneNormal[a], 0);
  return in3d ? along > facing * Math.hypot(...offset) : Math.abs(along) <= planeReach;
}

/** Words over the 3D viewports and marks over all, as elements of the page that let the mouse through. */
export class Overlays {
  private notes: Notes = {};
  private marks: readonly Mark[] = [];
  private readonly overlays = new Map<string, Overlay>();

  show(notes: Notes, marks: readonly Mark[]): void {
    this.notes = notes;
    this.marks = marks;
    this.attach();
  }

  /** Brings every viewport in line with what is to be shown. */
  attach(): void {
    const viewports = (getRenderingEngines() ?? []).flatMap((engine) => engine.getViewports());
    for (const [id, overlay] of this.overlays) {
      const viewport = viewports.find((candidate) => candidate.id === id);
      if (viewport?.element !== overlay.element || !this.wants(id)) this.take(id, overlay);
    }
    for (const viewport of viewports) if (this.wants(viewport.id)) this.draw(viewport);
  }

  private noteOf(viewportId: string): string | undefined {
    const places = Object.keys(viewport3dIds) as Place3d[];
    const place = places.find((name) => viewport3dIds[name] === viewportId);
    return place && this.notes[place];
  }

  private wants(viewportId: string): boolean {
    return this.marks.length > 0 || this.noteOf(viewportId) !== undefined;
  }

  private take(id: string, { element, root, place }: Overlay): void {
    element.removeEventListener(Enums.Events.IMAGE_RENDERED, place);
    root.remove();
    this.overlays.delete(id);
  }

  private draw(viewport: Types.IViewport): void {
    const { id, element } = viewport;
    let overlay = this.overlays.get(id);
    if (!overlay) {
      const root = document.createElement('div');
      Object.assign(root.style, { position: 'absolute', inset: '0', pointerEvents: 'none' });
      root.style.overflow = 'hidden';
      root.dataset.cy = `${id}-overlay`;
      overlay = { element, root, place: () => this.place(viewport) };
      this.overlays.set(id, overlay);
      element.addEventListener(Enums.Events.IMAGE_RENDERED, overlay.place);
      element.append(root);
    }
    const note = this.noteOf(id);
    overlay.root.replaceChildren(
      ...(note === undefined ? [] : [noteElement(note)]),
      ...this.marks.map(({ text }) => markElement(text)),
    );
    this.place(viewport);
  }

  /** Puts the marks where their places are on the screen now. */
  private place(viewport: Types.IViewport): void {
    const { root } = this.overlays.get(viewport.id) ?? {};
    if (!root || this.marks.length === 0) return;
    const in3d = viewport.type === Enums.ViewportType.VOLUME_3D;
    const camera = viewport.getCamera();
    const elements = root.querySelectorAll<HTMLElement>('[data-mark]');
    this.marks.forEach(({ position }, rank) => {
      const { style } = elements[rank];
      const seen = isInSight(position, camera, in3d);
      style.display = seen ? '' : 'none';
      if (!seen) return;
      const [x, y] = viewport.worldToCanvas([...position]);
      style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    });
  }
}

function noteElement(text: string): HTMLElement {
  const note = document.createElement('div');
  note.textContent = text;
  note.dataset.cy = 'cranioplasty-3d-note';
  note.setAttribute('role', 'status');
  Object.assign(note.style, {
    position: 'absolute',
    insetInline: '0',
    top: '8px',
    textAlign: 'center',
    whiteSpace: 'pre-line',
    color: '#e5e7eb',
    fontSize: '13px',
    textShadow: '0 0 3px #000',
  });
  return note;
}

function markElement(text: string): HTMLElement {
  const mark = document.createElement('div');
  mark.textContent = text;
  mark.dataset.mark = text;
  Object.assign(mark.style, {
    position: 'absolute',
    left: '0',
    top: '0',
    minWidth: '18px',
    padding: '0 4px',
    borderRadius: '9px',
    background: '#facc15',
    color: '#111827',
    font: '600 12px/18px sans-serif',
    textAlign: 'center',
  });
  return mark;
}
