// node dashboard.mjs ORIGIN: the dashboard of a demo in which report-builder leaks, from before its restart until after it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { launch, watched } from "./page.mjs";

const [origin] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const failures = [];
const expect = (holds, what) => {
  if (!holds) failures.push(what);
};
const pause = (ms) => new Promise((over) => setTimeout(over, ms));

const accessible = async (page, where) => {
  await page.evaluate(axe);
  const found = await page.evaluate((standards) => axe.run(document, { runOnly: standards, iframes: false }), STANDARDS);
  expect(found.passes.length > 15, `${where}: only ${found.passes.length} rules found something to look at`);
  for (const violation of found.violations) {
    const nodes = violation.nodes.slice(0, 5).map((node) => `    ${node.target} ${node.failureSummary.split("\n")[1]}`);
    failures.push(`${where}: ${violation.id}: ${violation.help}\n${nodes.join("\n")}`);
  }
};

const fits = async (page, where) => {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide <= 0, `${where}: the page is ${wide} px wider than the screen`);
};

// A page that nothing is blocked on, that says nothing and asks nobody else.
const opened = async (browser, address, options) => {
  const seen = await watched(browser, origin, { reducedMotion: "reduce", ...options });
  await seen.page.addInitScript(() => {
    window.blocked = [];
    document.addEventListener("securitypolicyviolation", (event) => window.blocked.push(`${event.effectiveDirective} ${event.blockedURI}`));
  });
  await seen.page.goto(`${origin}${address}`);
  return seen;
};

const silent = async ({ page, complaints }, where) => {
  const blocked = await page.evaluate(() => window.blocked);
  expect(Array.isArray(blocked) && blocked.length === 0, `${where}: the policy blocked ${blocked}`);
  expect(complaints.length === 0, `${where}: ${complaints.join("; ")}`);
};

// Whatever waits here waits for a state, and for so long at most.
const until = async (what, within, holds) => {
  const end = Date.now() + within;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not come within ${within} ms`);
    await pause(100);
  }
};

const restarted = async () => {
  const answer = await fetch(`${origin}/api/v1/memory`);
  if (!answer.ok) return null;
  const builder = (await answer.json()).children.find((child) => child.name === "report-builder");
  return builder.memory_restarts > 0 ? Date.now() : null;
};

const browser = await launch();

// The mark of a restart appears by itself.
const watcher = await opened(browser, "/?lang=en");
await watcher.page.waitForFunction(() => document.querySelector(".live").dataset.state === "live");
const mark = watcher.page.locator('.mark.memory[data-child="report-builder"]').first();
const restart = until("the restart of the leaking actor", 300_000, restarted);
const marked = mark.waitFor({ state: "attached", timeout: 300_000 }).then(() => Date.now());
const late = (await marked) - (await restart);
expect(late < 5000, `the mark came ${late} ms after the restart`);
console.log(`the mark of the restart came ${late} ms after it was known`);
await watcher.page.waitForFunction(() => document.querySelector("#ek-decisions")?.textContent.includes("report-builder"));
expect((await watcher.page.locator("#ek-log li").count()) > 5, "the log is shown");

// What was opened stays open, and what is paused stays as it is.
await watcher.page.locator("#d-marks summary").click();
const now = () => watcher.page.locator("#ek-head time").first().textContent();
const before = await now();
await until("the next event", 60_000, async () => (await now()) !== before);
expect(await watcher.page.locator("#d-marks ol").isVisible(), "the list of restarts stays open");
await watcher.page.locator(".live button").click();
const paused = await now();
await pause(3000);
expect((await now()) === paused, "a paused page does not change");
await silent(watcher, "the dashboard");
await watcher.close();

// In both languages, light and dark, wide and narrow, for every period.
const latest = async () => {
  const answer = await fetch(`${origin}/api/v1/reports/latest`);
  return answer.ok ? (await answer.json()).id : null;
};
const report = await until("a report", 120_000, latest);
for (const [lang, range] of [["vi", "1h"], ["en", "24h"], ["en", "7d"]]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const where = `dashboard, ${lang}, ${range}, ${colorScheme}, ${width} px`;
      const seen = await opened(browser, `/?lang=${lang}&range=${range}`, { colorScheme, viewport: { width, height: 900 } });
      await seen.page.locator(".live button").click();
      expect((await seen.page.getAttribute("html", "lang")) === lang, `${where}: the language`);
      expect(await seen.page.locator("svg.timeline").isVisible(), `${where}: the timeline`);
      await accessible(seen.page, where);
      await fits(seen.page, where);
      await silent(seen, where);
      await seen.close();
    }
  }
}

// The viewer switches the language of the report in its frame, which may do nothing to the page around it.
for (const width of [1280, 390]) {
  const where = `viewer, ${width} px`;
  const seen = await opened(browser, `/reports/${report}/view?lang=vi`, { viewport: { width, height: 900 } });
  const language = async () => {
    const frame = await (await seen.page.waitForSelector("iframe")).contentFrame();
    await frame.waitForSelector(".ek-report");
    return frame.evaluate(() => document.documentElement.lang);
  };
  expect((await language()) === "vi", `${where}: the report is Vietnamese`);
  await seen.page.getByRole("link", { name: "English" }).click();
  await seen.page.waitForURL(/lang=en/);
  expect((await language()) === "en", `${where}: the report is English`);
  const frame = await (await seen.page.waitForSelector("iframe")).contentFrame();
  const reach = await frame.evaluate(() => {
    try {
      return String(window.parent.document.title);
    } catch (refused) {
      return refused.name;
    }
  });
  expect(reach === "SecurityError", `${where}: the report reaches the page around it: ${reach}`);
  await accessible(seen.page, where);
  await fits(seen.page, where);
  await silent(seen, where);
  await seen.close();
}

// Everything is there without a script, and every link leads somewhere.
const plain = await watched(browser, origin, { javaScriptEnabled: false });
await plain.page.goto(`${origin}/?lang=en`);
for (const part of ["head", "memory", "actors", "indices", "reports", "decisions", "log"]) {
  expect((await plain.page.locator(`#ek-${part}`).innerText()).length > 20, `without a script: ${part} is empty`);
}
expect(!(await plain.page.locator(".live").isVisible()), "without a script nothing claims to be live");
for (const link of await plain.page.locator("a[href]").evaluateAll((links) => links.map((link) => link.href))) {
  const answer = await fetch(link);
  expect(answer.ok, `${link}: ${answer.status}`);
  await answer.body?.cancel();
}
await plain.close();

await browser.close();
if (failures.length > 0) {
  console.error(failures.join("\n"));
  process.exit(1);
}
console.log("the dashboard is accessible, silent and live");
