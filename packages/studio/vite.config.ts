// Builds the Studio into the library's package. One page; heavy parts are files of their own, loaded when needed.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/",
  publicDir: false,
  resolve: {
    alias: {
      react: "preact/compat",
      "react-dom": "preact/compat",
      "react/jsx-runtime": "preact/jsx-runtime",
    },
  },
  build: {
    outDir: "../planloom/studio",
    emptyOutDir: true,
    // Strict CSP: no inline script, no data address for scripts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  // For work on the Studio itself: `npx planloom serve` beside it.
  server: { proxy: { "/v1": "http://127.0.0.1:4950" } },
});
