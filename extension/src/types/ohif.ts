import type { NaturalDataset } from '../dicom/part10/attributes.ts';

/**
 * The parts of OHIF's services that this extension uses. OHIF publishes no types of its own; these
 * were read from release 3.13.2.
 */

export interface Subscription {
  unsubscribe(): void;
}

export interface PubSub<Events extends string> {
  readonly EVENTS: Readonly<Record<Events, string>>;
  subscribe(event: string, listener: (data: never) => void): Subscription;
}

export interface DisplaySet {
  readonly displaySetInstanceUID: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly Modality: string;
  readonly SeriesDescription?: string;
  readonly SeriesNumber?: number | string;
  /** Whether its images make a volume. */
  readonly isReconstructable?: boolean;
  readonly imageIds?: readonly string[];
  /** Metadata of a derived object such as a SEG. */
  readonly instance?: NaturalDataset;
  /** Metadata of the images. */
  readonly instances?: readonly NaturalDataset[];
}

export interface DisplaySetService extends PubSub<
  'DISPLAY_SETS_ADDED' | 'DISPLAY_SETS_CHANGED' | 'DISPLAY_SETS_REMOVED'
> {
  getActiveDisplaySets(): readonly DisplaySet[];
}

export interface GridViewport {
  readonly viewportId: string;
  readonly displaySetInstanceUIDs?: readonly string[];
}

export interface ViewportGridService extends PubSub<'GRID_STATE_CHANGED'> {
  getState(): {
    readonly activeViewportId: string | null;
    readonly viewports: ReadonlyMap<string, GridViewport>;
  };
  setDisplaySetsForViewports(viewports: readonly GridViewport[]): void;
}

export type Rgba = readonly [number, number, number, number];

export interface SegmentationService extends PubSub<
  | 'SEGMENTATION_ADDED'
  | 'SEGMENTATION_MODIFIED'
  | 'SEGMENTATION_REMOVED'
  | 'SEGMENTATION_DATA_MODIFIED'
  | 'SEGMENTATION_REPRESENTATION_MODIFIED'
> {
  createLabelmapForDisplaySet(
    displaySet: DisplaySet,
    options: {
      readonly segmentationId: string;
      readonly label: string;
      readonly segments: Readonly<Record<number, object>>;
    },
  ): Promise<string>;
  addSegmentationRepresentation(
    viewportId: string,
    options: { readonly segmentationId: string; readonly type: 'Labelmap' },
  ): Promise<void>;
  getSegmentationRepresentations(
    viewportId: string,
    specifier: { readonly segmentationId: string },
  ): readonly { readonly type: string }[];
  getSegmentColor(viewportId: string, segmentationId: string, segment: number): Rgba;
  setSegmentColor(viewportId: string, segmentationId: string, segment: number, color: Rgba): void;
  setSegmentVisibility(
    viewportId: string,
    segmentationId: string,
    segment: number,
    visible: boolean,
    type: 'Labelmap',
  ): void;
  setStyle(
    specifier: { readonly segmentationId: string; readonly type: 'Labelmap' },
    style: Readonly<Record<string, number | boolean>>,
  ): void;
  remove(segmentationId: string): void;
}

export interface CornerstoneViewportService extends PubSub<
  'VIEWPORT_VOLUMES_CHANGED' | 'VIEWPORT_DATA_CHANGED'
> {
  getCornerstoneViewport(viewportId: string): unknown;
}

export interface HangingProtocolService {
  /** Viewports, with what they show then, that change along when one of them shows another series. */
  getViewportsRequireUpdate(
    viewportId: string,
    displaySetInstanceUID: string,
  ): readonly GridViewport[];
  /** What a rule of a protocol can ask of a display set besides its own properties. */
  addCustomAttribute(
    id: string,
    name: string,
    valueOf: (displaySet: Partial<DisplaySet>) => unknown,
  ): void;
}

export interface UserAuthenticationService {
  getAuthorizationHeader(): Readonly<Record<string, string>> | undefined;
  /** Claims of whoever is logged in (OpenID Connect). */
  getUser?():
    | { readonly profile?: { readonly name?: string; readonly preferred_username?: string } }
    | null
    | undefined;
}

export interface Services {
  readonly displaySetService: DisplaySetService;
  readonly viewportGridService: ViewportGridService;
  readonly segmentationService: SegmentationService;
  readonly cornerstoneViewportService: CornerstoneViewportService;
  readonly hangingProtocolService: HangingProtocolService;
  readonly userAuthenticationService: UserAuthenticationService;
}

/** What OHIF can make into a service of its own. */
export interface ServiceRegistration {
  readonly name: string;
  create(options: { readonly servicesManager: ServicesManager }): unknown;
}

export interface ServicesManager {
  readonly services: Services & Readonly<Record<string, unknown>>;
  registerService(registration: ServiceRegistration): void;
}

export interface DicomWebClient {
  headers: Readonly<Record<string, string>>;
  retrieveInstance(instance: {
    readonly studyInstanceUID: string;
    readonly seriesInstanceUID: string;
    readonly sopInstanceUID: string;
  }): Promise<unknown>;
}

export interface DataSource {
  readonly store?: { dicom?(part10: ArrayBuffer): Promise<void> };
  readonly retrieve?: { getWadoDicomWebClient?(): DicomWebClient | undefined };
  getConfig?(): { readonly wadoRoot?: string } | undefined;
  /** Forgets what the study's metadata were, so that new series are seen on the next visit. */
  deleteStudyMetadataPromise?(studyInstanceUID: string): void;
}

export interface ExtensionManager {
  getActiveDataSource(): readonly DataSource[];
}

export interface CommandDefinition {
  readonly commandFn: (options: never) => unknown;
}

export interface CommandsManager {
  runCommand(name: string, options?: object, context?: string): unknown;
}

/** What OHIF hands to an extension's hooks and modules. */
export interface ExtensionParams {
  readonly servicesManager: ServicesManager;
  readonly commandsManager: CommandsManager;
  readonly extensionManager: ExtensionManager;
  /** From the application's configuration. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}
