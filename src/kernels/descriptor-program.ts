/** What the descriptor kernel works through: symmetry functions in groups that share their sums over neighbours. */
import {
  ANGLE_BELL,
  ANGLE_BYTES,
  ANGLE_FACTOR,
  ANGLE_FORM,
  ANGLE_KIND,
  ANGLE_LAMBDA,
  ANGLE_ZETA,
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
  GROUP_RADIUS,
  GROUP_ROLE,
  GROUP_SECOND,
  GROUP_WEIGHTED,
  NARROW,
  RADIAL,
  REAL_POWER,
  WHOLE_POWER,
  WIDE,
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
  readonly role: "radial" | "wide" | "narrow";
  /** Of the neighbours; −1 for all. Of a radial group both are the same. */
  readonly kinds: readonly [number, number];
  readonly weighted: boolean;
  readonly radius: number;
  readonly channels: readonly Channel[];
  /** Empty in radial groups. */
  readonly angles: readonly Angle[];
  readonly functions: readonly {
    /** Number of the function among those of the atom. */
    readonly index: number;
    readonly channel: number;
    readonly angle: number;
    /** Among the functions that depend on neighbours of each kind; unused where it does not. */
    readonly places: readonly number[];
  }[];
}

/** Lays the groups of one element out in a kernel's memory and gives the address of their records. */
export function layOutGroups(groups: readonly FunctionGroup[], layout: Layout): GroupWriter {
  const at = layout.take(GROUP_BYTES * groups.length);
  const parts = groups.map((group) => ({
    channels: layout.take(CHANNEL_BYTES * group.channels.length),
    angles: layout.take(ANGLE_BYTES * group.angles.length),
    functions: layout.take(
      group.functions.reduce((bytes, one) => bytes + FUNCTION_PLACES + 4 * one.places.length, 0),
    ),
  }));
  return {
    at,
    write: (view) =>
      groups.forEach((group, g) => {
        const start = at + GROUP_BYTES * g;
        const { channels, angles, functions } = parts[g];
        writeGroup(view, start, group, channels, angles, functions);
      }),
  };
}

export interface GroupWriter {
  readonly at: number;
  write(view: DataView): void;
}

const roles = { radial: RADIAL, wide: WIDE, narrow: NARROW } as const;

function writeGroup(
  view: DataView,
  at: number,
  group: FunctionGroup,
  channelsAt: number,
  anglesAt: number,
  functionsAt: number,
): void {
  const int = (to: number, value: number) => view.setInt32(to, value, true);
  const float = (to: number, value: number) => view.setFloat64(to, value, true);
  int(at + GROUP_ROLE, roles[group.role]);
  int(at + GROUP_FIRST, group.kinds[0]);
  int(at + GROUP_SECOND, group.kinds[1]);
  int(at + GROUP_WEIGHTED, group.weighted ? 1 : 0);
  float(at + GROUP_RADIUS, group.radius);
  int(at + GROUP_CHANNELS, channelsAt);
  int(at + GROUP_CHANNEL_COUNT, group.channels.length);
  int(at + GROUP_ANGLES, anglesAt);
  int(at + GROUP_ANGLE_COUNT, group.angles.length);
  int(at + GROUP_FUNCTIONS, functionsAt);
  int(at + GROUP_FUNCTION_COUNT, group.functions.length);
  group.channels.forEach((channel, h) => {
    const to = channelsAt + CHANNEL_BYTES * h;
    int(to + CHANNEL_FORM, channel.form);
    if (channel.kind === "bell") {
      int(to + CHANNEL_KIND, channel.asymmetric ? ASYMMETRIC_BELL : BELL);
      float(to + CHANNEL_INNER, channel.left);
      float(to + CHANNEL_OUTER, channel.right);
      return;
    }
    const before = group.channels[h - 1];
    const same =
      before?.kind === "gaussian" &&
      before.form === channel.form &&
      before.inner === channel.inner &&
      before.outer === channel.outer;
    int(to + CHANNEL_KIND, GAUSSIAN);
    int(to + CHANNEL_SAME, same ? 1 : 0);
    float(to + CHANNEL_ETA, channel.eta);
    float(to + CHANNEL_SHIFT, channel.shift);
    float(to + CHANNEL_INNER, channel.inner);
    float(to + CHANNEL_OUTER, channel.outer);
  });
  group.angles.forEach((angle, m) => {
    const to = anglesAt + ANGLE_BYTES * m;
    if (angle.kind === "bell") {
      int(to + ANGLE_KIND, ANGLE_BELL);
      int(to + ANGLE_FORM, angle.form);
      float(to + ANGLE_LAMBDA, angle.left);
      float(to + ANGLE_ZETA, angle.right);
      return;
    }
    const whole = Number.isInteger(angle.zeta) && angle.zeta >= 1 && angle.zeta < 2 ** 31;
    int(to + ANGLE_KIND, whole ? WHOLE_POWER : REAL_POWER);
    int(to + ANGLE_FORM, whole ? angle.zeta : 0);
    float(to + ANGLE_LAMBDA, angle.lambda);
    float(to + ANGLE_ZETA, angle.zeta);
    float(to + ANGLE_FACTOR, 2 ** (1 - angle.zeta));
  });
  let to = functionsAt;
  for (const { index, channel, angle, places } of group.functions) {
    int(to + FUNCTION_INDEX, index);
    int(to + FUNCTION_CHANNEL, channel);
    int(to + FUNCTION_ANGLE, angle);
    places.forEach((place, kind) => {
      int(to + FUNCTION_PLACES + 4 * kind, place);
    });
    to += FUNCTION_PLACES + 4 * places.length;
  }
}
