export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

const mostCylinders = 65_535;

/** The rule of the VHD specification's appendix, for sectors of 512 bytes. It rounds down. */
export function vhdGeometry(sectors: number): Geometry {
  const total = Math.min(sectors, mostCylinders * 16 * 255);
  if (total >= mostCylinders * 16 * 63) return geometry(total, 16, 255);
  const heads = Math.max(4, Math.ceil(Math.floor(total / 17) / 1024));
  const fits = (count: number, perTrack: number) =>
    count <= 16 && Math.floor(total / perTrack) < count * 1024;
  if (fits(heads, 17)) return geometry(total, heads, 17);
  return fits(16, 31) ? geometry(total, 16, 31) : geometry(total, 16, 63);
}

function geometry(total: number, heads: number, sectorsPerTrack: number): Geometry {
  return { cylinders: Math.floor(Math.floor(total / sectorsPerTrack) / heads), heads, sectorsPerTrack };
}
