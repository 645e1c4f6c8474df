// node shadow.mjs FOLDER LANGUAGE: the three artifacts inside an open shadow root of a page that is not ours.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launch, serve, watched } from "./page.mjs";

const [folder, language] = process.argv.slice(2);
const artifact = (name) => readFile(join(folder, name), "utf8");
const [html, css, js] = await Promise.all([`html_${language}`, "css", `js_${language}`].map(artifact));
// A host with rules of its own, which are not ours to break, and which must not break the report.
await writeFile(
  join(folder, "host.html"),
  `<!doctype html><html lang="en"><title>Host</title><style>h1, td { color: rgb(255, 0, 0) } button { display: none }</style>
   <p id="own" class="ek-report ek-up">Own text</p><div id="frame"></div></html>`,
);

const failures = [];
const expect = (holds, what) => {
  if (!holds) failures.push(what);
};
const { origin, close } = await serve(folder);
const browser = await launch();
const { page, complaints } = await watched(browser, origin, { viewport: { width: 1280, height: 900 } });
await page.goto(`${origin}/host.html`);
const before = await page.evaluate(() => getComputedStyle(document.getElementById("own")).color);
await page.evaluate(
  ([fragment, style, script]) => {
    const root = document.getElementById("frame").attachShadow({ mode: "open" });
    root.innerHTML = fragment;
    root.append(Object.assign(document.createElement("style"), { textContent: style }));
    document.body.append(Object.assign(document.createElement("script"), { textContent: script }));
  },
  [html, css, js],
);
const after = await page.evaluate(() => getComputedStyle(document.getElementById("own")).color);
expect(before === after, `the report's style leaks out: ${before} becomes ${after}`);
const heading = await page.evaluate(
  () => getComputedStyle(document.getElementById("frame").shadowRoot.querySelector("h1")).color,
);
expect(heading !== "rgb(255, 0, 0)", "the host's style leaks in");
// Locators look into open shadow roots.
const rows = () => page.locator(".ek-all tbody tr:visible").count();
const all = await rows();
await page.locator(".ek-find input").fill("sol");
expect((await rows()) < all && (await rows()) > 0, "the filter works inside the shadow root");
expect((await page.locator(".ek-toc button").count()) > 5, "there is a navigation");
await page.locator(".ek-plot").first().focus();
expect(await page.locator(".ek-cross").first().isVisible(), "there is a crosshair");
failures.push(...complaints);
await browser.close();
close();
if (failures.length) {
  console.error(failures.join("\n"));
  process.exit(1);
}
console.log(`the report in ${language} works inside a shadow root`);
