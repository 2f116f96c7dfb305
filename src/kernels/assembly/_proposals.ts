// Proposals of mixed moves: those of mc/moves/flip-moves.ts, list-swaps.ts, neighbour-swaps.ts and reaction-moves.ts, which
// draw the same random words. A proposal leaves its changes, its kind, ln of the ratio of probabilities and what the
// potential changes by beside the energy.
import {
  DEGREE_BYTES,
  DEGREE_NEIGHBOURS,
  DIRECTION_BYTES,
  DIRECTION_PRODUCT_COUNT,
  DIRECTION_PRODUCTS,
  DIRECTION_SOURCE_COUNT,
  DRAWN,
  FLIP_COUNT,
  FLIP_GAINS,
  FLIP_KAPPA,
  FLIP_LOSSES,
  FLIP_PHI,
  FLIP_POTENTIALS,
  FLIP_SITES,
  GROUP_BYTES,
  GROUP_OF,
  GROUP_SIZE,
  GROUP_SPECIES,
  GROUPS,
  KIND,
  LIST_STARTS,
  LOG_RATIO,
  LOGARITHMS,
  MEMBERS,
  NEIGHBOUR_BYTES,
  NEIGHBOUR_CELLS,
  NEIGHBOUR_DEGREES,
  NEIGHBOUR_RATIOS,
  OFFSET,
  PAIR_A,
  PAIR_B,
  PAIR_BYTES,
  PAIR_WEIGHT,
  PART_FIRST_KIND,
  PRODUCT_BYTES,
  PRODUCT_COUNT,
  PRODUCT_GAIN,
  PRODUCT_SPECIES,
  REACTION_DIRECTIONS,
  REACTION_POTENTIAL,
  SOURCE_BECOME,
  SOURCE_BYTES,
  SOURCE_COUNT,
  SOURCE_SPECIES,
  SWAP_PAIR_COUNT,
  SWAP_PAIRS,
} from "../mixture-block";
import { SITE_BITS, SPECIES, SUBLATTICE_COUNT } from "../swap-block";
import { change, speciesOn } from "./_changes";
import { drawIndex } from "./_draw";
import { REGION } from "./_region";

export function groupOf(sublattice: usize): usize {
  return <usize>load<u32>(<usize>load<u32>(REGION, GROUP_OF) + (sublattice << 2));
}

function groupRecord(group: usize): usize {
  return <usize>load<u32>(REGION, GROUPS) + group * GROUP_BYTES;
}

/** Where the beginning of a list stands; the end of the list follows. */
function listStart(group: usize, species: usize): usize {
  return <usize>load<u32>(REGION, LIST_STARTS) + ((<usize>load<u32>(groupRecord(group)) + species) << 2);
}

function listCount(group: usize, species: usize): u32 {
  const at = listStart(group, species);
  return load<u32>(at, 4) - load<u32>(at);
}

function listSite(group: usize, species: usize, index: u32): u32 {
  const at = load<u32>(listStart(group, species)) + index;
  return load<u32>(<usize>load<u32>(REGION, MEMBERS) + ((<usize>at) << 2));
}

function sublatticeOf(site: u32): usize {
  return <usize>(site & ((1 << load<u32>(SITE_BITS)) - 1));
}

/** A proposal that cannot be carried out counts as rejected. */
function impossible(): void {
  store<f64>(REGION, -Infinity, LOG_RATIO);
}

export function proposeFlip(part: usize): void {
  const index = drawIndex(load<u32>(part, FLIP_COUNT));
  const site = load<u32>(<usize>load<u32>(part, FLIP_SITES) + ((<usize>index) << 2));
  const group = groupOf(sublatticeOf(site));
  const species = load<u32>(groupRecord(group), GROUP_SPECIES);
  const before = speciesOn(site);
  const draw: u32 = species == 2 ? 0 : drawIndex(species - 1);
  const after = draw < before ? draw : draw + 1;
  change(site, before, after);
  const row = group * <usize>load<u32>(SPECIES);
  const ofBefore = (row + <usize>before) << 3;
  const ofAfter = (row + <usize>after) << 3;
  const potentials = <usize>load<u32>(part, FLIP_POTENTIALS);
  store<u32>(REGION, load<u32>(part, PART_FIRST_KIND) + <u32>group, KIND);
  store<f64>(REGION, -(load<f64>(potentials + ofAfter) - load<f64>(potentials + ofBefore)), OFFSET);
  if (load<u32>(part, FLIP_PHI) != 0) {
    noteConstraint(part, group, before);
    noteConstraint(part, group, after);
  }
  const losses = <usize>load<u32>(part, FLIP_LOSSES);
  const gains = <usize>load<u32>(part, FLIP_GAINS);
  store<f64>(REGION, load<f64>(losses + ofBefore) + load<f64>(gains + ofAfter), LOG_RATIO);
}

