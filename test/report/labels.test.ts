import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeLabels } from "../../src/report/plots/labels.ts";

const frame = { left: 0, right: 300, top: 0, bottom: 200 };
const point = fc.record({
  x: fc.integer({ min: 0, max: 300 }),
  y: fc.integer({ min: 0, max: 200 }),
  text: fc.constantFrom("VO1", "VO2Ce1_2N", "Ce1Ce1_1N"),
});

describe("placeLabels", () => {
  it("never lets labels meet each other, the obstacles or the frame", () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 25 }), (points) => {
        const obstacles = points.map((p) => ({
          left: p.x - 4,
          right: p.x + 4,
          top: p.y - 4,
          bottom: p.y + 4,
        }));
        const boxes = placeLabels(points, obstacles, frame, 10).map((label) => {
          // Narrower than the room that is kept for them, as letters are.
          const width = 6 * points[label.index].text.length;
          const left = label.x - { start: 0, middle: width / 2, end: width }[label.anchor];
          return { left, right: left + width, top: label.y - 10, bottom: label.y };
        });
        boxes.forEach((a, i) => {
          expect(a.left >= 0 && a.right <= 300 && a.top >= 0 && a.bottom <= 200).toBe(true);
          for (const b of [...boxes.slice(i + 1), ...obstacles])
            expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
        });
      }),
    );
  });

  it("labels a lone point on its right", () => {
    const [label] = placeLabels([{ x: 100, y: 100, text: "VO1" }], [], frame, 10);
    expect(label).toMatchObject({ index: 0, anchor: "start" });
    expect(label.x).toBeGreaterThan(100);
  });
});
