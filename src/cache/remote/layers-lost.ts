import { GildError } from '../../support/errors.ts';

/** Thrown where layers that were promised cannot be had. */
export class LayersLost extends GildError {
  constructor(count: number) {
    const message = `${count} of the layers that other hosts made cannot be had.`;
    super({ code: 'REMOTE_CACHE_FAILED', message });
  }
}
