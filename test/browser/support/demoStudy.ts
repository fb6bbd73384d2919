/** The demonstration study as the worklist and the address name it. */
export const demoStudy = {
  patient: 'Cranium, Demonstration',
  uid: '2.25.72676410761666023703137893105015059305',
  skull: /^Skull/,
} as const;