/** What the number of a species, as it is now, makes of losing and gaining one. */
export function noteConstraint(part: usize, group: usize, species: usize): void {
  const at = (group * <usize>load<u32>(SPECIES) + species) << 3;
  const phi = load<f64>(<usize>load<u32>(part, FLIP_PHI) + at);
  const free = phi != phi;
  const kappa = load<f64>(part, FLIP_KAPPA);
  const count = <f64>listCount(group, species);
  const size = load<f64>(groupRecord(group), GROUP_SIZE);
  const loss = free ? 0 : kappa * (phi + (2 * count - 1) / size);
  const gain = free ? 0 : -kappa * (phi + (2 * count + 1) / size);
  store<f64>(<usize>load<u32>(part, FLIP_LOSSES) + at, loss);
  store<f64>(<usize>load<u32>(part, FLIP_GAINS) + at, gain);
}

/** The same for all species of the groups that are flipped. */
export function noteConstraints(part: usize): void {
  const sites = <usize>load<u32>(part, FLIP_SITES);
  const end = sites + ((<usize>load<u32>(part, FLIP_COUNT)) << 2);
  let last: usize = -1;
  for (let at = sites; at < end; at += 4) {
    const group = groupOf(sublatticeOf(load<u32>(at)));
    if (group == last) continue;
    last = group;
    const species = load<u32>(groupRecord(group), GROUP_SPECIES);
    for (let k: u32 = 0; k < species; k++) noteConstraint(part, group, k);
  }
}

/** The pair of species that is tried, with the weight of the rarer one; 0 when every group holds a single species. */
function drawPair(part: usize): usize {
  const pairs = <usize>load<u32>(part, SWAP_PAIRS);
  const end = pairs + <usize>load<u32>(part, SWAP_PAIR_COUNT) * PAIR_BYTES;
  let total: u32 = 0;
  for (let pair = pairs; pair < end; pair += PAIR_BYTES) {
    const group = <usize>load<u32>(pair);
    const ofA = listCount(group, load<u32>(pair, PAIR_A));
    const ofB = listCount(group, load<u32>(pair, PAIR_B));
    const weight = min<u32>(ofA, ofB);
    store<u32>(pair, weight, PAIR_WEIGHT);
    total += weight;
  }
  store<u32>(REGION, load<u32>(part, PART_FIRST_KIND), KIND);
  if (total == 0) return 0;
  if (end == pairs + PAIR_BYTES) return pairs;
  let pick = drawIndex(total);
  let pair = pairs;
  while (pick >= load<u32>(pair, PAIR_WEIGHT)) {
    pick -= load<u32>(pair, PAIR_WEIGHT);
    pair += PAIR_BYTES;
  }
  store<u32>(REGION, load<u32>(part, PART_FIRST_KIND) + <u32>((pair - pairs) / PAIR_BYTES), KIND);
  return pair;
}

export function proposeSwap(part: usize): void {
  store<f64>(REGION, 0, OFFSET);
  const pair = drawPair(part);
  if (pair == 0) return impossible();
  const group = <usize>load<u32>(pair);
  const a = load<u32>(pair, PAIR_A);
  const b = load<u32>(pair, PAIR_B);
  const i = listSite(group, a, drawIndex(listCount(group, a)));
  const j = listSite(group, b, drawIndex(listCount(group, b)));
  change(i, a, b);
  change(j, b, a);
  store<f64>(REGION, 0, LOG_RATIO);
}

