import { describe, expect, it, vi } from "vitest";
import { startProgress } from "../../src/exec/progress.ts";

describe("startProgress", () => {
  it("writes nothing where stderr is no terminal", () => {
    const terminal = process.stderr.isTTY;
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    process.stderr.isTTY = false;
    try {
      const progress = startProgress("fit", 10);
      progress.update(5);
      progress.end();
      expect(write).not.toHaveBeenCalled();
    } finally {
      process.stderr.isTTY = terminal;
      write.mockRestore();
    }
  });
});
