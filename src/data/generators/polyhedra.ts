/**
 * Closed-shell clusters by their geometry: icosahedra, decahedra, cuboctahedra, octahedra. Positions in Å around the
 * origin, from the centre out where the shape has shells.
 * @see Martin, Phys. Rep. 273, 199 (1996), for the numbers of atoms
 */

/**
 * Mackay icosahedron: (10 s³ + 15 s² + 11 s + 3) / 3 atoms for s shells.
 * @param distance of neighbours in a shell, Å; between shells it is sin 72° = 0.951 of that
 * @see Mackay, Acta Cryst. 15, 916 (1962)
 */
export function icosahedronPositions(shells: number, distance: number): Float64Array {
  const golden = (1 + Math.sqrt(5)) / 2;
  const vertices: number[][] = [];
  for (const a of [-1, 1]) for (const b of [-golden, golden]) vertices.push([0, a, b], [a, b, 0], [b, 0, a]);
  // With these coordinates an edge is 2 long, and so are the steps along it.
  const unit = distance / 2;
  const adjacent = (i: number, j: number) =>
    Math.abs(Math.hypot(...vertices[i].map((x, k) => x - vertices[j][k])) - 2) < 1e-9;
  const edges: [number, number][] = [];
  const faces: [number, number, number][] = [];
  for (let i = 0; i < 12; i++)
    for (let j = i + 1; j < 12; j++) {
      if (!adjacent(i, j)) continue;
      edges.push([i, j]);
      for (let k = j + 1; k < 12; k++) if (adjacent(i, k) && adjacent(j, k)) faces.push([i, j, k]);
    }
  const positions = [0, 0, 0];
  const add = (weights: readonly (readonly [number, number])[]) => {
    for (let k = 0; k < 3; k++)
      positions.push(unit * weights.reduce((sum, [vertex, weight]) => sum + weight * vertices[vertex][k], 0));
  };
  for (let shell = 1; shell <= shells; shell++) {
    for (let i = 0; i < 12; i++) add([[i, shell]]);
    for (const [i, j] of edges)
      for (let a = 1; a < shell; a++)
        add([
          [i, a],
          [j, shell - a],
        ]);
    for (const [i, j, k] of faces)
      for (let a = 1; a < shell; a++)
        for (let b = 1; a + b < shell; b++)
          add([
            [i, a],
            [j, b],
            [k, shell - a - b],
          ]);
  }
  return Float64Array.from(positions);
}

/**
 * Decahedron: five tetrahedra around an axis of neighbours. Columns parallel to the axis stand on rings around it; each
 * is one atom shorter than that of the ring inside. Notches take the ends of the outer rings' sides away.
 * @param width atoms across a (100) side face, m of Marks
 * @param height atoms along it parallel to the axis, n of Marks
 * @param reentrance depth of the notches at the twin planes, p - 1 of Marks; 0 is Ino's decahedron
 * @param distance of neighbours along the axis and between rings, Å; along a ring it is 1.018 of that
 * @see Marks, Philos. Mag. A 49, 81 (1984)
 */
export function decahedronPositions(
  width: number,
  height: number,
  reentrance: number,
  distance: number,
): Float64Array {
  const positions: number[] = [];
  const outermost = width + 2 * reentrance - 1;
  const ringStep = (distance * Math.sqrt(3)) / 2;
  const column = (x: number, y: number, atoms: number) => {
    for (let i = 0; i < atoms; i++) positions.push(x, y, (i - (atoms - 1) / 2) * distance);
  };
  column(0, 0, height + outermost);
  for (let ring = 1; ring <= outermost; ring++) {
    const cut = Math.max(0, reentrance - (outermost - ring));
    for (let sector = 0; sector < 5; sector++) {
      const [from, to] = [sector, sector + 1].map((s) => (2 * Math.PI * s) / 5);
      // A corner belongs to the sector that begins with it.
      for (let j = cut; j < ring && j <= ring - cut; j++)
        column(
          ringStep * ((ring - j) * Math.cos(from) + j * Math.cos(to)),
          ringStep * ((ring - j) * Math.sin(from) + j * Math.sin(to)),
          height + outermost - ring,
        );
    }
  }
  return Float64Array.from(positions);
}

/** Points of an fcc lattice around a centre that satisfy a test, coordinates in halves of the lattice constant. */
function fccPoints(
  range: number,
  centre: readonly [number, number, number],
  distance: number,
  inside: (x: number, y: number, z: number) => boolean,
): Float64Array {
  const unit = distance / Math.SQRT2;
  const positions: number[] = [];
  for (let x = -range; x <= range; x++)
    for (let y = -range; y <= range; y++)
      for (let z = -range; z <= range; z++) {
        if ((x + y + z) % 2 !== 0) continue;
        const [u, v, w] = [x - centre[0], y - centre[1], z - centre[2]];
        if (inside(u, v, w)) positions.push(unit * u, unit * v, unit * w);
      }
  return Float64Array.from(positions);
}

/** Cuboctahedron: as many atoms as the icosahedron with these shells. @param distance of nearest neighbours, Å */
export function cuboctahedronPositions(shells: number, distance: number): Float64Array {
  return fccPoints(shells, [0, 0, 0], distance, (x, y, z) => {
    const [a, b, c] = [Math.abs(x), Math.abs(y), Math.abs(z)];
    return Math.max(a, b, c) <= shells && a + b + c <= 2 * shells;
  });
}

/**
 * Octahedron of fcc with `edge` atoms along an edge, (2 n³ + n) / 3 atoms, less a pyramid of c (c + 1) (2 c + 1) / 6
 * at each of its six corners.
 * @param cut layers c taken off at each corner
 * @param distance of nearest neighbours, Å
 */
export function octahedronPositions(edge: number, cut: number, distance: number): Float64Array {
  // The centre of an octahedron with an even edge is an octahedral hole.
  const centre = edge % 2 === 0 ? ([1, 0, 0] as const) : ([0, 0, 0] as const);
  return fccPoints(edge + 1, centre, distance, (x, y, z) => {
    const [a, b, c] = [Math.abs(x), Math.abs(y), Math.abs(z)];
    return a + b + c <= edge - 1 && Math.max(a, b, c) <= edge - 1 - cut;
  });
}