export function proposeNeighbourSwap(part: usize): void {
  store<f64>(REGION, 0, OFFSET);
  const pair = drawPair(part);
  if (pair == 0) return impossible();
  const group = <usize>load<u32>(pair);
  const a = load<u32>(pair, PAIR_A);
  const b = load<u32>(pair, PAIR_B);
  const carrier = listCount(group, a) <= listCount(group, b) ? a : b;
  const i = listSite(group, carrier, drawIndex(listCount(group, carrier)));
  const from = sublatticeOf(i);
  const degrees = <usize>load<u32>(part, NEIGHBOUR_DEGREES) + from * DEGREE_BYTES;
  const degree = load<u32>(degrees);
  if (degree == 0) return impossible();
  const neighbour = <usize>load<u32>(degrees, DEGREE_NEIGHBOURS) + <usize>drawIndex(degree) * NEIGHBOUR_BYTES;
  const to = load<u32>(neighbour);
  const bits = load<u32>(SITE_BITS);
  const cell = load<u32>(<usize>load<u32>(neighbour, NEIGHBOUR_CELLS) + ((<usize>(i >> bits)) << 2));
  const j = (cell << bits) | to;
  const other = a + b - carrier;
  if (speciesOn(j) != other) return impossible();
  change(i, carrier, other);
  change(j, other, carrier);
  const ratios = <usize>load<u32>(part, NEIGHBOUR_RATIOS);
  const row = from * <usize>load<u32>(SUBLATTICE_COUNT) + <usize>to;
  store<f64>(REGION, load<f64>(ratios + (row << 3)), LOG_RATIO);
}

export function proposeReaction(part: usize): void {
  const direction = drawIndex(2);
  const record = <usize>load<u32>(part, REACTION_DIRECTIONS) + <usize>direction * DIRECTION_BYTES;
  const deltaMu = load<f64>(<usize>load<u32>(part, REACTION_POTENTIAL));
  store<u32>(REGION, load<u32>(part, PART_FIRST_KIND) + direction, KIND);
  store<f64>(REGION, direction == 0 ? deltaMu : -deltaMu, OFFSET);
  const sources = <usize>load<u32>(record);
  const sourcesEnd = sources + <usize>load<u32>(record, DIRECTION_SOURCE_COUNT) * SOURCE_BYTES;
  for (let source = sources; source < sourcesEnd; source += SOURCE_BYTES)
    if (listCount(load<u32>(source), load<u32>(source, SOURCE_SPECIES)) < load<u32>(source, SOURCE_COUNT))
      return impossible();
  const logarithms = <usize>load<u32>(REGION, LOGARITHMS);
  let logRatio: f64 = 0;
  for (let source = sources; source < sourcesEnd; source += SOURCE_BYTES) {
    const group = <usize>load<u32>(source);
    const species = load<u32>(source, SOURCE_SPECIES);
    const count = listCount(group, species);
    const wanted = load<u32>(source, SOURCE_COUNT);
    let become = <usize>load<u32>(source, SOURCE_BECOME);
    for (let taken: u32 = 0; taken < wanted; taken++) {
      logRatio += load<f64>(logarithms + ((<usize>(count - taken)) << 3));
      change(listSite(group, species, drawPlace(count, taken)), species, load<u32>(become));
      become += 4;
    }
  }
  const products = <usize>load<u32>(record, DIRECTION_PRODUCTS);
  const end = products + <usize>load<u32>(record, DIRECTION_PRODUCT_COUNT) * PRODUCT_BYTES;
  for (let product = products; product < end; product += PRODUCT_BYTES) {
    const count = listCount(load<u32>(product), load<u32>(product, PRODUCT_SPECIES));
    const after = count + load<u32>(product, PRODUCT_GAIN);
    const made = load<u32>(product, PRODUCT_COUNT);
    for (let taken: u32 = 0; taken < made; taken++)
      logRatio -= load<f64>(logarithms + ((<usize>(after - taken)) << 3));
  }
  store<f64>(REGION, logRatio, LOG_RATIO);
}

/** A place that was not taken before: a number among those that are left, counted past the taken ones. */
function drawPlace(count: u32, taken: u32): u32 {
  const drawn = <usize>load<u32>(REGION, DRAWN);
  const end = drawn + ((<usize>taken) << 2);
  let place = drawIndex(count - taken);
  let at = drawn;
  for (; at < end && load<u32>(at) <= place; at += 4) place++;
  memory.copy(at + 4, at, end - at);
  store<u32>(at, place);
  return place;
}
