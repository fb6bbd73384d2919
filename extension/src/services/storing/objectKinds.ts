/** What of a result goes to the PACS. */
export type ObjectKind = 'segmentation' | 'solid' | 'report';

/** Names of the objects for messages. */
export const objectNames = {
  segmentation: 'segmentation',
  solid: "implant's STL",
  report: 'report of measurements',
} as const satisfies Record<ObjectKind, string>;
