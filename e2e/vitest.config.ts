import { defineConfig } from "vitest/config";

const conditions = ["source", "module", "node", "import", "default"];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  resolve: { conditions },
  test: {
    include: ["e2e/**/*.e2e.ts"],
    // Real servers and processes on few cores: one file after the other.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    execArgv: ["--conditions=source", "--disable-warning=ExperimentalWarning"],
  },
});
