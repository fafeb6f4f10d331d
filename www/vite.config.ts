import { defineConfig } from "vite";

export default defineConfig({
  // Relative, so that the page works from any folder of any server.
  base: "./",
  worker: { format: "es" },
  build: { target: "es2022", assetsInlineLimit: 0 },
  // The package finds its .wasm file beside itself; bundling it in advance would move it.
  optimizeDeps: { exclude: ["@setpoint/core"] },
});
