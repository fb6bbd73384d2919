import type { NaturalDataset } from '../dicom/part10/attributes.ts';
import type { CaseIdentity } from '../dicom/ct/caseIdentity.ts';
import type { CtSeries } from '../dicom/ct/ctSeries.ts';
import type { CtSummary } from '../dicom/ct/ctSummary.ts';
import type { Alternative } from '../engine/prior/shapePrior.ts';
import type { Vec3 } from '../engine/space/grid.ts';
import type { Mesh } from '../engine/surface/mesh.ts';
import type { CtVolume, Mask } from '../engine/space/volume.ts';
import type { Pacs } from './pacs.ts';
import type { SkullSource } from './skullSource.ts';
import type { StoredResult } from './storedResult.ts';

/** The CT that the user looks at. */
export interface CtReference {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly label: string;
}

/** A CT series of the study. */
export interface CtChoice {
  readonly ct: CtReference;
  readonly summary: CtSummary;
}

/** How a shape looks, in the planes and in 3D. */
export interface ShapeAppearance {
  readonly visible: boolean;
  /** 0 to 1. */
  readonly opacity: number;
}

/** What the viewports are for: one case, two shapes of it that are compared, or the three that go with its bone. */
export type Layout = 'usual' | 'compared' | 'alternatives';

/** A 3D viewport by its place: the usual one, those of two compared shapes, those of the three alternatives. */
export type Place3d = 'usual' | 'first' | 'second' | Alternative;

/** A segmentation to be shown in every viewport. */
export interface SegmentationToShow {
  readonly label: string;
  readonly rgb: readonly [number, number, number];
  readonly mask: Mask;
}

/** What brush and eraser change. */
export interface BrushTarget {
  readonly segmentationId: string;
  /** Hidden in at least one plane: not changed. */
  readonly hidden: boolean;
}

/** A segment that the viewer shows in the planes, whoever made it. */
export interface ShownSegment {
  /** The same each time the list is made. */
  readonly id: string;
  readonly segmentationId: string;
  readonly rgb: readonly [number, number, number];
  readonly visible: boolean;
  /** Grows with each edit. */
  readonly revision: number;
  read(): Mask | undefined;
}

/**
 * What the extension asks of the viewer around it. OHIF is behind it in the product, a fake in tests.
 */
