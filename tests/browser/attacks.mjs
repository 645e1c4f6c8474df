// node attacks.mjs ORIGIN REPORT TOKEN: pages of a daemon that guards reading, with hostile names, log lines and addresses.
import { launch, watched } from "./page.mjs";

const [origin, report, token] = process.argv.slice(2);
const failures = [];
const expect = (holds, what) => {
  if (!holds) failures.push(what);
};

const browser = await launch();
const opened = async (address, options, prepare = () => {}) => {
  const seen = await watched(browser, origin, { httpCredentials: { username: "anybody", password: token }, ...options });
  seen.dialogs = [];
  seen.page.on("dialog", async (dialog) => {
    seen.dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  await seen.page.addInitScript(() => {
    window.blocked = [];
    document.addEventListener("securitypolicyviolation", (event) => window.blocked.push(`${event.effectiveDirective} ${event.blockedURI}`));
  });
  await prepare(seen.page);
  seen.answer = await seen.page.goto(`${origin}${address}`);
  return seen;
};
// An answer other than 200 is itself something that a browser writes into its console.
const quiet = async (seen, where) => {
  for (const frame of seen.page.frames()) {
    const blocked = await frame.evaluate(() => window.blocked);
    expect(Array.isArray(blocked) && blocked.length === 0, `${where}: the policy blocked ${blocked}`);
  }
  const complaints = seen.complaints.filter((line) => !/status of 4\d\d/.test(line));
  expect(complaints.length === 0, `${where}: ${complaints.join("; ")}`);
  expect(seen.dialogs.length === 0, `${where}: a dialog says ${seen.dialogs}`);
  expect((await seen.page.locator("script:not([src]), img[src=x], [onerror]").count()) === 0 || where === "the report alone", `${where}: there is hostile markup`);
  await seen.close();
};

// A browser that has the password shows everything, and what it is sent afterwards as well.
const page = await opened("/?lang=en");
await page.page.waitForFunction(() => document.querySelector(".live").dataset.state === "live");
expect((await page.page.locator("#ek-log").innerText()).includes("<script>alert(1)</script>"), "the hostile line is shown as text");
await quiet(page, "the dashboard");

const frame = await opened(`/reports/${report}/view?lang=en`);
const inner = await (await frame.page.waitForSelector("iframe")).contentFrame();
await inner.waitForSelector(".ek-report");
expect(await inner.evaluate(() => origin === "null"), "the report in its frame is a stranger");
await frame.close();

const alone = await opened(`/reports/${report}?lang=en`);
await alone.page.waitForSelector(".ek-report");
expect(await alone.page.evaluate(() => origin === "null"), "the report alone is a stranger too");
expect((await alone.page.locator("img[src=x], [onerror]").count()) === 0, "the report has hostile markup");
await alone.page.getByRole("link", { name: "Tiếng Việt" }).click();
await alone.page.waitForURL(/lang=vi/);
await alone.page.waitForSelector(".ek-report");
await quiet(alone, "the report alone");

const list = await opened("/reports?lang=en");
expect(await list.page.locator("table a").first().isVisible(), "the list is there");
await quiet(list, "the list");

const hostile = encodeURIComponent('"><script>alert(1)</script><img src=x onerror=alert(2)>');
for (const address of [`/?lang=${hostile}`, `/?range=${hostile}`, `/reports/${hostile}`, `/reports/${hostile}/view`, `/${hostile}`, `/reports?before=${hostile}`]) {
  const seen = await opened(address);
  expect(seen.answer.status() >= 400, `${address}: ${seen.answer.status()}`);
  expect(await seen.page.locator("main h1").isVisible(), `${address}: there is no page`);
  const styled = await seen.page.evaluate(() => getComputedStyle(document.querySelector("section")).borderTopWidth);
  expect(styled === "1px", `${address}: the page has no style`);
  await quiet(seen, address);
}

// Without it there is a page that says so, and nothing else.
const stranger = await watched(browser, origin, {});
const refused = await fetch(`${origin}/`, { headers: { accept: "text/html" } });
expect(refused.status === 401 && (await refused.text()).includes("server.token"), "a stranger is told what is needed");
await stranger.close();

// A page of another site can make a browser send, but nothing is done for it.
const before = await (await fetch(`${origin}/api/v1/reports/latest`, { headers: { authorization: `Bearer ${token}` } })).json();
const other = await watched(browser, "data:", { httpCredentials: { username: "anybody", password: token } });
await other.page.goto("data:text/html,<title>another site</title>");
await other.page.evaluate((address) => fetch(address, { method: "POST", mode: "no-cors", credentials: "include" }).catch(() => {}), `${origin}/api/v1/manual-generate`);
await other.close();
const after = await (await fetch(`${origin}/api/v1/reports/latest`, { headers: { authorization: `Bearer ${token}` } })).json();
expect(before.id === after.id, "a page of another site had a report written");

await browser.close();
if (failures.length > 0) {
  console.error(failures.join("\n"));
  process.exit(1);
}
console.log("nothing hostile ran");
