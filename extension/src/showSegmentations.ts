import { VIEWPORT_3D_ID } from './hangingProtocol.ts';

/** What is used of OHIF's services; OHIF publishes no types. */
interface Subscription {
  unsubscribe(): void;
}

interface DisplaySet {
  readonly displaySetInstanceUID: string;
  readonly Modality: string;
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
    getCornerstoneViewport(viewportId: string): unknown;
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
 * Each is shown once, so that one that the user hides or removes stays away.
 *
 * @returns a function that stops it
 */
export function showSegmentations(services: ShowServices): () => void {
  const {
    displaySetService,
    segmentationService,
    cornerstoneViewportService,
    viewportGridService,
    uiNotificationService,
  } = services;
  const done = new Set<string>();

  async function show(viewportId: string, segmentation: DisplaySet): Promise<void> {
    const segmentationId = segmentation.displaySetInstanceUID;
    const key = `${viewportId}|${segmentationId}`;
    if (done.has(key) || !cornerstoneViewportService.getCornerstoneViewport(viewportId)) return;
    done.add(key);
    try {
      if (!segmentationService.getSegmentation(segmentationId)) {
        await segmentation.load?.({ headers: {} });
      }
      const shown = segmentationService.getSegmentationRepresentations(viewportId, {
        segmentationId,
      });
      if (shown.length > 0) return;
      await segmentationService.addSegmentationRepresentation(viewportId, {
        segmentationId,
        type: 'Labelmap',
      });
    } catch (error) {
      uiNotificationService.show({
        title: 'Segmentation',
        message: `A segmentation of this study cannot be shown: ${error instanceof Error ? error.message : String(error)}`,
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
      if (viewportId === VIEWPORT_3D_ID) return;
      for (const candidate of displaySetService.getActiveDisplaySets()) {
        if (
          candidate.Modality === 'SEG' &&
          displayed.includes(candidate.referencedDisplaySetInstanceUID ?? '')
        ) {
          void show(viewportId, candidate);
        }
      }
    },
  );
  return () => subscription.unsubscribe();
}