export interface ViewerPort {
  readonly pacs: Pacs;
  /** @throws CranioplastyError `no-ct`, `wrong-modality` */
  findCt(): CtReference;
  /** The CT series of the study that is looked at, the best one first. */
  listCts(): CtChoice[];
  /** Shows another series in the place of the CT that is looked at. */
  showCt(seriesInstanceUID: string): void;
  /** @throws CranioplastyError as `readCtSeries` and `assertRegular` */
  readSeries(ct: CtReference): CtSeries;
  readVoxels(series: CtSeries): Promise<CtVolume>;
  /** The same in coarse voxels, each as dense as the densest in it, without holding the whole volume. */
  readCoarseVoxels(series: CtSeries): Promise<CtVolume>;
  /** Segments that can be reconstructed, most likely skull first; those in `except` are results. */
  listSkullSources(ct: CtReference, except: ReadonlySet<string>): SkullSource[];
  /** Voxels on the grid of the CT. */
  readSkull(source: SkullSource, series: CtSeries): Promise<Mask>;
  /** Results that the study of a CT holds, the latest first. */
  listStoredResults(ct: CtReference): StoredResult[];
  /** Takes a stored segmentation off the screen, unless the user edited it there. */
  hideStored(seriesInstanceUID: string): void;
  /** Whether every viewport of the CT is up, so that segmentations can be shown. */
  isShown(ct: CtReference): boolean;
  /** Returns the segmentation's id. */
  showSegmentation(ct: CtReference, segmentation: SegmentationToShow): Promise<string>;
  /** Voxels of a segmentation that was shown, edits of the user included; undefined if it is gone. */
  readSegmentation(segmentationId: string, series: CtSeries): Mask | undefined;
  /** Puts other voxels in the place of those of a segmentation that was shown: no edit. */
  replaceVoxels(segmentationId: string, mask: Mask, series: CtSeries): void;
  /** The same as an edit, the last one of the user's. */
  takeBackEdits(segmentationId: string, mask: Mask, series: CtSeries): void;
  /** Grows with each edit of the user; with those of one segment where that is given. */
  revisionOf(segmentationId: string, segment?: number): number;
  removeSegmentation(segmentationId: string): void;
  /** Whether a segmentation that was shown is still in every plane of a CT, with the visibility that it was given. */
  isInPlanes(segmentationId: string, ct: CtReference): boolean;
  styleSegmentation(segmentationId: string, appearance: ShapeAppearance): void;
  /** The segmentation on the screen that holds a skull, and in which it can be edited; undefined if none does. */
  segmentationOf(source: SkullSource): string | undefined;
  /** From now on brush and eraser change this segment, in every plane. */
  chooseForBrush(segmentationId: string, segment: number): void;
  /** What brush and eraser change, unless it is hidden: then they change nothing. */
  brushTarget(): BrushTarget | undefined;
  listShownSegments(ct: CtReference): ShownSegment[];
  /** Brings the planes to a position, patient LPS mm. */
  lookAt(position: Vec3): void;
  /**
   * Turns 3D so that a position is in front, seen from outside; what is mounted later is turned, too.
   * @param radius of what is to be seen around the position in viewports that are mounted later, which alone are
   *   turned, mm; from as far as they are if absent
   */
  turnTo(position: Vec3, middleOfHead: Vec3, radius?: number): void;
  /** From the head to the eye in 3D, patient LPS, unit; undefined without a 3D view. */
  viewDirection(): Vec3 | undefined;
  /** Switches to 3D viewports side by side, or back to the usual layout. */
  showLayout(layout: Layout): void;
  /** Replaces all that is drawn in 3D and on the planes. */
  showScene(scene: Scene): void;
  /** Makes a stored object known to the viewer, as if the study had been opened after. */
  announce(dataset: NaturalDataset): void;
  /** Who the images are of, as they say. */
  readIdentity(ct: CtReference): CaseIdentity;
  /** Who is logged in, if anybody is. */
  userName(): string | undefined;
  /**
   * HU on the planes across each axis of the CT's grid through a voxel, the lower of a plane's axes fastest.
   * @throws CranioplastyError `bad-ct-geometry` if images cannot be loaded
   */
  readPlanes(series: CtSeries, voxel: Vec3): Promise<[Int16Array, Int16Array, Int16Array]>;
  /** A picture as a data URL. */
  encodePicture(picture: {
    readonly width: number;
    readonly height: number;
    readonly data: Uint8ClampedArray<ArrayBuffer>;
  }): string;
  saveFile(bytes: BlobPart, name: string, type: string): void;
  /** Called when the CT, a segmentation or the layout may have changed. */
  subscribe(listener: () => void): () => void;
}

/** A place in the patient that is marked wherever it is in sight. */
export interface Mark {
  /** Patient LPS mm. */
  readonly position: Vec3;
  readonly text: string;
}

/** All that is drawn over the images. */
export interface Scene {
  readonly surfaces: readonly SurfaceToShow[];
  /** The surface whose cuts are drawn on the planes. */
  readonly contours?: ContoursToShow;
  /** What stands above each 3D viewport. */
  readonly notes?: Readonly<Partial<Record<Place3d, string>>>;
  readonly marks?: readonly Mark[];
}

/** A picture with what it shows. */
export interface Picture {
  readonly name: string;
  readonly dataUrl: string;
}

/** A surface, patient LPS mm, with red, green, blue of each vertex. */
export interface ContoursToShow {
  readonly mesh: Mesh;
  readonly colours: Uint8Array;
}

export interface SurfaceToShow {
  readonly id: string;
  readonly mesh: Mesh;
  readonly rgb: readonly [number, number, number];
  /** Red, green, blue of each vertex, instead of one colour. */
  readonly colours?: Uint8Array;
  readonly appearance: ShapeAppearance;
  /** How far from its place it is drawn, patient LPS mm. */
  readonly shift?: Vec3;
  /** Which of several 3D viewports shows it; every one if absent. */
  readonly side?: Exclude<Place3d, 'usual'>;
}
