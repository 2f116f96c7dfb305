// One closing line from the test runner's JSON report: "tests: N passed, N failed, N skipped".
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(new URL("../build/test-results.json", import.meta.url), "utf8"));
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = report;
console.log(`tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
