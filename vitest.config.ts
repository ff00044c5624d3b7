import { defineConfig } from "vitest/config";

const conditions = ["source", "module", "node", "import", "default"];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  resolve: { conditions },
  test: {
    include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts", "fuzz/**/*.test.ts"],
    execArgv: ["--conditions=source", "--disable-warning=ExperimentalWarning"],
  },
});
