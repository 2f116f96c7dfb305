/**
 * The symmetry functions of one element as the tables of their kernel: what functions share is found here, so that it is
 * computed once. Each is a product of factors of distances and perhaps an angle:
 *   radial   G = Σ_j c R(r_ij)
 *   angular  G = Σ_{j<k} c R(r_ij) R(r_ik) [R(r_jk)] A(cos θ_jik)
 * with c for each kind of neighbour or pair of kinds.
 */
import { atomicNumberOf } from "../../data/elements.ts";
import * as block from "../../kernels/hdnnp-block.ts";
import { type ElementFunctions, neighboursOf } from "../symmetry-functions/dependence.ts";
import {
  type CutoffFunction,
  type compactForms,
  cutoffForms,
  type SymmetryFunction,
} from "../symmetry-functions/symmetry-function.ts";
import { type Term, termOf } from "../symmetry-functions/terms.ts";

/** Rows of equal things stand for the same: rows of numbers, found by their text. */
class Distinct {
  readonly rows: number[][] = [];
  readonly #places = new Map<string, number>();

  place(row: number[]): number {
    const key = row.join(" ");
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.rows.length);
    this.rows.push(row);
    return this.rows.length - 1;
  }
}

/** Of the functions of one element that see neighbours of one kind. */
export interface NearTables {
  /** Of block.FACTOR numbers each. */
  readonly factors: readonly (readonly number[])[];
  /** Factor, function, coefficient. */
  readonly radials: readonly (readonly number[])[];
}

/** A factor by its plain formula. */
export type Reaching = Pick<Term, "radial" | "radius">;

/** Channels and angles of which nearly all products are functions; see kernels/hdnnp-block.ts. */
export interface PatchTables {
  readonly channels: readonly number[];
  readonly angles: readonly number[];
  /** For each angle and channel: function and coefficient. */
  readonly members: readonly (readonly [number, number])[];
}

export interface GroupTables {
  readonly kinds: readonly [number, number];
  /** Longest radius of narrow functions; 0 without any. */
  readonly narrow: number;
  readonly angles: readonly (readonly number[])[];
  /** Factors of the two neighbours. */
  readonly narrowChannels: readonly (readonly [number, number])[];
  readonly wideChannels: readonly (readonly [number, number])[];
  /** Of the distance between the neighbours, for each narrow channel. */
  readonly between: readonly (readonly number[])[];
  readonly betweenCurves: readonly Reaching[];
  readonly narrowPatches: readonly PatchTables[];
  readonly widePatches: readonly PatchTables[];
}

export interface FunctionTables {
  readonly reach: number;
  readonly angleReach: number;
  readonly near: readonly NearTables[];
  readonly groups: readonly GroupTables[];
}

/**
 * @param elements all of the model, whose order numbers the kinds
 * @throws {EcitonError} "data" for functions that make no sense
 */
export function functionTables(
  functions: readonly SymmetryFunction[],
  elements: readonly ElementFunctions[],
): FunctionTables {
  const kinds = elements.map((_, kind) => kind);
  const curves = new Map<string, Reaching>();
  for (const one of functions) curves.set(factorRow(one).join(" "), termOf(one, elements));
  const numberOf = new Map(elements.map(({ element }, kind) => [element, kind]));
  const seen = functions.map((one) => neighboursOf(one)?.map((name) => numberOf.get(name)!) ?? null);
  const weight = (one: SymmetryFunction, kind: number) =>
    neighboursOf(one) === null ? atomicNumberOf(elements[kind].element)! : 1;

  const factors = kinds.map(() => new Distinct());
  const radials: number[][][] = kinds.map(() => []);
  functions.forEach((one, g) => {
    if (isAngular(one)) return;
    for (const kind of seen[g] ?? kinds)
      radials[kind].push([factors[kind].place(factorRow(one)), g, weight(one, kind)]);
  });

  const groups: GroupTables[] = [];
  for (const a of kinds)
    for (const b of kinds.slice(a)) {
      const members = functions.flatMap((one, g) => {
        const pair = seen[g];
        const inPair = pair === null || (Math.min(...pair) === a && Math.max(...pair) === b);
        return isAngular(one) && inPair ? [{ one, g }] : [];
      });
      if (members.length === 0) continue;
      const angles = new Distinct();
      for (const row of members.map(({ one }) => angleRow(one).angle).sort(byPower)) angles.place(row);
      const sorted = [true, false].map((narrow) => {
        const channels = new Distinct();
        const own = members.filter(({ one }) => isNarrow(one) === narrow);
        const rows = own.map(({ one, g }) => {
          const channel = channels.place(factorRow(one));
          const { angle, coefficient } = angleRow(one);
          return {
            g,
            channel,
            angle: angles.place(angle),
            coefficient: coefficient * weight(one, a) * weight(one, b),
          };
        });
        return { factors: channels.rows, patches: patchesOf(rows) };
      });
      const [narrow, wide] = sorted.map((one) =>
        one.factors.map((row) => [factors[a].place(row), factors[b].place(row)] as const),
      );
      groups.push({
        kinds: [a, b],
        narrow: Math.max(0, ...members.map(({ one }) => (isNarrow(one) ? one.radius : 0))),
        angles: angles.rows,
        narrowChannels: narrow,
        wideChannels: wide,
        between: sorted[0].factors,
        betweenCurves: sorted[0].factors.map((row) => curves.get(row.join(" "))!),
        narrowPatches: sorted[0].patches,
        widePatches: sorted[1].patches,
      });
    }
  return {
    reach: Math.max(0, ...functions.map(({ radius }) => radius)),
    angleReach: Math.max(0, ...functions.map((one) => (isAngular(one) ? one.radius : 0))),
    near: kinds.map((kind) => ({ factors: factors[kind].rows, radials: radials[kind] })),
    groups,
  };
}

