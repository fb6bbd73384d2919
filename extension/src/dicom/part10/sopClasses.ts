/** SOP classes (PS3.4, B.5). */
export const sopClass = {
  ct: '1.2.840.10008.5.1.4.1.1.2',
  enhancedCt: '1.2.840.10008.5.1.4.1.1.2.1',
  legacyEnhancedCt: '1.2.840.10008.5.1.4.1.1.2.2',
  segmentation: '1.2.840.10008.5.1.4.1.1.66.4',
  labelMapSegmentation: '1.2.840.10008.5.1.4.1.1.66.7',
} as const;
