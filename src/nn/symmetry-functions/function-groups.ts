/** Symmetry functions in the groups that the descriptor kernel works through. */

import { EcitonError } from "../../core/errors.ts";
import type { Angle, Bell, Channel, FunctionGroup, GroupFunction } from "../../kernels/descriptor-program.ts";
import type { DescriptorProgram } from "../../kernels/descriptors.ts";
import { dependenceOf, type ElementFunctions } from "./dependence.ts";
import { describeFunction } from "./describe-function.ts";
import type { Dependence } from "./structure-descriptors.ts";
import { type CompactForm, cutoffForms, type SymmetryFunction } from "./symmetry-function.ts";
import { termOf } from "./terms.ts";

/**
 * @throws {EcitonError} "data" for functions whose parameters make no sense, of neighbours that are none of the elements, or
 *   weighted with the atomic number of what has none
 */
export function programOf(elements: readonly ElementFunctions[]): DescriptorProgram {
  const dependence = dependenceOf(elements);
  const weights = elements.map(() => 0);
  const kinds = elements.map(({ element, functions }, kind) => {
    const groups = new Map<string, GroupDraft>();
    functions.forEach((one, index) => {
      checkGaussian(one, element);
      const { radius, kinds: near, narrow, angular, weights: own } = termOf(one, elements);
      const role = angular === null ? "radial" : "angular";
      const weighted = isWeighted(one);
      if (weighted) weights.splice(0, own.length, ...own);
      const pair = near === null ? ([-1, -1] as const) : ([near[0], near[near.length - 1]] as const);
      const sorted: [number, number] = [Math.min(...pair), Math.max(...pair)];
      const key = JSON.stringify([role, sorted, weighted, radius]);
      const draft = groups.get(key) ?? { role, kinds: sorted, weighted, radius, members: [] };
      groups.set(key, draft);
      draft.members.push({ index, narrow, channel: channelOf(one), angle: angleOf(one) });
    });
    return {
      numFunctions: functions.length,
      groups: [...groups.values()].map((draft) => groupOf(draft, dependence[kind])),
    };
  });
  return { kinds, weights };
}

/** One that grows with distance has no use, and exceeds all numbers soon. */
function checkGaussian(one: SymmetryFunction, element: string): void {
  if (!("eta" in one) || (one.eta >= 0 && Number.isFinite(one.eta) && Number.isFinite(one.shift))) return;
  throw new EcitonError(
    "data",
    `${describeFunction(one, element)}: η is a finite number from 0 on and r_s a finite one, found ${one.eta}/Å² and ` +
      `${one.shift} Å`,
  );
}

/** reach[i][j]: how far functions of element i see neighbours of element j, Å; 0 where none does. */
export function reachOf(elements: readonly ElementFunctions[], dependence: Dependence): number[][] {
  return elements.map(({ functions }, i) =>
    elements.map((_, j) => Math.max(0, ...Array.from(dependence[i][j], (g) => functions[g].radius))),
  );
}

interface Member {
  readonly index: number;
  readonly narrow: boolean;
  readonly channel: Channel;
  readonly angle: Angle | null;
}

interface GroupDraft extends Pick<FunctionGroup, "role" | "kinds" | "weighted" | "radius"> {
  readonly members: Member[];
}

function groupOf({ members, ...common }: GroupDraft, dependence: readonly Uint16Array[]): FunctionGroup {
  const channels = new Map(members.map(({ channel }) => [JSON.stringify(channel), channel]));
  const angles = new Map(
    members.flatMap(({ angle }) => (angle === null ? [] : [[JSON.stringify(angle), angle] as const])),
  );
  const ofNarrow = new Set(
    members.filter(({ narrow }) => narrow).map(({ channel }) => JSON.stringify(channel)),
  );
  // Channels of one cut-off function stand together, so that it is computed once.
  const channelKeys = [...channels.keys()].sort(
    (a, b) => Number(ofNarrow.has(b)) - Number(ofNarrow.has(a)) || compareText(a, b),
  );
  const angleKeys = [...angles.keys()];
  const functionOf = ({ index, channel, angle }: Member): GroupFunction => ({
    index,
    channel: channelKeys.indexOf(JSON.stringify(channel)),
    angle: angle === null ? 0 : angleKeys.indexOf(JSON.stringify(angle)),
    places: dependence.map((list) => Math.max(0, list.indexOf(index))),
  });
  return {
    ...common,
    channels: channelKeys.map((key) => channels.get(key)!),
    narrowChannels: ofNarrow.size,
    angles: [...angles.values()],
    functions: members.filter(({ narrow }) => !narrow).map(functionOf),
    narrow: members.filter(({ narrow }) => narrow).map(functionOf),
  };
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function isWeighted({ type }: SymmetryFunction): boolean {
  return type === 12 || type === 13 || type >= 23;
}

// The fields of a cut-off function come first: channels are sorted by them.
function channelOf(one: SymmetryFunction): Channel {
  if ("form" in one) return bell(one.form, one.left, one.radius);
  const { form, alpha } = one.cutoff;
  return {
    kind: "gaussian",
    form: cutoffForms.indexOf(form),
    inner: alpha * one.radius,
    outer: one.radius,
    eta: one.eta,
    shift: one.shift,
  };
}

function angleOf(one: SymmetryFunction): Angle | null {
  if ("zeta" in one) return { kind: "power", lambda: one.lambda, zeta: one.zeta };
  if (!("angleLeft" in one)) return null;
  const degree = Math.PI / 180;
  // As in n2p2, asymmetric forms are so in distances only.
  return { ...bell(one.form, one.angleLeft * degree, one.angleRight * degree), asymmetric: false };
}

/** Number of the cut-off function that falls like each side of a bell. */
const bellForms = { p1: 5, p2: 6, p3: 7, p4: 8, e: 4 } as const;

function bell(form: CompactForm, left: number, right: number): Bell {
  const plain = form.replace("a", "") as keyof typeof bellForms;
  return { kind: "bell", form: bellForms[plain], asymmetric: form !== plain, left, right };
}
