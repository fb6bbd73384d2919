/** SOP classes of objects with pixels (PS3.4, B.5). */
export const sopClass = {
  ct: '1.2.840.10008.5.1.4.1.1.2',
  enhancedCt: '1.2.840.10008.5.1.4.1.1.2.1',
  legacyEnhancedCt: '1.2.840.10008.5.1.4.1.1.2.2',
  segmentation: '1.2.840.10008.5.1.4.1.1.66.4',
  labelMapSegmentation: '1.2.840.10008.5.1.4.1.1.66.7',
} as const;

/** SOP classes of objects without. */
export const documentClass = {
  encapsulatedStl: '1.2.840.10008.5.1.4.1.1.104.3',
  comprehensive3dSr: '1.2.840.10008.5.1.4.1.1.88.34',
} as const;
