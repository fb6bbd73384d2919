/** The part of OHIF's customization service that is used. */
export interface StatisticsServices {
  readonly customizationService: {
    setCustomizations(customizations: Readonly<Record<string, object>>): void;
  };
}

/**
 * Keeps the viewer from its own statistics of every segmentation that changes, as long as the mode lasts. For them it copies
 * CT and labelmap as a whole, on the page and once more for a worker: of 600 slices 1 GB for a skull, a patch and an
 * implant each, in the midst of a run. The panel measures what it shows itself.
 */
export function keepOutStockStatistics({ customizationService }: StatisticsServices): void {
  customizationService.setCustomizations({
    'panelSegmentation.disableUpdateSegmentationStats': { $set: true },
  });
}
