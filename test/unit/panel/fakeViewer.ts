import { identityAxes, type Grid, type Vec3 } from '../../../extension/src/engine/space/grid.ts';
import { emptyMask, type Mask } from '../../../extension/src/engine/space/volume.ts';
import { readCtSeries, type CtSeries } from '../../../extension/src/dicom/ct/ctSeries.ts';
import { summariseCt } from '../../../extension/src/dicom/ct/ctSummary.ts';
import { text, type NaturalDataset } from '../../../extension/src/dicom/part10/attributes.ts';
import { parsePart10 } from '../../../extension/src/dicom/part10/part10.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Raster } from '../../../extension/src/pictures/raster.ts';
import { caseIdentity, type CaseIdentity } from '../../../extension/src/dicom/ct/caseIdentity.ts';
import { listStoredResults } from '../../../extension/src/viewer/segments/listStoredResults.ts';
import type { StoredResult } from '../../../extension/src/viewer/storedResult.ts';
import type { SkullSource } from '../../../extension/src/viewer/skullSource.ts';
import type { InstanceReference, Pacs } from '../../../extension/src/viewer/pacs.ts';
import type {
  BrushTarget,
  ContoursToShow,
  CtChoice,
  CtReference,
  Layout,
  Scene,
  SegmentationToShow,
  ShownSegment,
  SurfaceToShow,
  ViewerPort,
} from '../../../extension/src/viewer/ViewerPort.ts';
import type { Reconstruction } from '../../../extension/src/engine/reconstruction.ts';
import { smallReconstruction } from '../worker/fakes.ts';

const size = [4, 3, 5] as const;

/** Metadata of a small CT, as a data source gives it. */
export function ctInstances(): NaturalDataset[] {
  return Array.from({ length: size[2] }, (_, k) => ({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    SOPInstanceUID: `1.2.3.4.${k + 1}`,
    StudyInstanceUID: '1.2.3',
    SeriesInstanceUID: '1.2.3.4',
    FrameOfReferenceUID: '1.2.9',
    Modality: 'CT',
    PatientID: 'P',
    PatientName: 'Test^Case',
    StudyDate: '20260101',
    StudyTime: '120000',
    Rows: size[1],
    Columns: size[0],
    PixelSpacing: [1, 1],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    ImagePositionPatient: [0, 0, 2 * k],
    RescaleSlope: 1,
    RescaleIntercept: 0,
  }));
}

export const ctGrid: Grid = { size, spacing: [1, 1, 2], origin: [0, 0, 0], axes: identityAxes };

/** A mask on the CT with some voxels set. */
export function maskOnCt(...set: number[]): Mask {
  const mask = emptyMask(ctGrid);
  for (const voxel of set) mask.data[voxel] = 1;
  return mask;
}

/** A reconstruction on the CT whose shapes overlap. */
export function reconstructionOnCt(): Reconstruction {
  const base = smallReconstruction();
  return {
    ...base,
    patch: { ...base.patch, mask: maskOnCt(5, 6, 17) },
    implant: { ...base.implant, mask: maskOnCt(6, 18) },
  };
}

/** A PACS in memory. */
export class FakePacs implements Pacs {
  readonly objects: ArrayBuffer[] = [];
  /** What it does to an object before it gives it back. */
  spoil: (file: ArrayBuffer) => ArrayBuffer = (file) => file;
  refuse: Error | undefined;
  /** Names of objects that it refuses, whatever else it takes. */
  readonly refused = new Set<string>();
  /** Names of what it was asked to store. */
  readonly asked: string[] = [];
  /** Number of reads that fail first. */
  lateBy = 0;

  async store(part10: ArrayBuffer, name: string): Promise<void> {
    this.asked.push(name);
    if (this.refuse) throw this.refuse;
    if (this.refused.has(name)) {
      throw new CranioplastyError('pacs-refused', `The PACS refused the ${name} (HTTP 403).`);
    }
    this.objects.push(part10.slice(0));
  }

  async retrieve({ sopInstanceUID }: InstanceReference): Promise<ArrayBuffer> {
    if (this.lateBy-- > 0) throw new Error('404');
    const found = this.objects.find(
      (object) => text(parsePart10(object).dataset, 'SOPInstanceUID') === sopInstanceUID,
    );
    if (!found) throw new Error('404');
    return this.spoil(found.slice(0));
  }
}

