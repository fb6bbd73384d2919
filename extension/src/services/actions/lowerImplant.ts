import { setAppearance } from './look.ts';
import type { Parts } from '../parts.ts';

/** From how high above its place, mm, in how many steps, and how long each is shown at least, ms. */
const height = 40;
const steps = 40;
const pause = 50;

/** Shows in 3D how the designed implant is lowered into the defect along the insertion axis. */
export function lowerImplant(parts: Parts): Promise<void> {
  const { work, shapes } = parts;
  return work.attempt(async () => {
    shapes.liftImplant(height);
    setAppearance(parts, 'implant', { visible: true });
    for (let step = 0; step <= steps; step++) {
      shapes.liftImplant(height * (1 - step / steps));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  });
}
