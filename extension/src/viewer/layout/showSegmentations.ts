import { is3dViewport } from './hangingProtocol.ts';
import { type Layer, type LoadedSegmentation, separateLayers } from './separateLayers.ts';
import { say, translate } from '../../words/say.ts';

/** What is used of OHIF's services; OHIF publishes no types. */
interface Subscription {
  unsubscribe(): void;
}

interface DisplaySet extends LoadedSegmentation {
  readonly Modality: string;
  readonly SeriesInstanceUID?: string;
  readonly FrameOfReferenceUID?: string;
  readonly referencedDisplaySetInstanceUID?: string;
  load?(options: { headers: Record<string, string> }): Promise<void>;
}

export interface ShowServices {
  readonly displaySetService: {
    getActiveDisplaySets(): DisplaySet[];
  };
  readonly segmentationService: {
    getSegmentation(segmentationId: string): unknown;
    getSegmentationRepresentations(
      viewportId: string,
      options: { segmentationId: string },
    ): readonly unknown[];
    setSegmentColor(
      viewportId: string,
      segmentationId: string,
      segment: number,
      rgba: readonly number[],
    ): void;
    addSegmentationRepresentation(
      viewportId: string,
      options: { segmentationId: string; type: 'Labelmap' },
    ): Promise<void>;
  };
  readonly cornerstoneViewportService: {
    readonly EVENTS: { readonly VIEWPORT_VOLUMES_CHANGED: string };
    subscribe(
      event: string,
      callback: (detail: { viewportInfo: { getViewportId(): string } }) => void,
    ): Subscription;
    getCornerstoneViewport(viewportId: string): object | null | undefined;
  };
  readonly viewportGridService: {
    getDisplaySetsUIDsForViewport(viewportId: string): readonly string[] | undefined;
  };
  readonly uiNotificationService: {
    show(notification: { title: string; message: string; type: 'error' }): void;
  };
}

/**
 * Shows the segmentations of a study in the planes without being asked: those that belong to the CT of a
 * viewport appear in it once its volume is there.
 *
 * Each is shown once in a viewport, so that one that the user hides or removes stays away; a viewport that
 * another layout made anew is another one.
 *
 * @param isShownAlready of a series that is on the screen in another form: not shown twice
 * @returns a function that stops it
 */
export function showSegmentations(
  services: ShowServices,
  isShownAlready: (seriesInstanceUID: string) => boolean = () => false,
): () => void {
  const {
    displaySetService,
    segmentationService,
    cornerstoneViewportService,
    viewportGridService,
    uiNotificationService,
  } = services;
  const done = new WeakMap<object, Set<string>>();
  const loading = new Map<string, Promise<Layer[]>>();

  async function load(segmentation: DisplaySet): Promise<Layer[]> {
    if (!segmentationService.getSegmentation(segmentation.displaySetInstanceUID)) {
      await segmentation.load?.({ headers: {} });
    }
    return separateLayers(segmentation);
  }

  /** Loads a segmentation once, however many viewports ask for it. */
  function layersOf(segmentation: DisplaySet): Promise<Layer[]> {
    const key = segmentation.displaySetInstanceUID;
    const layers = loading.get(key) ?? load(segmentation);
    loading.set(key, layers);
    return layers;
  }

  async function showLayer(viewportId: string, { segmentationId, colours }: Layer): Promise<void> {
    const shown = segmentationService.getSegmentationRepresentations(viewportId, {
      segmentationId,
    });
    if (shown.length === 0) {
      await segmentationService.addSegmentationRepresentation(viewportId, {
        segmentationId,
        type: 'Labelmap',
      });
    }
    for (const [segment, [r, g, b]] of colours) {
      segmentationService.setSegmentColor(viewportId, segmentationId, segment, [r, g, b, 255]);
    }
  }

  async function show(viewportId: string, segmentation: DisplaySet): Promise<void> {
    const viewport = cornerstoneViewportService.getCornerstoneViewport(viewportId);
    if (!viewport) return;
    const shown = done.get(viewport) ?? new Set();
    if (shown.has(segmentation.displaySetInstanceUID)) return;
    done.set(viewport, shown.add(segmentation.displaySetInstanceUID));
    try {
      const layers = await layersOf(segmentation);
      // The result may have been opened again while its segmentation was loading.
      if (isShownAlready(segmentation.SeriesInstanceUID ?? '')) return;
      for (const layer of layers) await showLayer(viewportId, layer);
    } catch (error) {
      uiNotificationService.show({
        title: say('shown.segmentation'),
        message: say('shown.not', {
          reason: error instanceof Error ? translate(error) : String(error),
        }),
        type: 'error',
      });
    }
  }

  const subscription = cornerstoneViewportService.subscribe(
    cornerstoneViewportService.EVENTS.VIEWPORT_VOLUMES_CHANGED,
    ({ viewportInfo }) => {
      const viewportId = viewportInfo.getViewportId();
      const displayed = viewportGridService.getDisplaySetsUIDsForViewport(viewportId) ?? [];
      // Stock conversion to a surface takes half a minute on two cores; the panel makes better ones.
      if (is3dViewport(viewportId)) return;
      for (const candidate of displaySetService.getActiveDisplaySets()) {
        if (
          candidate.Modality === 'SEG' &&
          !isShownAlready(candidate.SeriesInstanceUID ?? '') &&
          displayed.includes(candidate.referencedDisplaySetInstanceUID ?? '')
        ) {
          void show(viewportId, candidate);
        }
      }
    },
  );
  return () => subscription.unsubscribe();
}
