import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative, so that the page works from any folder of any server.
  base: "./",
  plugins: [react()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    // The page that checks while one types, and the editor of what a gate holds.
    rollupOptions: { input: ["index.html", "editor.html"] },
  },
  // The package finds its .wasm file beside itself; bundling it in advance would move it.
  optimizeDeps: { exclude: ["@setpoint/core"] },
});
