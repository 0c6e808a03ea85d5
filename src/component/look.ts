import { type AskOptions, ask, BadAnswer, validatorsIn } from './ask.ts';
import type { Validators } from './download-cache.ts';
import type { Sighting, TransferOptions } from './types.ts';

/** Asks for a file as it is known, and takes no more than the head of the answer. */
export async function look(
  url: URL,
  known: Validators,
  { signal, ...options }: AskOptions & TransferOptions,
): Promise<Sighting | 'same'> {
  const response = await ask(url, { signal }, options, known);
  response.body.on('error', () => undefined).destroy();
  if (response.status === 304) return 'same';
  if (response.status !== 200) throw new BadAnswer(url, response.status);
  const { 'content-length': length, 'content-encoding': encoding } = response.headers;
  const isPlain = encoding === undefined && /^\d+$/.test(String(length));
  return { ...validatorsIn(response), ...(isPlain && { size: Number(length) }) };
}
