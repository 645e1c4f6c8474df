// node check.mjs FOLDER PAGE…: every page in light and dark, wide and narrow, is accessible, silent, and does what it offers.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { launch, serve, watched } from "./page.mjs";

const [folder, ...pages] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const failures = [];
const expect = (holds, what) => {
  if (!holds) failures.push(what);
};

// A table of a thousand rows is the same row a thousand times: the rules are applied to the first forty.
const shorten = (page) =>
  page.evaluate(() => {
    for (const row of [...document.querySelectorAll(".ek-all tbody tr")].slice(40)) row.remove();
  });

const accessible = async (page, where) => {
  await page.evaluate(axe);
  const found = await page.evaluate((standards) => axe.run(document, { runOnly: standards }), STANDARDS);
  // A page that could not be looked at has no violations either.
  expect(found.passes.length > 20, `${where}: only ${found.passes.length} rules found something to look at`);
  for (const violation of found.violations) {
    const nodes = violation.nodes.slice(0, 5).map((node) => `    ${node.target} ${node.failureSummary.split("\n")[1]}`);
    failures.push(`${where}: ${violation.id}: ${violation.help}\n${nodes.join("\n")}`);
  }
};

const table = async (page, where) => {
  const shown = () => page.locator(".ek-all tbody tr:visible").count();
  const all = await shown();
  await page.locator(".ek-find input").fill("sol");
  expect((await shown()) < all && (await shown()) > 0, `${where}: the filter leaves ${await shown()} of ${all} rows`);
  await page.locator(".ek-find input").fill("no such coin");
  expect((await shown()) === 0, `${where}: a filter without a match leaves rows`);
  await page.locator(".ek-find input").fill("");
  const first = () => page.locator(".ek-all tbody tr").first().locator("th").textContent();
  const before = await first();
  const head = page.locator(".ek-all thead th").nth(4);
  await head.locator("button").dispatchEvent("click");
  expect((await head.getAttribute("aria-sort")) === "descending", `${where}: a heading sorts, the largest first`);
  expect((await first()) !== before, `${where}: sorting moves rows`);
};

const chart = async (page, where) => {
  const plot = page.locator(".ek-plot").first();
  await plot.focus();
  const value = () => plot.getAttribute("aria-valuetext");
  const last = await value();
  await plot.press("ArrowLeft");
  expect((await value()) !== last, `${where}: an arrow key moves the crosshair`);
  expect(await plot.locator(".ek-cross").isVisible(), `${where}: the crosshair is shown`);
  await plot.hover({ position: { x: 120, y: 40 } });
  expect((await plot.locator(".ek-cross text").textContent()).includes(" · "), `${where}: it names time and value`);
};

const navigation = async (page, where) => {
  const last = page.locator(".ek-toc button").last();
  await last.click();
  await page.waitForFunction(() => document.activeElement.tagName === "H2");
  const heading = await page.evaluate(() => document.activeElement.textContent);
  expect(heading === (await last.textContent()), `${where}: navigation leads to ${heading}`);
};

const { origin, close } = await serve(folder);
const browser = await launch();
for (const name of pages) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const where = `${name}, ${colorScheme}, ${width} px`;
      const options = { colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" };
      const { page, complaints, close: closePage } = await watched(browser, origin, options);
      await page.goto(`${origin}/${name}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide <= 0, `${where}: the page is ${wide} px wider than the screen`);
      await table(page, where);
      await chart(page, where);
      await navigation(page, where);
      await page.reload();
      await shorten(page);
      await accessible(page, where);
      failures.push(...complaints.map((complaint) => `${where}: ${complaint}`));
      await closePage();
    }
  }
}
// Without its script everything can still be read.
const { page, close: closePlain } = await watched(browser, origin, { javaScriptEnabled: false });
await page.goto(`${origin}/${pages[0]}`);
expect((await page.locator(".ek-all tbody tr").count()) > 100, "without the script: the table is there");
expect((await page.locator(".ek-plot title").count()) > 1, "without the script: charts have titles");
await closePlain();
await browser.close();
close();
if (failures.length) {
  console.error(failures.join("\n"));
  process.exit(1);
}
console.log(`${pages.length} pages in light and dark, at 1280 and 390 px: no violations`);