/** A viewer that remembers what it was asked to show. */
export class FakeViewer implements ViewerPort {
  readonly pacs = new FakePacs();
  readonly segmentations = new Map<string, SegmentationToShow>();
  readonly revisions = new Map<string, number>();
  readonly files: { name: string; size: number; bytes: BlobPart }[] = [];
  readonly announced: NaturalDataset[] = [];
  position: readonly number[] | undefined;
  ready = true;
  ct: CtReference | Error = {
    studyInstanceUID: '1.2.3',
    seriesInstanceUID: '1.2.3.4',
    label: 'Head',
  };
  skull = maskOnCt(1, 2, 3);
  private readonly listeners = new Set<() => void>();
  private lastId = 0;

  findCt(): CtReference {
    if (this.ct instanceof Error) throw this.ct;
    return this.ct;
  }
  instances = ctInstances();
  listCts(): CtChoice[] {
    return [{ ct: this.findCt(), summary: summariseCt(this.instances) }];
  }
  showCt(seriesInstanceUID: string): void {
    this.ct = { ...this.findCt(), seriesInstanceUID };
  }
  readSeries(): CtSeries {
    return readCtSeries(this.instances);
  }
  async readCoarseVoxels() {
    return { grid: ctGrid, data: new Int16Array(60) };
  }
  async readVoxels() {
    return { grid: ctGrid, data: new Int16Array(60) };
  }
  /** SEG objects that segmentations were loaded from. */
  readonly storedAs = new Map<string, string>();
  listSkullSources(_ct: CtReference, except: ReadonlySet<string>): SkullSource[] {
    return [
      {
        kind: 'stored',
        key: 'stored:1:1',
        label: 'Skull',
        segment: 1,
        isResult: false,
        instance: { studyInstanceUID: '1.2.3', seriesInstanceUID: '8', sopInstanceUID: '1' },
      },
      ...[...this.segmentations]
        .filter(([id]) => !except.has(id))
        .map(([segmentationId, { label }]): SkullSource => {
          const key = `loaded:${segmentationId}:1`;
          const isResult = label === 'Skull patch';
          const storedAs = this.storedAs.get(segmentationId);
          return { kind: 'loaded', key, label, segment: 1, isResult, segmentationId, storedAs };
        }),
    ];
  }
  /** Series that were taken off the screen. */
  readonly hidden: string[] = [];
  hideStored(seriesInstanceUID: string): void {
    this.hidden.push(seriesInstanceUID);
  }
  /** Of what the PACS holds, as a data source gives it: without pixels and documents. */
  listStoredResults(): StoredResult[] {
    return listStoredResults(this.pacs.objects.map((object) => parsePart10(object).dataset));
  }
  async readSkull(): Promise<Mask> {
    return this.skull;
  }
  isShown(): boolean {
    return this.ready;
  }
  async showSegmentation(_ct: CtReference, shown: SegmentationToShow): Promise<string> {
    const id = `segmentation-${++this.lastId}`;
    const mask = { grid: shown.mask.grid, data: shown.mask.data.slice() };
    this.segmentations.set(id, { ...shown, mask });
    return id;
  }
  readSegmentation(segmentationId: string): Mask | undefined {
    return this.segmentations.get(segmentationId)?.mask;
  }
  /** Edits of other segments than the shown one. */
  private readonly elsewhere = new Map<string, number>();
  revisionOf(segmentationId: string, segment?: number): number {
    const all = this.revisions.get(segmentationId) ?? 0;
    const others = this.elsewhere.get(segmentationId) ?? 0;
    return segment === undefined ? all : segment === 1 ? all - others : others;
  }
  replaceVoxels(segmentationId: string, mask: Mask): void {
    const shown = this.segmentations.get(segmentationId);
    if (!shown) throw new Error('no such segmentation');
    this.segmentations.set(segmentationId, { ...shown, mask });
  }
  takeBackEdits(segmentationId: string, mask: Mask): void {
    this.replaceVoxels(segmentationId, mask);
    this.revisions.set(segmentationId, this.revisionOf(segmentationId) + 1);
    this.change();
  }
  direction: [number, number, number] | undefined = [0, 0, 1];
  viewDirection(): [number, number, number] | undefined {
    return this.direction;
  }
  isInPlanes(segmentationId: string): boolean {
    return this.segmentations.has(segmentationId);
  }
  removeSegmentation(segmentationId: string): void {
    this.segmentations.delete(segmentationId);
  }
  styleSegmentation(): void {}
  segmentationOf(source: SkullSource): string | undefined {
    if (source.kind === 'loaded') {
      return this.segmentations.has(source.segmentationId) ? source.segmentationId : undefined;
    }
    const { sopInstanceUID } = source.instance;
    return [...this.storedAs].find(([, instance]) => instance === sopInstanceUID)?.[0];
  }
  brush: BrushTarget | undefined;
  /** The segment that the brush changes. */
  brushSegment: number | undefined;
  chooseForBrush(segmentationId: string, segment: number): void {
    this.brushSegment = segment;
    this.brush = { segmentationId, hidden: false };
  }
  brushTarget(): BrushTarget | undefined {
    return this.brush;
  }
  listShownSegments(): ShownSegment[] {
    return [...this.segmentations].map(([segmentationId, { rgb, mask }]) => ({
      id: `${segmentationId}-1`,
      segmentationId,
      rgb,
      visible: true,
      revision: this.revisionOf(segmentationId),
      read: () => mask,
    }));
  }
  /** Pictures that were made. */
  pictures: Raster[] = [];
  encodePicture(picture: Raster): string {
    this.pictures.push(picture);
    return 'data:image/jpeg;base64,AAAA';
  }
  async readPlanes(): Promise<[Int16Array, Int16Array, Int16Array]> {
    const [nx, ny, nz] = size;
    return [new Int16Array(ny * nz), new Int16Array(nx * nz), new Int16Array(nx * ny)];
  }
  user: string | undefined;
  userName(): string | undefined {
    return this.user;
  }
  readIdentity(): CaseIdentity {
    return caseIdentity(this.instances[0]);
  }

