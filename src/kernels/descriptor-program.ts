/** What the descriptor kernel works through: symmetry functions in groups that share their sums over neighbours. */
import {
  ANGLE_BELL,
  ANGLE_BYTES,
  ANGLE_FACTOR,
  ANGLE_FORM,
  ANGLE_KIND,
  ANGLE_LAMBDA,
  ANGLE_ZETA,
  ANGULAR,
  ASYMMETRIC_BELL,
  BELL,
  CHANNEL_BYTES,
  CHANNEL_ETA,
  CHANNEL_FORM,
  CHANNEL_INNER,
  CHANNEL_KIND,
  CHANNEL_OUTER,
  CHANNEL_SAME,
  CHANNEL_SHIFT,
  FUNCTION_ANGLE,
  FUNCTION_CHANNEL,
  FUNCTION_INDEX,
  FUNCTION_PLACES,
  GAUSSIAN,
  GROUP_ANGLE_COUNT,
  GROUP_ANGLES,
  GROUP_BYTES,
  GROUP_CHANNEL_COUNT,
  GROUP_CHANNELS,
  GROUP_FIRST,
  GROUP_FUNCTION_COUNT,
  GROUP_FUNCTIONS,
  GROUP_NARROW,
  GROUP_NARROW_CHANNELS,
  GROUP_NARROW_COUNT,
  GROUP_RADIUS,
  GROUP_ROLE,
  GROUP_SECOND,
  GROUP_WEIGHTED,
  RADIAL,
  REAL_POWER,
  WHOLE_POWER,
} from "./descriptor-block.ts";
import type { Layout } from "./layout.ts";

/** A curve of distance, Å: e^(−η(r − shift)²) f_c(r), or a bell between two ends. */
export type Channel =
  | {
      readonly kind: "gaussian";
      /** 0 to 8, n2p2's number of the cut-off function. */
      readonly form: number;
      readonly eta: number;
      readonly shift: number;
      readonly inner: number;
      readonly outer: number;
    }
  | Bell;

/** A curve of angle: 2^(1−ζ) (1 + λ cos θ)^ζ, or a bell between two angles, radians. */
export type Angle = { readonly kind: "power"; readonly lambda: number; readonly zeta: number } | Bell;

export interface Bell {
  readonly kind: "bell";
  /** 4 exp, 5 to 8 poly1 to poly4. */
  readonly form: number;
  readonly asymmetric: boolean;
  readonly left: number;
  readonly right: number;
}

/** Functions of the same neighbours within the same radius. */
export interface FunctionGroup {
  readonly role: "radial" | "angular";
  /** Of the neighbours; −1 for all. Of a radial group both are the same. */
  readonly kinds: readonly [number, number];
  readonly weighted: boolean;
  readonly radius: number;
  /** Those of narrow functions first. */
  readonly channels: readonly Channel[];
  readonly narrowChannels: number;
  /** Empty in radial groups. */
  readonly angles: readonly Angle[];
  /** Radial or wide. */
  readonly functions: readonly GroupFunction[];
  /** Those that look at the distance between the two neighbours too. */
  readonly narrow: readonly GroupFunction[];
}

export interface GroupFunction {
  /** Number of the function among those of the atom. */
  readonly index: number;
  readonly channel: number;
  readonly angle: number;
  /** Among the functions that depend on neighbours of each kind; unused where it does not. */
  readonly places: readonly number[];
}

/** Lays the groups of one element out in a kernel's memory and gives the address of their records. */
export function layOutGroups(groups: readonly FunctionGroup[], layout: Layout): GroupWriter {
  const at = layout.take(GROUP_BYTES * groups.length);
  const parts = groups.map((group) => ({
    channels: layout.take(CHANNEL_BYTES * group.channels.length),
    angles: layout.take(ANGLE_BYTES * group.angles.length),
    functions: layout.take(bytesOf(group.functions)),
    narrow: layout.take(bytesOf(group.narrow)),
  }));
  return {
    at,
    write: (view) =>
      groups.forEach((group, g) => {
        writeGroup(view, at + GROUP_BYTES * g, group, parts[g]);
      }),
  };
}

export interface GroupWriter {
  readonly at: number;
  write(view: DataView): void;
}

function bytesOf(functions: readonly GroupFunction[]): number {
  return functions.reduce((bytes, one) => bytes + FUNCTION_PLACES + 4 * one.places.length, 0);
}

