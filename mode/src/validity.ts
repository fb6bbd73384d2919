import type { ModeValidity, StudyOffer } from './ohifMode.ts';

/** A skull is reconstructed on its CT, so a study without one is not offered the mode. */
export function isValidMode({ modalities }: StudyOffer): ModeValidity {
  const found = modalities.split('\\').filter(Boolean);
  if (found.includes('CT')) {
    return { valid: true, description: 'Cranial reconstruction from the CT of this study' };
  }
  return {
    valid: false,
    description: `Cranioplasty needs a head CT: this study contains ${found.length ? found.join(', ') : 'no images'}, no CT`,
  };
}
