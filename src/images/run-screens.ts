import { join } from 'node:path';

/** Of a picture of the display of one of a run's machines: `runs/<id>/screens/bios-1.png`. */
export function screenPath(home: string, runId: string, name: string): string {
  return join(home, 'runs', runId, 'screens', `${name}.png`);
}