function writeGroup(
  view: DataView,
  at: number,
  group: FunctionGroup,
  to: {
    readonly channels: number;
    readonly angles: number;
    readonly functions: number;
    readonly narrow: number;
  },
): void {
  const int = (address: number, value: number) => view.setInt32(address, value, true);
  int(at + GROUP_ROLE, group.role === "radial" ? RADIAL : ANGULAR);
  int(at + GROUP_FIRST, group.kinds[0]);
  int(at + GROUP_SECOND, group.kinds[1]);
  int(at + GROUP_WEIGHTED, group.weighted ? 1 : 0);
  view.setFloat64(at + GROUP_RADIUS, group.radius, true);
  int(at + GROUP_CHANNELS, to.channels);
  int(at + GROUP_CHANNEL_COUNT, group.channels.length);
  int(at + GROUP_NARROW_CHANNELS, group.narrowChannels);
  int(at + GROUP_ANGLES, to.angles);
  int(at + GROUP_ANGLE_COUNT, group.angles.length);
  int(at + GROUP_FUNCTIONS, to.functions);
  int(at + GROUP_FUNCTION_COUNT, group.functions.length);
  int(at + GROUP_NARROW, to.narrow);
  int(at + GROUP_NARROW_COUNT, group.narrow.length);
  writeChannels(view, to.channels, group.channels);
  writeAngles(view, to.angles, group.angles);
  writeFunctions(view, to.functions, group.functions);
  writeFunctions(view, to.narrow, group.narrow);
}

function writeChannels(view: DataView, at: number, channels: readonly Channel[]): void {
  channels.forEach((channel, h) => {
    const to = at + CHANNEL_BYTES * h;
    const int = (field: number, value: number) => view.setInt32(to + field, value, true);
    const float = (field: number, value: number) => view.setFloat64(to + field, value, true);
    int(CHANNEL_FORM, channel.form);
    if (channel.kind === "bell") {
      int(CHANNEL_KIND, channel.asymmetric ? ASYMMETRIC_BELL : BELL);
      float(CHANNEL_INNER, channel.left);
      float(CHANNEL_OUTER, channel.right);
      return;
    }
    const before = channels[h - 1];
    const same =
      before?.kind === "gaussian" &&
      before.form === channel.form &&
      before.inner === channel.inner &&
      before.outer === channel.outer;
    int(CHANNEL_KIND, GAUSSIAN);
    int(CHANNEL_SAME, same ? 1 : 0);
    float(CHANNEL_ETA, channel.eta);
    float(CHANNEL_SHIFT, channel.shift);
    float(CHANNEL_INNER, channel.inner);
    float(CHANNEL_OUTER, channel.outer);
  });
}

function writeAngles(view: DataView, at: number, angles: readonly Angle[]): void {
  angles.forEach((angle, m) => {
    const to = at + ANGLE_BYTES * m;
    const int = (field: number, value: number) => view.setInt32(to + field, value, true);
    const float = (field: number, value: number) => view.setFloat64(to + field, value, true);
    if (angle.kind === "bell") {
      int(ANGLE_KIND, ANGLE_BELL);
      int(ANGLE_FORM, angle.form);
      float(ANGLE_LAMBDA, angle.left);
      float(ANGLE_ZETA, angle.right);
      return;
    }
    const whole = Number.isInteger(angle.zeta) && angle.zeta >= 1 && angle.zeta < 2 ** 31;
    int(ANGLE_KIND, whole ? WHOLE_POWER : REAL_POWER);
    int(ANGLE_FORM, whole ? angle.zeta : 0);
    float(ANGLE_LAMBDA, angle.lambda);
    float(ANGLE_ZETA, angle.zeta);
    float(ANGLE_FACTOR, 2 ** (1 - angle.zeta));
  });
}

function writeFunctions(view: DataView, at: number, functions: readonly GroupFunction[]): void {
  let to = at;
  for (const { index, channel, angle, places } of functions) {
    view.setInt32(to + FUNCTION_INDEX, index, true);
    view.setInt32(to + FUNCTION_CHANNEL, channel, true);
    view.setInt32(to + FUNCTION_ANGLE, angle, true);
    places.forEach((place, kind) => {
      view.setInt32(to + FUNCTION_PLACES + 4 * kind, place, true);
    });
    to += FUNCTION_PLACES + 4 * places.length;
  }
}
