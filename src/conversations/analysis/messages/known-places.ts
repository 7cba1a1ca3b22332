import { z } from '../../../contract/zod.ts';
import type { PartialResults } from '../../../state/principal/partial-results.ts';

/**
 * The places that the sessions of a part of the list had when it was first read. Sessions that change meanwhile would have
 * to be read again to know them: on a busy desk, that may take more requests than a call has.
 */
export type KnownPlaces = ReadonlyMap<string, number>;

const Saved = z.object({ page: z.string(), places: z.array(z.tuple([z.string(), z.number().nullable()])) });

const none: KnownPlaces = new Map();

/** @param page the first page of the part. */
export async function loadPlaces(
  id: string | undefined,
  page: string | undefined,
  partialResults: PartialResults,
): Promise<KnownPlaces> {
  const saved = id === undefined ? undefined : await partialResults.load(id);
  const parsed = saved === undefined ? undefined : Saved.safeParse(JSON.parse(saved)).data;
  if (parsed?.page !== (page ?? '')) return none;
  return new Map(parsed.places.map(([session, at]) => [session, at ?? Number.POSITIVE_INFINITY]));
}

/** @returns the id to load them with. They replace what was saved under the same one. */
export function savePlaces(
  places: KnownPlaces,
  page: string | undefined,
  id: string | undefined,
  partialResults: PartialResults,
): Promise<string> {
  // JSON has no infinity.
  return partialResults.save(JSON.stringify({ page: page ?? '', places: [...places] }), id);
}
