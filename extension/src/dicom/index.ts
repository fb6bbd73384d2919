export * from './segmentation/codes.ts';
export * from './segmentation/compareSegmentations.ts';
export * from './ct/ctPixels.ts';
export * from './ct/ctSeries.ts';
export * from './segmentation/readSegmentation.ts';
export * from './segmentation/writeSegmentation.ts';
export { product } from './product.ts';
export { newUid } from './part10/uid.ts';
export type { NaturalDataset } from './part10/attributes.ts';