interface Member {
  readonly g: number;
  readonly channel: number;
  readonly angle: number;
  readonly coefficient: number;
}

/** Of the products that a patch adds up, so many may be no functions. */
const MOST_EMPTY = 0.25;

/** Channels go, one after the other, to the patch that then has the fewest empty places. */
function patchesOf(members: readonly Member[]): PatchTables[] {
  const patches: { channels: number[]; members: Member[] }[] = [];
  for (const channel of new Set(members.map((member) => member.channel))) {
    const own = members.filter((member) => member.channel === channel);
    const emptyIn = (patch: (typeof patches)[number]) => {
      const together = [...patch.members, ...own];
      return 1 - together.length / ((patch.channels.length + 1) * anglesOf(together).length);
    };
    const [best] = patches
      .filter(({ channels }) => channels.length < block.MOST_CHANNELS)
      .sort((x, y) => emptyIn(x) - emptyIn(y));
    if (best && emptyIn(best) <= MOST_EMPTY) {
      best.channels.push(channel);
      best.members.push(...own);
    } else patches.push({ channels: [channel], members: own });
  }
  return patches.map((patch) => {
    const angles = anglesOf(patch.members);
    return {
      channels: patch.channels,
      angles,
      members: angles.flatMap((angle) =>
        patch.channels.map((channel) => {
          const found = patch.members.find((one) => one.angle === angle && one.channel === channel);
          return [found?.g ?? 0, found?.coefficient ?? 0] as const;
        }),
      ),
    };
  });
}

const anglesOf = (members: readonly Member[]) =>
  [...new Set(members.map(({ angle }) => angle))].sort((a, b) => a - b);

type Angular = Exclude<SymmetryFunction, { type: 2 | 12 | 20 | 23 }>;

function isAngular(one: SymmetryFunction): one is Angular {
  return !(one.type === 2 || one.type === 12 || one.type === 20 || one.type === 23);
}

function isNarrow({ type }: SymmetryFunction): boolean {
  return type === 3 || type === 13 || type === 21 || type === 24;
}

function factorRow(one: SymmetryFunction): number[] {
  const row = new Array<number>(block.FACTOR).fill(0);
  if ("form" in one) {
    row[block.FACTOR_KIND] = one.form.endsWith("a") ? block.ASYMMETRIC_BELL : block.BELL;
    row[block.FORM] = coreForm(one.form);
    row[block.LEFT] = one.left;
    row[block.RIGHT] = one.radius;
    row[block.OUTER] = one.radius;
    return row;
  }
  const { form, alpha }: CutoffFunction = one.cutoff;
  const inner = alpha * one.radius;
  row[block.FACTOR_KIND] = block.GAUSSIAN;
  row[block.FORM] = cutoffForms.indexOf(form);
  row[block.ETA] = one.eta;
  row[block.SHIFT] = one.shift;
  row[block.INNER] = inner;
  row[block.OUTER] = one.radius;
  row[block.RATE] = 1 / (one.radius - inner);
  return row;
}

/** Numbers of the polynomials are those of the cut-off functions made from them. */
function coreForm(form: (typeof compactForms)[number]): number {
  return cutoffForms.indexOf(form === "e" ? "exp" : (`poly${form[1]}` as (typeof cutoffForms)[number]));
}

function angleRow(one: Angular): { angle: number[]; coefficient: number } {
  if ("form" in one) {
    const degree = Math.PI / 180;
    return {
      angle: [block.ANGLE_BELL, coreForm(one.form), one.angleLeft * degree, one.angleRight * degree],
      coefficient: 1,
    };
  }
  return {
    angle: [powerKind(one.zeta), one.lambda, one.zeta, 0],
    coefficient: 2 ** (1 - one.zeta),
  };
}

const byPower = (a: readonly number[], b: readonly number[]) => a[block.ZETA] - b[block.ZETA];

function powerKind(zeta: number): number {
  if (!Number.isInteger(zeta) || zeta < 1 || zeta >= 2 ** 31) return block.ANY_POWER;
  return (zeta & (zeta - 1)) === 0 ? block.SQUARINGS : block.WHOLE_POWER;
}
