import type { WorkRecord } from '../types.ts';
import { parseRecord } from './record-schema.ts';
import { type Signer, standingOf } from './signature.ts';

/**
 * Signs what was made on this host. What came from elsewhere keeps the signature that it came with, as far as it still is
 * what was signed: nobody vouches for the work of others.
 */
export function vouch(record: WorkRecord, signer: Signer | undefined): WorkRecord {
  const { signature: _signature, ...unsigned } = record;
  // A reader sees no more than what is valid of it.
  const read = parseRecord({ ...record, usedAt: record.createdAt });
  if (!read) return unsigned;
  if (record.origin === undefined) return signer ? { ...unsigned, signature: signer(read) } : unsigned;
  return standingOf(read) === 'signed' ? record : unsigned;
}
