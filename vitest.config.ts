import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    exclude: ["test/validation/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    // Files share what they import; none of them changes it.
    isolate: false,
    reporters: ["default", ["json", { outputFile: "build/test-results.json" }]],
  },
});
