// Bundles the page into dist/. With --serve it is served as well, on PORT or 8080 of this machine.

import { copyFile, mkdir } from "node:fs/promises";
import { build, context } from "esbuild";

const serving = process.argv.includes("--serve");
const mode = serving ? "development" : "production";
const options = {
  entryPoints: ["src/main.tsx", "src/page.css"],
  outdir: "dist",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !serving,
  sourcemap: serving,
  conditions: [mode],
  define: { "process.env.NODE_ENV": JSON.stringify(mode) },
};

await mkdir("dist", { recursive: true });
await copyFile("src/index.html", "dist/index.html");
if (serving) {
  const bundling = await context(options);
  await bundling.rebuild();
  await bundling.serve({ servedir: "dist", host: "127.0.0.1", port: Number(process.env.PORT ?? 8080) });
  console.log(`http://127.0.0.1:${process.env.PORT ?? 8080}/`);
} else {
  await build(options);
}
