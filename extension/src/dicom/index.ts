export * from './codes.ts';
export * from './compareSegmentations.ts';
export * from './ctPixels.ts';
export * from './ctSeries.ts';
export * from './readSegmentation.ts';
export * from './writeSegmentation.ts';
export { product } from './product.ts';
export { newUid } from './uid.ts';
export type { NaturalDataset } from './attributes.ts';
