// node look.mjs FOLDER OUT PAGE…: screenshots to look at, wide and narrow, light and dark, and what a printer gets.
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { launch, serve, watched } from "./page.mjs";

const [folder, out, ...pages] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const { origin, close } = await serve(folder);
const browser = await launch();
for (const name of pages) {
  const stem = basename(name, ".html");
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, height] of [[1280, 7000], [390, 12000]]) {
      const { page, close: closePage } = await watched(browser, origin, { colorScheme, viewport: { width, height } });
      await page.goto(`${origin}/${name}`);
      await page.screenshot({ timeout: 180_000, path: join(out, `${stem}-${width}-${colorScheme}.png`) });
      await closePage();
    }
  }
  const { page, close: closePage } = await watched(browser, origin, {});
  await page.goto(`${origin}/${name}`);
  await page.pdf({ path: join(out, `${stem}.pdf`), format: "A4", printBackground: true });
  await closePage();
}
await browser.close();
close();
