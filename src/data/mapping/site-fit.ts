/** Atoms of a structure on the sites of one supercell: rigid shift and assignment together. */
import type { Supercell } from "../../lattice/supercell.ts";
import { solveAssignment } from "./assignment.ts";
import { completeFrame, PeriodicFrame } from "./periodic-frame.ts";

export interface SiteFit {
  /** Supercell site of each atom. */
  readonly siteOf: Int32Array;
  /** Distance of each atom from its site, Å. */
  readonly distances: Float64Array;
  /** Å. */
  readonly rms: number;
  readonly largest: number;
  /**
   * False if the atoms were only put on their nearest sites, which some share: then the distances are lower bounds,
   * and no assignment can be good.
   */
  readonly complete: boolean;
  /** Atoms for which another allowed site is nearer than their own. */
  readonly displaced: number;
}

export interface FitRequest {
  readonly supercell: Supercell;
  /** Nearest points of the parent lattice. */
  readonly parent: PeriodicFrame;
  /** Cartesian, in the frame of the unstrained supercell, Å. */
  readonly positions: Float64Array; // 3 * atoms
  /** Parent sites that each atom may have. */
  readonly allowed: readonly (readonly number[])[];
  /** Parent sites that may stay empty. */
  readonly mayBeEmpty: readonly boolean[];
  /** Fits with a larger root mean square than this need not be completed, Å. */
  readonly limit: number;
  /** Shifts closer than this are one, Å. */
  readonly shiftTolerance: number;
}

const MAX_STARTS = 12;
const MAX_ITERATIONS = 100;
/** The shift is settled when it moves less than this, Å. */
const SETTLED_A = 1e-9;

/**
 * Local optima of sum |x_i + t - site(i)|² over shifts t and one-to-one assignments, best first. For a given
 * assignment the best shift is minus the mean displacement, for a given shift the best assignment is a linear
 * problem; neither step raises the sum and there are finitely many assignments, so alternating ends. Starts put an
 * atom of the species with the fewest choices on each parent site that it may have; only one cell need be
 * tried, since a shift by a lattice vector gives an equivalent configuration.
 */
export function fitSites(request: FitRequest): SiteFit[] {
  const finals: Float64Array[] = [];
  const fits: SiteFit[] = [];
  for (const start of startingShifts(request)) {
    const shift = start.slice();
    const relaxed = settle(request, shift, nearestSites);
    if (finals.some((known) => sameShift(request, known, shift))) continue;
    finals.push(shift.slice());
    if (isValid(request, relaxed.siteOf) || !(relaxed.rms <= request.limit)) {
      fits.push({ ...relaxed, complete: isValid(request, relaxed.siteOf), displaced: 0 });
      continue;
    }
    // Some atoms want one site, or a site that must be filled is left over: only an assignment of all can tell.
    const best = settle(request, shift, assignedSites);
    const nearest = nearestSites(request, shift);
    let displaced = 0;
    for (let i = 0; i < nearest.siteOf.length; i++) if (nearest.siteOf[i] !== best.siteOf[i]) displaced++;
    fits.push({ ...best, complete: true, displaced });
  }
  return fits.sort((a, b) => Number(b.complete) - Number(a.complete) || a.rms - b.rms);
}

interface Placement {
  siteOf: Int32Array;
  /** Atom minus site, Å. */
  offsets: Float64Array; // 3 * atoms
}

function settle(
  request: FitRequest,
  shift: Float64Array,
  place: (request: FitRequest, shift: Float64Array) => Placement,
): Pick<SiteFit, "siteOf" | "distances" | "rms" | "largest"> {
  const atoms = request.allowed.length;
  let placement = place(request, shift);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    let moved = 0;
    for (let k = 0; k < 3; k++) {
      let mean = 0;
      for (let i = 0; i < atoms; i++) mean += placement.offsets[3 * i + k];
      mean /= atoms;
      shift[k] -= mean;
      moved = Math.max(moved, Math.abs(mean));
    }
    const before = placement.siteOf;
    placement = place(request, shift);
    if (moved < SETTLED_A && before.every((site, i) => site === placement.siteOf[i])) break;
  }
  const { siteOf, offsets } = placement;
  const distances = Float64Array.from({ length: atoms }, (_, i) =>
    Math.hypot(offsets[3 * i], offsets[3 * i + 1], offsets[3 * i + 2]),
  );
  const squares = distances.reduce((sum, d) => sum + d * d, 0);
  return { siteOf, distances, rms: Math.sqrt(squares / atoms), largest: Math.max(...distances) };
}

/**
 * Each atom on the nearest site that it may have. Where this is one-to-one it is the best assignment, since every
 * term of the sum is at its own minimum.
 */
