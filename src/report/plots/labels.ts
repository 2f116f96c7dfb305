/** Places short labels beside points so that they cover neither each other nor what is drawn. */

export interface LabelledPoint {
  /** Pixels. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PlacedLabel {
  readonly index: number;
  /** Anchor of the text, pixels; y is its lower edge. */
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "end" | "middle";
}

/** Pixels, y downwards. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Greedy placement in the order of the points; a label without a free place is left out.
 * @param obstacles what labels must not cover: markers and error bars
 * @param frame the labels stay inside it
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  obstacles: readonly Box[],
  frame: Box,
  fontSize: number,
): PlacedLabel[] {
  const gap = 8;
  const half = fontSize / 2;
  const taken = [...obstacles];
  const placed: PlacedLabel[] = [];
  points.forEach((point, index) => {
    const width = 0.62 * fontSize * point.text.length;
    const candidates: Omit<PlacedLabel, "index">[] = [];
    for (const shift of [0, -half, half, -fontSize, fontSize])
      candidates.push(
        { x: point.x + gap, y: point.y + half + shift, anchor: "start" },
        { x: point.x - gap, y: point.y + half + shift, anchor: "end" },
      );
    for (const distance of [12, 20])
      candidates.push(
        { x: point.x, y: point.y - distance, anchor: "middle" },
        { x: point.x, y: point.y + distance + fontSize, anchor: "middle" },
      );
    for (const candidate of candidates) {
      const left =
        candidate.x - (candidate.anchor === "start" ? 0 : candidate.anchor === "end" ? width : width / 2);
      const box = {
        left,
        right: left + width,
        top: candidate.y - fontSize,
        bottom: candidate.y,
      };
      if (
        box.left < frame.left ||
        box.right > frame.right ||
        box.top < frame.top ||
        box.bottom > frame.bottom
      )
        continue;
      if (taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      placed.push({ index, ...candidate });
      return;
    }
  });
  return placed;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
