import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `--mode editor` builds the editor of what a gate holds, which the server carries; otherwise the page that checks while one types.
export default defineConfig(({ mode }) => ({
  // Relative, so that the page works from any folder of any server.
  base: "./",
  plugins: [react()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    ...(mode === "editor" ? { outDir: "dist-editor", rollupOptions: { input: "editor.html" } } : {}),
  },
  // The package finds its .wasm file beside itself; bundling it in advance would move it.
  optimizeDeps: { exclude: ["@setpoint/core"] },
}));
