/** Molecules and clusters of known symmetry, built from geometry alone. */

export interface Molecule {
  readonly species: string[];
  readonly positions: Float64Array;
}

type Point = readonly [number, number, number];
export type Part = readonly [string, readonly Point[]];

export function molecule(...parts: Part[]): Molecule {
  return {
    species: parts.flatMap(([name, points]) => points.map(() => name)),
    positions: Float64Array.from(parts.flatMap(([, points]) => points.flat())),
  };
}

export function scaled(points: readonly Point[], length: number): Point[] {
  return points.map((p) => {
    const size = Math.hypot(...p);
    return [(p[0] * length) / size, (p[1] * length) / size, (p[2] * length) / size];
  });
}

export const degree = Math.PI / 180;

/** n points around z. */
export function ring(n: number, radius: number, z = 0, turn = 0): Point[] {
  return Array.from({ length: n }, (_, k) => {
    const angle = (2 * Math.PI * k) / n + turn;
    return [radius * Math.cos(angle), radius * Math.sin(angle), z];
  });
}

/** All places reached by changing signs. */
export function signs(x: number, y: number, z: number): Point[] {
  const choices = (value: number) => (value === 0 ? [0] : [value, -value]);
  return choices(x).flatMap((a) => choices(y).flatMap((b) => choices(z).map((c): Point => [a, b, c])));
}

/** The same with the coordinates permuted cyclically: orbits of T_h; a general point has 24. */
export function cyclic(x: number, y: number, z: number): Point[] {
  return [...signs(x, y, z), ...signs(z, x, y), ...signs(y, z, x)];
}

/** Orbits of the rotations of a tetrahedron: even numbers of changed signs, cyclic permutations. */
export function chiralTetrahedral(x: number, y: number, z: number): Point[] {
  const even = (a: number, b: number, c: number): Point[] => [
    [a, b, c],
    [a, -b, -c],
    [-a, b, -c],
    [-a, -b, c],
  ];
  return [...even(x, y, z), ...even(z, x, y), ...even(y, z, x)];
}

/** Orbits of the rotations of a cube: with odd permutations the other hand of signs. */
export function chiralOctahedral(x: number, y: number, z: number): Point[] {
  return [...chiralTetrahedral(x, y, z), ...chiralTetrahedral(-y, -x, -z)];
}

const golden = (1 + Math.sqrt(5)) / 2;
export const octahedron = cyclic(1, 0, 0).filter((p, i, all) => all.findIndex((q) => same(p, q)) === i);
export const tetrahedron: Point[] = [
  [1, 1, 1],
  [1, -1, -1],
  [-1, 1, -1],
  [-1, -1, 1],
];
export const icosahedron = cyclic(0, 1, golden);
export const dodecahedron = [...signs(1, 1, 1), ...cyclic(0, 1 / golden, golden)];
/** Truncated icosahedron with edges of 2. */
export const buckyball = [
  ...cyclic(0, 1, 3 * golden),
  ...cyclic(1, 2 + golden, 2 * golden),
  ...cyclic(golden, 2, 2 * golden + 1),
];

function same(p: Point, q: Point): boolean {
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) < 1e-9;
}

/**
 * Icosahedron of complete shells after Mackay: on each of the twenty faces of shell n a triangular net with n + 1
 * atoms at an edge; 13, 55, 147, 309 atoms.
 * @param spacing of neighbours in a shell
 */
export function mackay(shells: number, spacing: number): Point[] {
  const corners = icosahedron.map(
    (p): Point => [(p[0] * spacing) / 2, (p[1] * spacing) / 2, (p[2] * spacing) / 2],
  );
  const near = (p: Point, q: Point) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) < 1.1 * spacing;
  const points: Point[] = [[0, 0, 0]];
  for (let n = 1; n <= shells; n++) {
    const shell: Point[] = [];
    for (let a = 0; a < 12; a++)
      for (let b = a + 1; b < 12; b++)
        for (let c = b + 1; c < 12; c++) {
          if (!near(corners[a], corners[b]) || !near(corners[b], corners[c]) || !near(corners[a], corners[c]))
            continue;
          for (let i = 0; i <= n; i++)
            for (let j = 0; i + j <= n; j++) {
              const point = [0, 1, 2].map(
                (k) => i * corners[a][k] + j * corners[b][k] + (n - i - j) * corners[c][k],
              ) as unknown as Point;
              if (!shell.some((other) => same(point, other))) shell.push(point);
            }
        }
    points.push(...shell);
  }
  return points;
}

/** Sites of an fcc crystal (nearest neighbours at √2 when scale is 1) for which `keep` holds. */
export function fccPart(reach: number, origin: Point, keep: (p: Point) => boolean): Point[] {
  const points: Point[] = [];
  for (let x = -reach; x <= reach; x++)
    for (let y = -reach; y <= reach; y++)
      for (let z = -reach; z <= reach; z++) {
        const p: Point = [x - origin[0], y - origin[1], z - origin[2]];
        if ((x + y + z) % 2 === 0 && keep(p)) points.push(p);
      }
  return points;
}
