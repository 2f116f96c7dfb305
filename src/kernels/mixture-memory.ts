/** Where the parts of one chain of flips or mixed moves lie in its region of a model's memory. */
import { type ChainPlaces, type ModelSizes, planChain, threshold, writeChainBlock } from "./chain-memory.ts";
import { Layout } from "./layout.ts";
import * as mixture from "./mixture-block.ts";
import type { MoveProgram, PartProgram, SpeciesPair } from "./move-programs.ts";

/** Byte offsets in a region, and how to fill it. */
export interface MixturePlaces extends ChainPlaces {
  readonly kinds: number;
  readonly members: number;
  readonly memberPlaces: number;
  readonly starts: number;
  /** Places of the members and of all beginnings of lists; 0 where no lists are kept. */
  readonly memberCount: number;
  readonly startCount: number;
  readonly bytes: number;
  /** Writes what stays the same as long as the chain lives. */
  fill(views: MixtureViews): void;
}

export interface MixtureViews {
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  /** Address of the region. */
  readonly region: number;
}

/** How sites and cells are written in the memory. */
export interface SiteCodes {
  /** A site of the supercell. */
  pack(site: number): number;
  /** Parent site of each sublattice. */
  readonly sites: Int32Array;
  readonly cells: { readonly count: number; readonly home: Int32Array };
}

type Write = (views: MixtureViews) => void;

/** Room for the arrays of a program; contents follow when the region has its address. */
class Plan {
  readonly layout = new Layout("take a smaller supercell", mixture.MIXTURE_END);
  readonly writes: Write[] = [];

  /** Words, of which those at the places `addresses` are offsets in the region that become addresses. */
  words(values: ArrayLike<number>, addresses: readonly number[] = []): number {
    const at = this.layout.words(values.length);
    this.writes.push(({ u32, region }) => {
      u32.set(values, at / 4);
      for (const k of addresses) u32[at / 4 + k] += region;
    });
    return at;
  }

  doubles(values: ArrayLike<number>): number {
    const at = this.layout.doubles(values.length);
    this.writes.push(({ f64 }) => f64.set(values, at / 8));
    return at;
  }
}

export function planMixture(model: ModelSizes, program: MoveProgram, codes: SiteCodes): MixturePlaces {
  const { width, maxSpecies, paddedSites } = model;
  const { groups, parts, lists } = program;
  const plan = new Plan();
  const { layout } = plan;
  const common = planChain(model, layout);
  const kinds = layout.words(2 * program.kinds);
  const sizes = groups.map(({ sublattices }) => sublattices.length * codes.cells.home.length);
  const memberCount = lists ? sizes.reduce((sum, size) => sum + size, 0) : 0;
  const startCount = lists ? groups.reduce((sum, { species }) => sum + species + 1, 0) : 0;
  const members = layout.words(memberCount);
  const memberPlaces = layout.words(lists ? paddedSites : 0);
  const starts = layout.words(startCount);
  const groupOf = plan.words(
    Array.from(codes.sites, (site) => groups.findIndex(({ sublattices }) => sublattices.includes(site))),
  );
  const groupRecords = layout.take(groups.length * mixture.GROUP_BYTES);
  plan.writes.push(({ u32, f64 }) => {
    let row = 0;
    groups.forEach(({ species }, g) => {
      const at = groupRecords + g * mixture.GROUP_BYTES;
      u32[at / 4] = row;
      u32[(at + mixture.GROUP_SPECIES) / 4] = species;
      f64[(at + mixture.GROUP_SIZE) / 8] = sizes[g];
      row += species + 1;
    });
  });
  const reactions = parts.flatMap(({ part }) => (part.move === "reaction" ? [part] : []));
  const most = reactions.flatMap(({ sources }) =>
    sources.map((list) => list.reduce((sum, { become }) => sum + become.length, 0)),
  );
  const changes = layout.take(Math.max(2, ...most) * mixture.CHANGE_BYTES);
  const drawn = layout.words(Math.max(0, ...most) + 1);
  const logarithms = plan.doubles(
    reactions.length > 0 ? Float64Array.from({ length: Math.max(...sizes) + 1 }, (_, n) => Math.log(n)) : [],
  );
  let cumulated = 0;
  const records = parts.map(({ part, weight, firstKind }) => {
    cumulated += weight;
    return { part, head: [cumulated, firstKind] };
  });
  const partRecords = layout.take(parts.length * mixture.PART_BYTES);
  records.forEach(({ part, head }, k) => {
    const at = partRecords + k * mixture.PART_BYTES;
    const write = planPart(plan, part, maxSpecies, width, codes);
    plan.writes.push((views) => {
      views.u32.set(head, at / 4 + 1);
      write(views, at);
    });
  });
  const scalars = [
    [mixture.PARTS, partRecords],
    [mixture.KINDS, kinds],
    [mixture.GROUP_OF, groupOf],
    [mixture.GROUPS, groupRecords],
    [mixture.CHANGES, changes],
    [mixture.DRAWN, drawn],
    [mixture.LOGARITHMS, logarithms],
    ...(lists
      ? [
          [mixture.MEMBERS, members],
          [mixture.MEMBER_PLACES, memberPlaces],
          [mixture.LIST_STARTS, starts],
        ]
      : []),
  ];
  return {
    ...common,
    kinds,
    members,
    memberPlaces,
    starts,
    memberCount,
    startCount,
    bytes: layout.bytes,
    fill(views) {
      const { u32, region } = views;
      u32.fill(0, 0, mixture.MIXTURE_END / 4);
      u32.fill(0, kinds / 4, kinds / 4 + 2 * program.kinds);
      writeChainBlock(u32, region, common, model);
      for (const [at, offset] of scalars) u32[at / 4] = region + offset;
      u32[mixture.PART_COUNT / 4] = parts.length;
      u32[mixture.PART_WEIGHT / 4] = cumulated;
      for (const write of plan.writes) write(views);
    },
  };
}

