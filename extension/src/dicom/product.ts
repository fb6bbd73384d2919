/** What objects written by this project say about their maker. */
export const product = {
  name: 'ohif-cranioplasty',
  manufacturer: 'ohif-cranioplasty contributors',
  /** Content creator where no person is named. */
  creator: 'Cranioplasty^OHIF',
  version: '0.1.0',
  researchUse: 'Research use only, not a medical device',
} as const;
