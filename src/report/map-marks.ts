/**
 * Marks of a map: a species has a shape and a colour of its own, a layer a size, a fill and an outline, so that both
 * can be told apart without colour.
 */
import { okabeIto } from "./marks.ts";
import { px } from "./numbers.ts";
import type { SnapshotMaps } from "./sampling-model.ts";

type Shape = "circle" | "square" | "triangle" | "diamond";

export interface MarkDrawing {
  readonly shape: Shape;
  readonly fill: string;
  readonly stroke: string;
  /** Half width and width of the outline, in distances between neighbouring sites. */
  readonly size: number;
  readonly line: number;
}

export interface MapMarkStyle {
  readonly label: string;
  /** Indices of the marks that are drawn so: deep layers share a drawing. */
  readonly marks: readonly number[];
  readonly style: MarkDrawing;
}

const families: readonly { shape: Shape; color: string; pale: string }[] = [
  { shape: "circle", color: okabeIto.black, pale: "#bdbdbd" },
  { shape: "square", color: okabeIto.blue, pale: "#9ccbe8" },
  { shape: "triangle", color: okabeIto.vermillion, pale: "#f3b48a" },
  { shape: "diamond", color: okabeIto.green, pale: "#93d8c2" },
  { shape: "square", color: okabeIto.purple, pale: "#e9c8da" },
  { shape: "triangle", color: okabeIto.orange, pale: "#f6d694" },
];

type Variant = "pale" | "solid" | "hollow" | "tinted";

/** By the number of layers, top layer first. Deep layers are large and open, so that what lies above is seen in them. */
const variants: readonly (readonly Variant[])[] = [
  ["solid"],
  ["solid", "hollow"],
  ["pale", "solid", "hollow"],
  ["pale", "solid", "hollow", "tinted"],
];

/** Styles in the order of the marks; layers beyond the fourth of a species share the drawing of the fourth. */
export function mapMarks(marks: SnapshotMaps["marks"]): MapMarkStyle[] {
  const species = [...new Set(marks.map((mark) => mark.species))];
  return species.flatMap((name, family) => {
    const own = marks.flatMap((mark, index) => (mark.species === name ? [{ ...mark, index }] : []));
    const kinds = variants[Math.min(own.length, variants.length) - 1];
    return kinds.map((variant, i) => {
      const here = i === kinds.length - 1 ? own.slice(i) : [own[i]];
      return {
        label: here
          .map(({ layer, label }) => label ?? (layer === undefined ? name : `${name} in ${layer}`))
          .join(", "),
        marks: here.map((mark) => mark.index),
        style: drawing(family, variant),
      };
    });
  });
}

function drawing(family: number, variant: Variant): MarkDrawing {
  const { shape, color, pale } = families[family % families.length];
  switch (variant) {
    case "solid":
      return { shape, fill: color, stroke: color, size: 0.31, line: 0.04 };
    case "pale":
      return { shape, fill: pale, stroke: "#333", size: 0.36, line: 0.09 };
    case "hollow":
      return { shape, fill: "none", stroke: color, size: 0.44, line: 0.14 };
    case "tinted":
      return { shape, fill: pale, stroke: color, size: 0.52, line: 0.05 };
    default:
      return variant satisfies never;
  }
}

/** One closed outline around a place, in pixels. */
export function markPath({ shape }: MarkDrawing, x: number, y: number, size: number): string {
  switch (shape) {
    case "circle":
      // Almost a full turn; closing the path draws the rest.
      return `M${px(x)} ${px(y - size)}a${px(size)} ${px(size)} 0 1 0 .01 0z`;
    case "square": {
      const half = 0.89 * size;
      return `M${px(x - half)} ${px(y - half)}h${px(2 * half)}v${px(2 * half)}h${px(-2 * half)}z`;
    }
    case "triangle": {
      const half = 1.2 * size;
      return `M${px(x - half)} ${px(y + 0.7 * size)}h${px(2 * half)}l${px(-half)} ${px(-2.08 * size)}z`;
    }
    case "diamond": {
      const half = 1.25 * size;
      return `M${px(x)} ${px(y - half)}l${px(half)} ${px(half)} ${px(-half)} ${px(half)} ${px(-half)} ${px(-half)}z`;
    }
    default:
      return shape satisfies never;
  }
}