/** Plans the arrays of one part. @returns what writes its record at an offset of the region, but for the head */
function planPart(
  plan: Plan,
  part: PartProgram,
  maxSpecies: number,
  width: number,
  codes: SiteCodes,
): (views: MixtureViews, at: number) => void {
  switch (part.move) {
    case "flip": {
      const sites = plan.words(Array.from(part.sites, codes.pack));
      const table = (rows: readonly ArrayLike<number>[]) =>
        plan.doubles(rows.flatMap((row) => Array.from({ length: maxSpecies }, (_, k) => row[k] ?? 0)));
      const potentials = table(part.potentials);
      const losses = table(part.potentials.map(() => []));
      const gains = table(part.potentials.map(() => []));
      const phi = part.constraint
        ? table(part.constraint.phi.map((row) => row.map((value) => value ?? Number.NaN)))
        : null;
      return ({ u32, f64, region }, at) => {
        u32[at / 4] = mixture.FLIP;
        u32.set(
          [region + sites, part.sites.length, threshold(part.sites.length)],
          (at + mixture.FLIP_SITES) / 4,
        );
        u32.set(
          [region + potentials, region + losses, region + gains, phi === null ? 0 : region + phi],
          (at + mixture.FLIP_POTENTIALS) / 4,
        );
        f64[(at + mixture.FLIP_KAPPA) / 8] = part.constraint?.kappa ?? 0;
      };
    }
    case "swap": {
      const pairs = planPairs(plan, part.pairs);
      return ({ u32, region }, at) => {
        u32[at / 4] = mixture.SWAP;
        u32.set([region + pairs, part.pairs.length], (at + mixture.SWAP_PAIRS) / 4);
      };
    }
    case "neighbour-swap": {
      const pairs = planPairs(plan, part.pairs);
      const { sites, cells } = codes;
      const tables = new Map<Int32Array, number>();
      const tableOf = (cellOf: Int32Array) => {
        const known = tables.get(cellOf);
        if (known !== undefined) return known;
        const homes = new Int32Array(cells.count);
        cellOf.forEach((to, from) => {
          homes[cells.home[from]] = cells.home[to];
        });
        const at = plan.words(homes);
        tables.set(cellOf, at);
        return at;
      };
      const lists = Array.from(sites, (site) => part.neighbours[site]);
      const degrees = plan.words(
        lists.flatMap((list) => {
          const records = list.flatMap(({ to, cells: table }) => [sites.indexOf(to), tableOf(table)]);
          return [
            list.length,
            plan.words(
              records,
              list.map((_, k) => 2 * k + 1),
            ),
          ];
        }),
        lists.map((_, s) => 2 * s + 1),
      );
      const ratios = plan.doubles(
        Array.from({ length: width * width }, (_, k) => {
          const [from, to] = [lists[Math.floor(k / width)], lists[k % width]];
          return from.length > 0 && to.length > 0 ? Math.log(from.length / to.length) : 0;
        }),
      );
      return ({ u32, region }, at) => {
        u32[at / 4] = mixture.NEIGHBOUR_SWAP;
        u32.set(
          [region + pairs, part.pairs.length, region + degrees, region + ratios],
          (at + mixture.SWAP_PAIRS) / 4,
        );
      };
    }
    case "reaction": {
      const deltaMu = plan.doubles([part.deltaMu]);
      const directions = plan.words(
        part.sources.flatMap((sources, d) => {
          const products = part.products[d];
          const sourceRecords = plan.words(
            sources.flatMap(({ group, species, become }) => [
              group,
              species,
              become.length,
              plan.words(become),
            ]),
            sources.map((_, k) => 4 * k + 3),
          );
          const productRecords = plan.words(
            products.flatMap(({ group, species, count, gain }) => [group, species, count, gain]),
          );
          return [sourceRecords, sources.length, productRecords, products.length];
        }),
        part.sources.flatMap((_, d) => [4 * d, 4 * d + 2]),
      );
      return ({ u32, region }, at) => {
        u32[at / 4] = mixture.REACTION;
        u32.set([region + directions, region + deltaMu], (at + mixture.REACTION_DIRECTIONS) / 4);
      };
    }
    default:
      return part satisfies never;
  }
}

function planPairs(plan: Plan, pairs: readonly SpeciesPair[]): number {
  return plan.words(pairs.flatMap(({ group, a, b }) => [group, a, b, 0]));
}
