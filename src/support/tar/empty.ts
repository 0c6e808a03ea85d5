import type { Digest } from '../../model/digest.ts';

/** Of a tar without entries: 1024 zero bytes. */
export const emptyTar: Digest = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';
