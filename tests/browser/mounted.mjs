// node mounted.mjs ORIGIN: the dashboard under /market of somebody else's application, which asks for a password.
import { launch, watched } from "./page.mjs";

const [origin] = process.argv.slice(2);
const home = `${origin}/market/`;
const httpCredentials = { username: "app", password: "letmein" };
const authorization = `Basic ${btoa("app:letmein")}`;
const failures = [];
const expect = (holds, what) => {
  if (!holds) failures.push(what);
};
const ask = (path, options) => fetch(new URL(path, home), { ...options, headers: { authorization } });

const opened = async (browser, address, options) => {
  const seen = await watched(browser, `${origin}/market`, { httpCredentials, reducedMotion: "reduce", ...options });
  await seen.page.addInitScript(() => {
    window.blocked = [];
    document.addEventListener("securitypolicyviolation", (event) => window.blocked.push(`${event.effectiveDirective} ${event.blockedURI}`));
  });
  await seen.page.goto(new URL(address, home).href);
  return seen;
};

const silent = async ({ page, complaints }, where, allowed = () => false) => {
  const blocked = await page.evaluate(() => window.blocked);
  expect(Array.isArray(blocked) && blocked.length === 0, `${where}: the policy blocked ${blocked}`);
  const unexpected = complaints.filter((complaint) => !allowed(complaint));
  expect(unexpected.length === 0, `${where}: ${unexpected.join("; ")}`);
};

// Every link of a page leads somewhere, and none out of the mount.
const followed = async ({ page }, where) => {
  const links = await page.locator("a[href], link[href]").evaluateAll((links) => links.map((link) => link.href));
  expect(links.length > 2, `${where}: only ${links.length} links`);
  for (const link of new Set(links)) {
    expect(link.startsWith(home), `${where}: ${link} leads out of the mount`);
    const answer = await ask(link);
    expect(answer.ok, `${where}: ${link}: ${answer.status}`);
    await answer.body?.cancel();
  }
};

const report = await ask("api/v1/manual-generate", { method: "POST" });
expect(report.ok, `the report: ${report.status}`);
const { report_id: id } = await report.json();

const browser = await launch();

// Without its slash, the address leads to the one with it, and keeps what was asked.
const dashboard = await opened(browser, "../market?lang=vi");
expect(dashboard.page.url() === `${home}?lang=vi`, `the address is ${dashboard.page.url()}`);
await dashboard.page.waitForFunction(() => document.querySelector(".live").dataset.state === "live");
expect((await dashboard.page.locator(".live").evaluate((it) => getComputedStyle(it).display)) !== "none", "the style is there");
await dashboard.page.waitForFunction(() => document.querySelector("#ek-indices")?.textContent.includes("VN-Index"));
await followed(dashboard, "the dashboard");
await dashboard.page.getByRole("link", { name: "English" }).first().click();
await dashboard.page.waitForURL(/lang=en/);
expect(dashboard.page.url().startsWith(home), `the language leads to ${dashboard.page.url()}`);
expect((await dashboard.page.getAttribute("html", "lang")) === "en", "the language is switched");
await dashboard.page.waitForFunction(() => document.querySelector(".live").dataset.state === "live");
// A click on a report leads to its viewer.
await dashboard.page.locator("#ek-reports a").first().click();
await dashboard.page.waitForURL(new RegExp(`/market/reports/${id}/view`));
await silent(dashboard, "the dashboard");
await dashboard.close();

const viewer = await opened(browser, `reports/${id}/view?lang=vi`);
const frame = await (await viewer.page.waitForSelector("iframe")).contentFrame();
await frame.waitForSelector(".ek-report");
expect(frame.url().startsWith(home), `the report comes from ${frame.url()}`);
await followed(viewer, "the viewer");
await silent(viewer, "the viewer");
await viewer.close();

const list = await opened(browser, "reports?lang=en");
await followed(list, "the list of reports");
await silent(list, "the list of reports");
await list.close();

// A browser writes down every answer that is a refusal; nothing else is complained about.
for (const address of ["nothing?lang=en", "reports/999/view?lang=en", "a/b/c?lang=en"]) {
  const refused = await opened(browser, address);
  expect((await refused.page.locator("body").innerText()).includes("404"), `${address}: no page says that it is not there`);
  await followed(refused, address);
  await silent(refused, address, (complaint) => complaint.includes("404"));
  await refused.close();
}

await browser.close();
if (failures.length > 0) {
  console.error(failures.join("\n"));
  process.exit(1);
}
console.log("the mounted dashboard is silent, live and stays where it is");