function nearestSites(request: FitRequest, shift: Float64Array): Placement {
  const { supercell, parent, positions, allowed } = request;
  const { cartesian } = supercell.lattice;
  const atoms = allowed.length;
  const siteOf = new Int32Array(atoms);
  const offsets = new Float64Array(3 * atoms);
  const { point, residual } = parent;
  for (let i = 0; i < atoms; i++) {
    let best = Number.POSITIVE_INFINITY;
    for (const s of allowed[i]) {
      const d2 = parent.nearest(
        positions[3 * i] + shift[0] - cartesian[3 * s],
        positions[3 * i + 1] + shift[1] - cartesian[3 * s + 1],
        positions[3 * i + 2] + shift[2] - cartesian[3 * s + 2],
      );
      if (d2 >= best) continue;
      best = d2;
      siteOf[i] = supercell.siteIndex(s, point);
      offsets.set(residual, 3 * i);
    }
  }
  return { siteOf, offsets };
}

function isValid({ supercell, mayBeEmpty }: FitRequest, siteOf: Int32Array): boolean {
  const taken = new Uint8Array(supercell.numSites);
  for (const site of siteOf) {
    if (taken[site]) return false;
    taken[site] = 1;
  }
  return taken.every((t, i) => t === 1 || mayBeEmpty[supercell.sublatticeOf(i)]);
}

/**
 * The best one-to-one assignment. Rows are atoms and one vacancy for each site left over, which costs nothing on
 * sites that may be empty and cannot go elsewhere. The composition must have been found to fit.
 */
function assignedSites(request: FitRequest, shift: Float64Array): Placement {
  const { supercell, positions, allowed, mayBeEmpty } = request;
  const { lattice, numCells, numSites } = supercell;
  const atoms = allowed.length;
  const images = new PeriodicFrame(completeFrame(supercell.cell, lattice.periodic), lattice.periodic);
  const cost = new Float64Array(numSites * numSites).fill(Number.POSITIVE_INFINITY);
  const cells = Array.from({ length: numCells }, (_, c) => {
    const n = supercell.cellOf(c);
    return [0, 1, 2].map(
      (k) => n[0] * lattice.cell[k] + n[1] * lattice.cell[3 + k] + n[2] * lattice.cell[6 + k],
    );
  });
  const distance2 = (atom: number, site: number) => {
    const s = supercell.sublatticeOf(site);
    const cell = cells[site - s * numCells];
    return images.nearest(
      positions[3 * atom] + shift[0] - lattice.cartesian[3 * s] - cell[0],
      positions[3 * atom + 1] + shift[1] - lattice.cartesian[3 * s + 1] - cell[1],
      positions[3 * atom + 2] + shift[2] - lattice.cartesian[3 * s + 2] - cell[2],
    );
  };
  for (let i = 0; i < atoms; i++)
    for (const s of allowed[i])
      for (let c = 0; c < numCells; c++)
        cost[i * numSites + s * numCells + c] = distance2(i, s * numCells + c);
  for (let site = 0; site < numSites; site++)
    if (mayBeEmpty[supercell.sublatticeOf(site)])
      for (let row = atoms; row < numSites; row++) cost[row * numSites + site] = 0;
  const siteOf = solveAssignment(cost, numSites, numSites)!.slice(0, atoms);
  const offsets = new Float64Array(3 * atoms);
  siteOf.forEach((site, i) => {
    distance2(i, site);
    offsets.set(images.residual, 3 * i);
  });
  return { siteOf, offsets };
}

function startingShifts(request: FitRequest): Float64Array[] {
  const { supercell, parent, positions, allowed } = request;
  const { cartesian } = supercell.lattice;
  const groups = new Map<readonly number[], number[]>();
  allowed.forEach((sites, i) => {
    const group = groups.get(sites);
    if (group) group.push(i);
    else groups.set(sites, [i]);
  });
  const [sites, members] = [...groups].reduce((a, b) =>
    b[0].length < a[0].length || (b[0].length === a[0].length && b[1].length < a[1].length) ? b : a,
  );
  const stride = Math.max(1, members.length / MAX_STARTS);
  const starts: Float64Array[] = [];
  for (let m = 0; m < members.length; m += stride) {
    const i = members[Math.floor(m)];
    for (const s of sites) {
      parent.nearest(
        cartesian[3 * s] - positions[3 * i],
        cartesian[3 * s + 1] - positions[3 * i + 1],
        cartesian[3 * s + 2] - positions[3 * i + 2],
      );
      const shift = Float64Array.from(parent.residual);
      if (!starts.some((known) => sameShift(request, known, shift))) starts.push(shift);
    }
  }
  return starts;
}

function sameShift({ parent, shiftTolerance }: FitRequest, a: Float64Array, b: Float64Array): boolean {
  return parent.nearest(a[0] - b[0], a[1] - b[1], a[2] - b[2]) < shiftTolerance ** 2;
}