  scene: Scene = { surfaces: [] };
  layout: Layout = 'usual';

  get surfaces(): readonly SurfaceToShow[] {
    return this.scene.surfaces;
  }
  get contours(): ContoursToShow | undefined {
    return this.scene.contours;
  }

  showLayout(layout: Layout): void {
    this.layout = layout;
  }

  lookAt(position: readonly [number, number, number]): void {
    this.position = position;
  }
  /** From where 3D is looked at: the place in front and the middle of the head. */
  turned: { readonly position: Vec3; readonly middle: Vec3; readonly radius?: number } | undefined;
  turnTo(position: Vec3, middle: Vec3, radius?: number): void {
    this.turned = { position, middle, radius };
  }
  showScene(scene: Scene): void {
    this.scene = scene;
  }
  announce(dataset: NaturalDataset): void {
    this.announced.push(dataset);
  }
  saveFile(bytes: BlobPart, name: string): void {
    const { byteLength } = bytes as ArrayBuffer | Uint8Array<ArrayBuffer>;
    this.files.push({ name, size: byteLength, bytes });
  }
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The user paints a voxel, or erases it. */
  edit(segmentationId: string, voxel: number, value: 0 | 1 = 1): void {
    const shown = this.segmentations.get(segmentationId);
    if (!shown) throw new Error('no such segmentation');
    // As the viewer does: each reading is a copy.
    const data = shown.mask.data.slice();
    data[voxel] = value;
    this.segmentations.set(segmentationId, { ...shown, mask: { grid: shown.mask.grid, data } });
    this.revisions.set(segmentationId, this.revisionOf(segmentationId) + 1);
    this.change();
  }

  /** The user paints another segment of a segmentation. */
  editOther(segmentationId: string): void {
    this.elsewhere.set(segmentationId, (this.elsewhere.get(segmentationId) ?? 0) + 1);
    this.revisions.set(segmentationId, this.revisionOf(segmentationId) + 1);
    this.change();
  }

  change(): void {
    for (const listener of [...this.listeners]) listener();
  }

  idOf(label: string): string {
    const [id] = [...this.segmentations].find(([, shown]) => shown.label === label) ?? [];
    if (!id) throw new Error(`no segmentation ${label}`);
    return id;
  }
}
